import { FileSource } from '../../archive/file-source.ts';
import { replayArchive, validateArchive, type ArchiveContents } from '../../archive/validate-archive.ts';
import { Fault, type Notice } from '../../faults/fault.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import { openControl, type Control } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import { atLeast } from '../../qdrant/server-version.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import { PointWriter, settleWrites, WRITE_CONNECTIONS, type WriteCounts } from '../../qdrant/writer.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { checkFit, checkModel, isThere, modelIn, modelInMetadata, settingsOf } from './import-checks.ts';
import { SeenShardKeys, shardKeysOf } from './shard-keys.ts';

export interface ImportTask {
  readonly target: QdrantTarget;
  readonly path: string;
  readonly collection: string;
  readonly onConflict: 'skip' | 'overwrite' | 'merge';
  readonly dryRun: boolean;
  readonly allowModelMismatch: boolean;
  /** What was learnt of the target's model. */
  readonly targetModel: string | null;
  /** The model to assume where neither that nor the target itself says. */
  readonly usualModel: string | null;
  /** An earlier import created the target and did not finish: its indexes and aliases are still to come. */
  readonly unfinished: boolean;
}

export interface ImportOutcome {
  readonly collection: string;
  readonly totalVectors: number;
  readonly counts: WriteCounts;
  readonly createdCollection: boolean;
  /** The file's model, for whoever remembers models. */
  readonly model: string | null;
  readonly notices: readonly Notice[];
  /** Milliseconds of sending alone, without validation and waiting. */
  readonly sendingMs: number;
}

interface Plan {
  readonly name: string;
  readonly create: boolean;
  /** Indexes and aliases follow the points. */
  readonly complete: boolean;
  readonly settings: CollectionSettings;
  readonly empty: boolean;
  readonly notices: Notice[];
}

/**
 * Writes a file's points into a collection. The whole file is validated and compared with the target before the first
 * write. A run that stops after it may have written says in its fault how far it came (`written`, `new`, `updated`,
 * `skipped`, `total`) and can be run again: points are written by id, so nothing is doubled.
 */
export async function importArchive(task: ImportTask, { signal, report }: TaskContext): Promise<ImportOutcome> {
  const meter = new ProgressMeter(report);
  const source = await FileSource.open(task.path);
  const http = new QdrantHttp(task.target, WRITE_CONNECTIONS);
  try {
    meter.begin('validating', { bytes: source.size });
    const shardKeys = new SeenShardKeys();
    const contents = await validateArchive(source, {
      signal,
      point: (scanner) => shardKeys.add(scanner),
      breathe: (points) => meter.at(points, source.consumed),
    });
    meter.begin('preparing', { points: contents.points });
    const control = openControl(task.target, signal);
    const version = await control.version();
    const settle = (keys: readonly string[]): Promise<void> => settleWrites(http, task.collection, keys, signal);
    const plan = await makePlan(task, { contents, shardKeys }, control, settle);
    const counts: WriteCounts = { new: 0, updated: 0, skipped: 0 };
    let sendingMs = 0;
    if (task.dryRun && plan.empty) counts.new = contents.points;
    else {
      const canInsertOnly = atLeast(version, '1.16');
      try {
        const targetShards = await prepareTarget(task, plan, control);
        meter.begin('sending', { points: contents.points, bytes: source.size });
        const begun = performance.now();
        const writer = new PointWriter(http, {
          collection: plan.name,
          strategy: plan.empty ? 'insert' : task.onConflict,
          dryRun: task.dryRun,
          ...{ canInsertOnly, shardKeys: targetShards, signal, counts },
        });
        await send(writer, contents, source, meter, signal);
        sendingMs = performance.now() - begun;
        if (!task.dryRun) await complete(control, plan, contents.points, meter);
      } catch (error) {
        const fault = Fault.from(error);
        if (task.dryRun) throw fault;
        throw fault.with({ written: counts.new + counts.updated, ...counts, total: contents.points });
      }
    }
    return {
      collection: plan.name,
      totalVectors: contents.points,
      counts,
      createdCollection: plan.create && !task.dryRun,
      model: modelIn(contents.metadata),
      notices: plan.notices,
      sendingMs,
    };
  } finally {
    http.close();
    await source.close();
  }
}

/** Compares file and target without writing. Throws SCHEMA_MISMATCH, MODEL_MISMATCH. */
async function makePlan(
  task: ImportTask,
  file: { contents: ArchiveContents; shardKeys: SeenShardKeys },
  control: Control,
  settle: (shardKeys: readonly string[]) => Promise<void>,
): Promise<Plan> {
  const { contents, shardKeys } = file;
  const name = task.collection;
  const settings = settingsOf(contents);
  const notices: Notice[] = [];
  if (!contents.checksummed) notices.push({ code: 'NO_SUMMARY', params: {} });
  if (contents.companions.length > 0)
    notices.push({ code: 'COMPANIONS_NOT_RESTORED', params: { count: contents.companions.length } });
  const fileModel = modelIn(contents.metadata);
  if (!(await isThere(control, name))) {
    shardKeys.checkAgainst(settings, name);
    if (fileModel === null) notices.push({ code: 'MODEL_UNKNOWN', params: { of: 'file' } });
    return { name, create: true, complete: true, settings, empty: true, notices };
  }
  const target = await control.settings(name);
  notices.push(...checkFit(settings, target, name));
  shardKeys.checkAgainst(target, name);
  const targetModel = task.targetModel ?? modelInMetadata(target.metadata) ?? task.usualModel;
  notices.push(...checkModel(fileModel, targetModel, name, task.allowModelMismatch));
  if (!task.dryRun) await settle(shardKeysOf(target));
  const { count, exact } = await control.measure(name);
  return { name, create: false, complete: task.unfinished, settings, empty: exact && count === 0, notices };
}

/** Creates the target if need be; returns the shard keys that points must name there. */
async function prepareTarget({ dryRun }: ImportTask, plan: Plan, control: Control): Promise<string[]> {
  if (plan.create && !dryRun) {
    const { notices } = await control.create(plan.name, plan.settings, { deferStrictMode: true });
    plan.notices.push(...notices);
  }
  // Asked of the target itself: a server on its own makes automatic sharding of the custom one.
  return shardKeysOf(await control.settings(plan.name));
}

/** The file once more, point by point to the writer. */
async function send(
  writer: PointWriter,
  contents: ArchiveContents,
  source: FileSource,
  meter: ProgressMeter,
  signal: AbortSignal,
): Promise<void> {
  const { counts } = writer;
  const done = (): number => counts.new + counts.updated + counts.skipped;
  try {
    const again = await replayArchive(source, {
      signal,
      point: (scanner) => writer.add(scanner),
      breathe: async () => {
        await writer.drain();
        meter.at(done(), source.consumed);
      },
    });
    if (again.points !== contents.points || (await source.changed()))
      throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
    await writer.finish();
    meter.at(done(), source.size);
  } finally {
    // Whatever is under way ends first: after this the counts do not change.
    await writer.settle();
  }
}

/** What comes after the points, in pg_dump's order: checks of the count, payload indexes, strict mode, aliases. */
async function complete(control: Control, plan: Plan, points: number, meter: ProgressMeter): Promise<void> {
  meter.begin('finishing', { points });
  const { name, settings, notices } = plan;
  if (plan.empty) {
    const { count, exact } = await control.measure(name);
    if (exact && count < points)
      throw new Fault('QDRANT_REFUSED', { reason: `it holds ${count} of ${points} points after all were sent` });
  }
  if (!plan.complete) return;
  notices.push(...(await control.createPayloadIndexes(name, settings)));
  notices.push(...(await control.applyStrictMode(name, settings)));
  notices.push(...(await control.createAliases(name, settings)));
  if ((await control.status(name)).status === 'yellow') notices.push({ code: 'INDEXING_PENDING', params: {} });
}
