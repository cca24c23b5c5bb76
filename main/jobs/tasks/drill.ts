import { Fault } from '../../faults/fault.ts';
import { PointHasher } from '../../points/point-hash.ts';
import { openControl, type Control } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import { scratchSettings } from '../../qdrant/scratch-settings.ts';
import { settingsFromFile } from '../../qdrant/settings-from-file.ts';
import { settleWrites } from '../../qdrant/settle-writes.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import { WRITE_CONNECTIONS } from '../../qdrant/writer.ts';
import { findBackup, type StoredBackup } from '../../vault/catalog.ts';
import { Selection } from '../../vault/compare.ts';
import { StoredShardKeys } from '../../vault/stored-shard-keys.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { isThere } from './import-checks.ts';
import type { Place } from './live-comparison.ts';
import { checkRestored, type Differences } from './restore-check.ts';
import { checkWhole, goneMeanwhile } from './restore-source.ts';
import { sendPoints } from './send-restored.ts';
import { catalogIn, type VaultPlace } from './vault-place.ts';

export interface DrillTask {
  readonly target: QdrantTarget;
  readonly vault: VaultPlace;
  readonly backup: string;
  /** The scratch index to make; there is none of that name. */
  readonly collection: string;
}

export interface DrillOutcome {
  readonly totalVectors: number;
  readonly matches: boolean;
  readonly differences: Differences;
  /** The scratch index could not be removed. */
  readonly left: boolean;
}

/**
 * Restores a backup into a scratch index, reads it back, compares each point, and removes the index, however that ends. It
 * locks nothing: backups and rotation go on meanwhile. Should the backup be deleted under it, that is BACKUP_NOT_FOUND.
 * Faults say in `left` whether the scratch index is still there.
 */
export async function drillBackup(task: DrillTask, { signal, report }: TaskContext): Promise<DrillOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const http = new QdrantHttp(task.target, WRITE_CONNECTIONS);
  const control = openControl(task.target, signal);
  const scratch = new Scratch(control, task);
  try {
    const backup = findBackup(await catalogIn(task.vault), task.backup);
    await checkWhole(task.vault.dir, backup, signal, meter);
    meter.begin('preparing');
    await scratch.create(backup);
    const found = await tryOut(task, { backup, control, http, signal, meter });
    return { totalVectors: backup.manifest.total_vectors, ...found, left: !(await scratch.remove()) };
  } catch (error) {
    const left = !(await scratch.remove());
    throw (await goneMeanwhile(task.vault, task.backup, error)).with({ left });
  } finally {
    http.close();
  }
}

interface Means {
  readonly backup: StoredBackup;
  readonly control: Control;
  readonly http: QdrantHttp;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

/** Fills the scratch index and compares. */
async function tryOut(
  { collection }: DrillTask,
  { backup, control, http, signal, meter }: Means,
): Promise<Pick<DrillOutcome, 'matches' | 'differences'>> {
  const chosen = Selection.all(backup);
  const target = { name: collection, shardKeys: [], canInsertOnly: false };
  const done = { points: 0, sending: false };
  meter.begin('sending', { points: chosen.count });
  await sendPoints(chosen, 'replace', { http, target, signal, done, told: () => meter.at(done.points, 0) });
  await settleWrites(http, collection, [], signal);
  meter.begin('finishing', { points: done.points });
  const { status, optimizer, deferredPoints } = await control.status(collection);
  if (status === 'red') throw new Fault('QDRANT_REFUSED', { reason: `it reports the index as failed (${optimizer})` });
  if (deferredPoints > 0) throw new Fault('COLLECTION_HIDDEN_POINTS', { collection, points: deferredPoints });
  meter.begin('comparing', { points: chosen.count });
  const { verified, differences } = await checkRestored(
    { task: { pathKey: null }, target, backup, http, signal, meter },
    {
      ...{ chosen, different: new Selection(backup), filter: null, strategy: 'exact', only: true },
      ...(await butForShardKeys(backup, chosen, signal)),
    },
  );
  return { matches: verified, differences };
}

/**
 * The scratch index has no shard keys, which the hashes of points from an index that has them cover: those are the same when
 * they are with the key that the backup says.
 */
async function butForShardKeys(
  { manifest }: StoredBackup,
  chosen: Selection,
  signal: AbortSignal,
): Promise<{ readonly same?: (place: Place) => boolean }> {
  if (settingsFromFile(manifest.settings).params['sharding_method'] !== 'custom') return {};
  const keys = await StoredShardKeys.of(chosen, signal);
  const hasher = new PointHasher();
  return {
    same: ({ source, row, hash, live }) =>
      live !== null &&
      hash !== null &&
      hasher.hash({ ...live.point, shardKey: keys.get(source, row) }, live.buf).equals(hash),
  };
}

/** The index of one drill. */
class Scratch {
  readonly #control: Control;
  readonly #task: DrillTask;
  /** It may be there. */
  #begun = false;

  constructor(control: Control, task: DrillTask) {
    this.#control = control;
    this.#task = task;
  }

  async create({ manifest }: StoredBackup): Promise<void> {
    this.#begun = true;
    try {
      await this.#control.create(this.#task.collection, scratchSettings(settingsFromFile(manifest.settings)));
    } catch (error) {
      // Somebody else's, after all.
      if (error instanceof Fault && error.params['status'] === 409) this.#begun = false;
      throw error;
    }
  }

  /** Whether it is gone. Goes on after a cancel. */
  async remove(): Promise<boolean> {
    if (!this.#begun) return true;
    const { target, collection } = this.#task;
    return this.#control.remove(collection).then(
      () => true,
      // A key that may make no index may remove none either.
      () =>
        isThere(openControl(target, undefined, 1), collection).then(
          (there) => !there,
          () => false,
        ),
    );
  }
}
