import { Fault, type Notice } from '../../faults/fault.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import type { Control } from '../../qdrant/control.ts';
import { atLeast } from '../../qdrant/server-version.ts';
import { settingsFromFile } from '../../qdrant/settings-from-file.ts';
import type { StoredBackup } from '../../vault/catalog.ts';
import { checkFit, checkModel, isThere, modelInMetadata } from './import-checks.ts';
import type { RestoreTask } from './restore-task.ts';
import { shardKeysOf } from './shard-keys.ts';
import { requireCount } from './target-condition.ts';

/** The collection that a backup is restored into. */
export interface RestoreTarget {
  readonly name: string;
  /** It is not there yet. */
  readonly isNew: boolean;
  /** It holds no points, or does not exist yet. */
  readonly empty: boolean;
  /** This restore makes it, or an earlier run did that did not come to its end. */
  readonly ours: boolean;
  /** As JSON text; none without custom sharding. */
  readonly shardKeys: readonly string[];
  readonly canInsertOnly: boolean;
  /** The model that the target is of now; null: this restore proves nothing about it. */
  readonly model: string | null;
  readonly notices: readonly Notice[];
  /** Makes it if need be, and says whether it did. */
  create(): Promise<boolean>;
  /** What comes after the points: payload indexes, strict mode, aliases. `furnish` false: only looks at how it is doing. */
  complete(furnish: boolean): Promise<Notice[]>;
  /** Takes it away again, if it can be. */
  remove(): Promise<boolean>;
}

/** Compares backup and target without writing. Throws SCHEMA_MISMATCH, MODEL_MISMATCH, APPROVAL_NEEDED, PLAN_OUTDATED. */
export async function openTarget(
  task: RestoreTask,
  { manifest }: StoredBackup,
  control: Control,
): Promise<RestoreTarget> {
  const name = task.collection;
  const settings = settingsFromFile(manifest.settings);
  const version = await control.version();
  const there = await isThere(control, name);
  const notices: Notice[] = [];
  let before: number | null = 0;
  let shardKeys = shardKeysOf(settings);
  let model = manifest.model;
  let ours = there && task.unfinished;
  if (there) {
    const now = await control.settings(name);
    notices.push(...checkFit(settings, now, name));
    // A run that was killed may not have come to make them all.
    if (!task.unfinished) checkShardKeys(shardKeys, shardKeysOf(now), name);
    shardKeys = shardKeysOf(now);
    // What is written back to where it came from needs no proof that it fits.
    const home = task.unfinished || (manifest.source === task.source && manifest.collection === name);
    const has = task.targetModel ?? modelInMetadata(now.metadata) ?? (home ? manifest.model : task.usualModel);
    const unknown = home && manifest.model === null && has === null;
    const doubts = unknown ? [] : checkModel(manifest.model, has, name, task.allowModelMismatch);
    notices.push(...doubts);
    const { count, exact } = await control.measure(name);
    before = exact ? count : null;
    if (task.mustBeEmpty === true && before !== 0) throw new Fault('APPROVAL_NEEDED', { collection: name });
    if (before !== 0 || doubts.some(({ code }) => code === 'MODEL_DIFFERS')) model = null;
  }
  requireCount(task, before);

  const remove = (): Promise<boolean> =>
    control.remove(name).then(
      () => true,
      () => false,
    );
  return {
    ...{ name, model, notices, isNew: !there },
    get shardKeys() {
      return shardKeys;
    },
    empty: before === 0,
    get ours() {
      return ours;
    },
    canInsertOnly: atLeast(version, '1.16'),
    create: async () => {
      if (there && !task.unfinished) return false;
      ours = true;
      const options = { deferStrictMode: true };
      const made = there
        ? await control.finishCreating(name, settings, options)
        : await control.create(name, settings, options);
      notices.push(...made.notices);
      try {
        // Asked of the target itself: a server on its own makes automatic sharding of the custom one.
        shardKeys = shardKeysOf(await control.settings(name));
      } catch (error) {
        // Made, and nobody knows of it yet.
        if (!there) await remove();
        throw error;
      }
      return !there;
    },
    complete: (furnish) => complete(control, name, settings, furnish),
    remove,
  };
}

/** With custom sharding every point goes to the shard of its key. Throws SCHEMA_MISMATCH where the target lacks one. */
function checkShardKeys(wanted: readonly string[], has: readonly string[], collection: string): void {
  if (has.length === 0) return;
  const missing = wanted.find((key) => !has.includes(key));
  const refuse = (reason: string): never => {
    throw new Fault('SCHEMA_MISMATCH', { collection, what: 'shard_key', reason });
  };
  if (wanted.length === 0) refuse('it is divided by shard keys, and the points of the backup have none');
  if (missing !== undefined) refuse(`the backup has the shard key ${missing}, which does not exist there`);
}

async function complete(
  control: Control,
  name: string,
  settings: CollectionSettings,
  furnish: boolean,
): Promise<Notice[]> {
  const { status, optimizer } = await control.status(name);
  if (status === 'red') throw new Fault('QDRANT_REFUSED', { reason: `it reports the index as failed (${optimizer})` });
  if (!furnish) return [];
  const notices: Notice[] = [];
  notices.push(...(await control.createPayloadIndexes(name, settings)));
  notices.push(...(await control.applyStrictMode(name, settings)));
  notices.push(...(await control.createAliases(name, settings)));
  if ((await control.status(name)).status === 'yellow') notices.push({ code: 'INDEXING_PENDING', params: {} });
  return notices;
}
