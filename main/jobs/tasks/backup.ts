import { access } from 'node:fs/promises';
import type { Notice } from '../../faults/fault.ts';
import { openControl } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import { vaultBytes } from '../../vault/catalog.ts';
import { withVault, type VaultPlace } from './vault-place.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { readCompanionFiles } from './companions.ts';
import type { BackupOutcome } from './backup-outcome.ts';
import { freshBackup, reuse } from './fresh-backup.ts';
import { takeBackup, type BackupWish } from './take-backup.ts';

export interface BackupTask extends Omit<BackupWish, 'companions'> {
  readonly target: QdrantTarget;
  readonly vault: VaultPlace;
  /** Absolute paths. */
  readonly companions: readonly string[];
  /** A companion file that is not there is told of, and stops nothing. */
  readonly mayLackCompanions?: boolean;
  /** When it was asked for, in milliseconds since 1970, where one that was just taken will do, see `freshBackup`; absent: it will not. */
  readonly freshFor?: number;
}

/** Somebody may be taking the very backup that is asked for; his whole work is waited for. */
const LONGEST_WAIT_MS = 3_600_000;

/** Takes one backup of a collection. */
export async function backUpCollection(task: BackupTask, { signal, report }: TaskContext): Promise<BackupOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const there = await existing(task.companions, task.mayLackCompanions === true);
  const companions = await readCompanionFiles(there);
  const lacking = task.companions.filter((path) => !there.includes(path));
  // Questions are asked side by side: the first that fails ends the others, which might go on trying for minutes.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const control = openControl(task.target, either);
  const http = new QdrantHttp(task.target, 2);
  try {
    // Asked before anything is made: no folder for an index that is not there.
    await control.status(task.collection);
    const { freshFor: askedAt } = task;
    const waiting = askedAt === undefined ? {} : { waitMs: LONGEST_WAIT_MS };
    return await withVault(
      task.vault,
      { purpose: 'backup', create: true, signal, ...waiting },
      async (vault, catalog) => {
        const wish = { ...task, companions };
        const now = Date.now();
        const fresh = askedAt === undefined ? undefined : freshBackup(catalog, { ...wish, askedAt }, now);
        if (fresh !== undefined) return reuse(vault, fresh, { pin: task.pin, now });
        const to = { vault, catalog, textsIn: task.vault.textsIn };
        const taken = await takeBackup(wish, { control, http }, to, { signal: either, meter });
        const { manifest, bytesAdded, notices } = taken;
        return {
          name: manifest.name,
          collection: manifest.collection,
          createdAt: manifest.created_at,
          totalVectors: manifest.total_vectors,
          changes: manifest.changes,
          bytesAdded,
          vaultBytes: await vaultBytes(vault.dir),
          vaultId: vault.id,
          moved: manifest.moved !== null,
          reused: false,
          notices: [...notices, ...lacking.map((path): Notice => ({ code: 'COMPANION_MISSING', params: { path } }))],
        };
      },
    );
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    http.close();
  }
}

/** All of them, or where some may be lacking those that are there. */
async function existing(paths: readonly string[], mayLack: boolean): Promise<readonly string[]> {
  if (!mayLack) return paths;
  const found: string[] = [];
  for (const path of paths) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) found.push(path);
  }
  return found;
}
