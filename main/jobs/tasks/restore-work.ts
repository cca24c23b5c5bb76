import type { Notice } from '../../faults/fault.ts';
import { Fingerprint } from '../../points/point-hash.ts';
import { IdList, type PointId } from '../../points/point-id.ts';
import type { Control } from '../../qdrant/control.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import { eachPath, pointIds } from '../../vault/backup-points.ts';
import type { Catalog, StoredBackup } from '../../vault/catalog.ts';
import { compareBackups, Selection } from '../../vault/compare.ts';
import { planRestore, type RestoreStrategy, type Standing } from '../../vault/restore-plan.ts';
import type { WritableVault } from '../../vault/vault.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import { compareWithIndex, idInRequest } from './live-comparison.ts';
import type { PathFilter } from './path-filter.ts';
import type { RestoreTask } from './restore-task.ts';
import type { RestoreTarget } from './restore-target.ts';
import { fingerprintIn, takeAway, takeSafetyCopy } from './safety-copy.ts';
import { requireCount, requireTarget } from './target-condition.ts';

/** Everything that a restore works with. */
export interface Work {
  readonly task: RestoreTask;
  readonly backup: StoredBackup;
  readonly target: RestoreTarget;
  readonly control: Control;
  readonly http: QdrantHttp;
  /** null: it could not be locked, or nothing is written. */
  readonly vault: WritableVault | null;
  /** A safety copy is to be made of what may be lost. */
  readonly copies: boolean;
  readonly catalog: Catalog;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

/** How the target stands to the chosen points, and which they are. */
export interface Stand {
  readonly standing: Standing;
  readonly missing: Selection;
  readonly different: Selection;
  /** Ids of points that only the target has, as they stand in requests; of an exact restore only. */
  readonly extra: Iterable<string> | AsyncIterable<string>;
  /** The safety copy; null: none was needed. */
  readonly safety: string | null;
  /** Of all points of the target; null: it holds none. */
  readonly fingerprint: string | null;
  /** What is to be said of the safety copy. */
  readonly notices: readonly Notice[];
}

/**
 * Compares backup and target, and where something would be lost that is done with the safety copy that is made of it.
 * Throws PLAN_OUTDATED, and then leaves no copy.
 */
export async function standingOf(
  work: Work,
  chosen: Selection,
  filter: PathFilter | null,
  strategy: RestoreStrategy,
): Promise<Stand> {
  const { task, target, control, http, vault, backup, copies, catalog, signal, meter } = work;
  if (target.empty) {
    // Choosing the points may have taken its time.
    if (task.ifTarget !== undefined && !target.isNew) {
      const { count, exact } = await control.measure(target.name);
      requireCount(task, exact ? count : null);
    }
    const standing = { missing: chosen.count, different: 0, same: 0, extra: 0 };
    const none = { safety: null, fingerprint: null, notices: [] };
    return { standing, missing: chosen, different: new Selection(backup), extra: [], ...none };
  }
  if (vault === null || !copies) {
    const stand = await standOfIndex(work, chosen, filter, strategy);
    requireTarget(task, stand.fingerprint);
    return stand;
  }
  const to = { vault, catalog, textsIn: task.vault.textsIn };
  const wish = { ...task, collection: target.name };
  const { copy, notices } = await takeSafetyCopy(wish, { control, http }, to, { signal, meter });
  const { name } = copy.manifest;
  const compared = async (): Promise<Stand> => {
    requireTarget(task, fingerprintIn(copy));
    return standOfCopy(work, copy, chosen, filter, strategy);
  };
  const stand = await compared().catch(async (error: unknown) => {
    // Nothing was written that it could be needed for.
    await takeAway(vault, name).catch(() => undefined);
    throw error;
  });
  if (planRestore(stand.standing, strategy).destroys) return { ...stand, safety: name, notices };
  await takeAway(vault, name);
  // Also without the copy: the plan is of an index that did not stand still.
  return { ...stand, notices: notices.filter(({ code }) => code === 'INDEX_MOVED') };
}

/** The same by reading the target itself. */
async function standOfIndex(
  { task, backup, target, control, http, signal, meter }: Work,
  chosen: Selection,
  filter: PathFilter | null,
  strategy: RestoreStrategy,
): Promise<Stand> {
  meter.begin('comparing', { points: (await control.measure(target.name)).count });
  const found = new IdList();
  let extras = 0;
  const missing = new Selection(backup);
  const different = new Selection(backup);
  const all = new Fingerprint();
  await compareWithIndex(http, {
    ...{ collection: target.name, backup, pathKey: backup.manifest.path_key ?? task.pathKey, signal, meter },
    fingerprint: all,
    onDifference: (what, id: PointId, { path, source, row }) => {
      if (what === 'extra') {
        if (filter !== null && !filter(path)) return;
        extras++;
        if (strategy === 'exact' && !task.dryRun) found.push(id);
      } else if (chosen.has(source, row)) (what === 'missing' ? missing : different).add(source, row);
    },
  });
  return stand(chosen, missing, different, {
    ...{ extra: inRequests(found), extras },
    fingerprint: all.digestOrNull(),
  });
}

function* inRequests(ids: Iterable<PointId>): Generator<string, void, undefined> {
  for (const id of ids) yield idInRequest(id);
}

/** The same from a copy of the target. */
async function standOfCopy(
  { backup, signal }: Work,
  copy: StoredBackup,
  chosen: Selection,
  filter: PathFilter | null,
  strategy: RestoreStrategy,
): Promise<Stand> {
  const { comparison, added } = await compareBackups(backup, copy, signal);
  // In a bit each, however many there are: their ids are read again when they are removed.
  const extras = filter === null ? added : new Selection(copy);
  if (filter !== null)
    await eachPath(added, backup.manifest.path_key ?? '', signal, (path, source, row) => {
      if (filter(path)) extras.add(source, row);
    });
  const extra = strategy === 'exact' ? pointIds(extras, signal, idInRequest) : [];
  const missing = chosen.and(comparison.missing);
  const different = chosen.and(comparison.different);
  return stand(chosen, missing, different, { extra, extras: extras.count, fingerprint: fingerprintIn(copy) });
}

function stand(
  chosen: Selection,
  missing: Selection,
  different: Selection,
  { extra, extras, fingerprint }: Pick<Stand, 'extra' | 'fingerprint'> & { extras: number },
): Stand {
  const standing = {
    missing: missing.count,
    different: different.count,
    same: chosen.count - missing.count - different.count,
    extra: extras,
  };
  return { standing, missing, different, extra, safety: null, fingerprint, notices: [] };
}
