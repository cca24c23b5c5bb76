import type { Notice } from '../../faults/fault.ts';
import { Fault } from '../../faults/fault.ts';
import { openControl } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import { settleWrites } from '../../qdrant/settle-writes.ts';
import { WRITE_CONNECTIONS } from '../../qdrant/writer.ts';
import { findBackup, type Catalog } from '../../vault/catalog.ts';
import { Selection } from '../../vault/compare.ts';
import { planRestore, type RestorePlan } from '../../vault/restore-plan.ts';
import type { WritableVault } from '../../vault/vault.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { companionsOf, companionsToPut, putCompanions } from './put-companions.ts';
import { checkRestored, type Differences } from './restore-check.ts';
import { pathFilter, selectPaths } from './path-filter.ts';
import { isLeftover } from './restore-leftover.ts';
import { checkWhole, goneMeanwhile } from './restore-source.ts';
import { openTarget, type RestoreTarget } from './restore-target.ts';
import type { RestoreTask } from './restore-task.ts';
import { standingOf, type Work } from './restore-work.ts';
import { removePoints, sendPoints } from './send-restored.ts';
import { catalogIn, holdingVault } from './vault-place.ts';

export interface RestoreOutcome {
  readonly collection: string;
  readonly totalVectors: number;
  readonly plan: RestorePlan;
  readonly safetyBackup: string | null;
  /** Of all points that the target held before; null: there were none. */
  readonly targetFingerprint: string | null;
  /** null for a dry run. */
  readonly verified: boolean | null;
  readonly differences: Differences;
  readonly createdCollection: boolean;
  readonly companions: readonly string[];
  readonly model: string | null;
  readonly vaultId: string | null;
  readonly notices: readonly Notice[];
  readonly sendingMs: number;
}

/**
 * Writes a backup, or the points of some of its files, into a collection. Everything is checked before the first write:
 * the backup's files, the target's vectors and model. What would be overwritten or removed is backed up first. Afterwards
 * the target is read and compared. A target made here is removed again when the restore does not come to its end; a run
 * that was killed can be run again.
 */
export async function restoreBackup(task: RestoreTask, context: TaskContext): Promise<RestoreOutcome> {
  const { signal } = context;
  const meter = new ProgressMeter(context.report);
  meter.begin('preparing');
  const http = new QdrantHttp(task.target, WRITE_CONNECTIONS);
  const restore = (vault: WritableVault | Fault | null, catalog: Catalog): Promise<RestoreOutcome> =>
    fromCatalog(task, { http, vault, catalog, signal, meter });
  try {
    if (task.dryRun) return await restore(null, await catalogIn(task.vault));
    return await holdingVault(task.vault, { purpose: 'restore', signal }, restore);
  } catch (error) {
    throw Fault.from(error).with({ of: 'backup' });
  } finally {
    http.close();
  }
}

type Means = Pick<Work, 'http' | 'catalog' | 'signal' | 'meter'> & {
  /** A fault: why the vault could not be locked. null: nobody tried. */
  readonly vault: WritableVault | Fault | null;
};

async function fromCatalog(asked: RestoreTask, means: Means): Promise<RestoreOutcome> {
  const { http, vault, catalog, signal, meter } = means;
  const backup = findBackup(catalog, asked.backup);
  let target: RestoreTarget | null = null;
  let ours = asked.unfinished ? null : false;
  try {
    await checkWhole(asked.vault.dir, backup, signal, meter);
    const { companionsTo } = asked;
    const companions = companionsTo === null ? [] : await companionsToPut(await companionsOf(backup), companionsTo);
    meter.begin('preparing');
    const control = openControl(asked.target, signal);
    ours = await isLeftover({ task: asked, backup, http, signal, meter }, control);
    meter.begin('preparing');
    const task = { ...asked, unfinished: ours };
    target = await openTarget(task, backup, control);
    // Only a target with points in it has anything to lose; without a copy to make, a vault that cannot be locked will do.
    const copies = task.safetyCopy && !task.dryRun && task.onConflict !== 'skip' && !target.empty;
    if (copies && vault instanceof Fault) throw vault;
    const held = vault instanceof Fault ? null : vault;
    const work = { task, backup, target, control, http, vault: held, copies, catalog, signal, meter };
    const outcome = await run(work);
    const { put, notices } = await putCompanions(task.dryRun ? [] : companions);
    const left = companionsTo === null ? backup.manifest.companions.length : 0;
    const stays: Notice[] = left > 0 ? [{ code: 'COMPANIONS_NOT_RESTORED', params: { count: left } }] : [];
    return { ...outcome, notices: [...outcome.notices, ...stays, ...notices].map(ofBackup), companions: put };
  } catch (error) {
    const fault = await goneMeanwhile(asked.vault, asked.backup, error);
    // For whoever noted that a target is being made. null: it was not looked at.
    throw fault.with({ ours: target?.ours ?? ours });
  }
}

/** Where an import speaks of its file, a restore speaks of its backup. */
const ofBackup = ({ code, params }: Notice): Notice =>
  params['of'] === 'index' ? { code, params } : { code, params: { ...params, of: 'backup' } };

async function run(work: Work): Promise<RestoreOutcome> {
  const { task, backup, target, control, http, signal, meter } = work;
  const filter = task.paths === null ? null : pathFilter(backup, task.paths);
  // Also where an earlier run of this restore made the target: by now it may hold what somebody else put there.
  const strategy = task.onConflict;
  const chosen = await selectPaths(backup, Selection.all(backup), filter, signal);
  if (chosen.count === 0 && task.paths !== null && target.isNew)
    throw new Fault('USAGE', { reason: `No file of ${backup.manifest.name} matches ${task.paths.join(' or ')}.` });
  const stand = await standingOf(work, chosen, filter, strategy);
  const { standing, missing, different, extra, safety } = stand;
  const plan = planRestore(standing, strategy);
  const outcome = {
    ...{ collection: target.name, totalVectors: chosen.count, plan, companions: [], model: target.model },
    safetyBackup: safety,
    targetFingerprint: stand.fingerprint,
    vaultId: work.vault?.id ?? null,
  };
  if (task.dryRun) {
    const differences = { count: standing.missing + standing.different + standing.extra, points: [] };
    return { ...outcome, verified: null, differences, createdCollection: false, notices: target.notices, sendingMs: 0 };
  }
  let created = false;
  const done = { points: 0, sending: false };
  const total = plan.new + plan.updated + plan.removed;
  try {
    created = await target.create();
    meter.begin('sending', { points: total });
    const begun = performance.now();
    const writing = { http, target, signal, done, told: () => meter.at(done.points, 0) };
    // What has come since the safety copy was taken is in no copy.
    const alone = created && strategy !== 'skip' && task.mustBeEmpty !== true && task.ifTarget === undefined;
    await sendPoints(missing, alone ? 'replace' : 'onlyNew', writing);
    if (strategy !== 'skip') await sendPoints(different, strategy === 'merge' ? 'merge' : 'replace', writing);
    if (strategy === 'exact') await removePoints(extra, writing);
    await settleWrites(http, target.name, target.shardKeys, signal);
    const sendingMs = performance.now() - begun;
    meter.begin('finishing', { points: done.points });
    const notices = [
      ...[...target.notices, ...stand.notices],
      ...(await target.complete(created || target.ours || (strategy === 'exact' && filter === null))),
    ];
    meter.begin('comparing', { points: (await control.measure(target.name)).count });
    const only = created || strategy === 'exact';
    const { verified, differences } = await checkRestored(work, { chosen, different, filter, strategy, only });
    return { ...outcome, verified, differences, createdCollection: created, notices, sendingMs };
  } catch (error) {
    const fault = Fault.from(error);
    // Only what this run made: of any other nobody knows what it holds by now.
    const removed = created && (await target.remove());
    if (removed) throw fault;
    throw fault.with({ written: done.points, sending: done.sending, total, created, safety });
  }
}
