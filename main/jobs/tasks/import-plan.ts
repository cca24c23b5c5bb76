import type { ArchiveContents } from '../../archive/validate-archive.ts';
import { Fault, type Notice } from '../../faults/fault.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import type { Control } from '../../qdrant/control.ts';
import { checkFit, checkModel, isThere, modelIn, modelInMetadata, settingsOf } from './import-checks.ts';
import type { ImportTask } from './import-task.ts';
import { canHoldPoints, shardKeysOf, type SeenShardKeys } from './shard-keys.ts';
import { requireCount } from './target-condition.ts';

/** What an import will do with its target. */
export interface ImportPlan {
  readonly name: string;
  readonly create: boolean;
  /** Indexes and aliases follow the points. */
  readonly complete: boolean;
  readonly settings: CollectionSettings;
  /** Points in it before; null where it forbids to count them exactly. */
  readonly before: number | null;
  /** The model that the target is of after it, for whoever remembers models; null: it proves nothing about it. */
  readonly model: string | null;
  readonly notices: Notice[];
}

/** What the first pass over the file found. */
interface ImportedFile {
  readonly contents: ArchiveContents;
  readonly shardKeys: SeenShardKeys;
}

/** Compares file and target without writing. Throws SCHEMA_MISMATCH, MODEL_MISMATCH, APPROVAL_NEEDED, PLAN_OUTDATED. */
export async function planImport(
  task: ImportTask,
  file: ImportedFile,
  control: Control,
  settle: (shardKeys: readonly string[]) => Promise<void>,
): Promise<ImportPlan> {
  const { contents, shardKeys } = file;
  const name = task.collection;
  const settings = settingsOf(contents);
  const notices: Notice[] = [];
  if (!contents.checksummed) notices.push({ code: 'NO_SUMMARY', params: {} });
  if (contents.companions.length > 0 && (task.companionsTo ?? null) === null)
    notices.push({ code: 'COMPANIONS_NOT_RESTORED', params: { count: contents.companions.length } });
  const fileModel = modelIn(contents.metadata);
  if (!(await isThere(control, name))) {
    requireCount(task, 0);
    shardKeys.checkAgainst(settings, name);
    if (fileModel === null) notices.push({ code: 'MODEL_UNKNOWN', params: { of: 'file' } });
    return { name, create: true, complete: true, settings, before: 0, model: fileModel, notices };
  }
  const target = await control.settings(name);
  notices.push(...checkFit(settings, target, name));
  // A run that was killed may not have come to make them all.
  if (!task.unfinished || task.dryRun) shardKeys.checkAgainst(target, name);
  // What an earlier run of this very file created is of the file's model, whatever is usual here.
  const usualModel = task.unfinished ? fileModel : task.usualModel;
  const targetModel = task.targetModel ?? modelInMetadata(target.metadata) ?? usualModel;
  const doubts = checkModel(fileModel, targetModel, name, task.allowModelMismatch);
  notices.push(...doubts);
  if (!task.dryRun && canHoldPoints(target)) await settle(shardKeysOf(target));
  const { count, exact } = await control.measure(name);
  const before = exact ? count : null;
  if (task.mustBeEmpty === true && before !== 0) throw new Fault('APPROVAL_NEEDED', { collection: name });
  requireCount(task, before);
  // Only all points of an index tell its model, and not against what is known of it.
  const allFromFile = task.unfinished || before === 0;
  const model = allFromFile && !doubts.some(({ code }) => code === 'MODEL_DIFFERS') ? fileModel : null;
  return { name, create: false, complete: task.unfinished, settings, before, model, notices };
}

/** Creates the target if need be, or what an earlier run did not come to make, and says whether it was not there. */
export async function makeTarget(
  task: ImportTask,
  plan: ImportPlan,
  shardKeys: SeenShardKeys,
  control: Control,
): Promise<boolean> {
  const { name, settings, notices } = plan;
  const options = { deferStrictMode: true };
  if (task.dryRun) return false;
  if (plan.create) notices.push(...(await control.create(name, settings, options)).notices);
  else if (task.unfinished) {
    notices.push(...(await control.finishCreating(name, settings, options)).notices);
    shardKeys.checkAgainst(await control.settings(name), name);
  }
  return plan.create;
}
