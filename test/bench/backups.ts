/** Our side of backups: jobs on the worker thread as it was built. */
import type { VaultPlace } from '../../main/jobs/tasks/vault-place.ts';
import { readCatalog } from '../../main/vault/catalog.ts';
import { run, type Done } from './ours.ts';

const SAYS = { model: null, usualModel: null, pathKey: null, generator: 'bench' };
const place = (dir: string): VaultPlace => ({ dir, expected: null, textsIn: `${dir}-texts` });

export async function backUp(url: string, collection: string, vault: string): Promise<Done> {
  const task = {
    ...{ target: { url }, vault: place(vault), collection, source: url, reason: 'manual' },
    ...{ ...SAYS, companions: [], pin: false },
  };
  const { outcome, phases } = await run<'backup'>({ kind: 'backup', task });
  const { totalVectors, bytesAdded } = outcome;
  return { points: totalVectors, more: { bytesAdded, ...phases } };
}

/** Names of the backups in a vault, oldest first. */
async function names(vault: string): Promise<{ oldest: string; newest: string }> {
  const { backups } = await readCatalog(vault);
  const [oldest, newest] = [backups.at(0)?.manifest.name, backups.at(-1)?.manifest.name];
  if (oldest === undefined || newest === undefined) throw new Error(`There is no backup in ${vault}.`);
  return { oldest, newest };
}

/** Every point of the newest backup. */
export async function verifyBackup(vault: string, points: number): Promise<Done> {
  const { newest } = await names(vault);
  const task = { vault: place(vault), backup: newest, full: true };
  const { outcome, phases } = await run<'verify'>({ kind: 'verify', task });
  if (outcome.backups.some(({ damage }) => damage.length > 0)) throw new Error('The backup is damaged.');
  return { points, more: phases };
}

export async function restore(url: string, collection: string, vault: string): Promise<Done> {
  const { newest } = await names(vault);
  const task = {
    ...{ target: { url }, vault: place(vault), backup: newest, collection, source: url, onConflict: 'skip' as const },
    ...{ paths: null, dryRun: false, safetyCopy: true, allowModelMismatch: false, companionsTo: null },
    ...{ targetModel: null, usualModel: null, unfinished: false, pathKey: null, generator: 'bench' },
  };
  const { outcome, phases } = await run<'restore'>({ kind: 'restore', task });
  if (outcome.verified !== true) throw new Error(`Not restored: ${JSON.stringify(outcome.differences)}`);
  return { points: outcome.plan.new, more: { ...phases, sendingMs: outcome.sendingMs } };
}

export async function diff(vault: string): Promise<Done> {
  const { oldest, newest } = await names(vault);
  const task = { vault: place(vault), from: oldest, to: { backup: newest } };
  const { outcome } = await run<'diff'>({ kind: 'diff', task });
  return { points: outcome.same + outcome.changed + outcome.added, more: {} };
}
