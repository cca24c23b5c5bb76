import { join } from 'node:path';
import type { Notice } from '../faults/fault.ts';
import { removeFile, syncFolder } from '../files/folder.ts';
import { writeState } from './backup-state.ts';
import { bytesFreed, readCatalog, type Catalog, type StoredBackup } from './catalog.ts';
import { BACKUPS, manifestPath } from './layout.ts';
import { planRotation, type RotationPlan, type RotationPolicy } from './rotation.ts';
import { sweepFolder } from './sweep.ts';
import type { WritableVault } from './vault.ts';

export interface PrunePlan extends RotationPlan {
  readonly bytesFreed: number;
  readonly notices: readonly Notice[];
}

/** What rotation would do now. Pure. */
export function planPrune(catalog: Catalog, policy: RotationPolicy, now: number): PrunePlan {
  const frozen = frozenFolders(catalog);
  const plan = planRotation(
    catalog.backups.map(({ folder, manifest, state }) => ({
      name: manifest.name,
      collection: folder,
      createdAt: Date.parse(manifest.created_at),
      reason: manifest.reason,
      pinned: state.pinned,
      verified: state.verified_at !== null,
    })),
    policy,
    { now, frozen: new Set(frozen.keys()) },
  );
  const notices = [...frozen.values()].map(({ manifest }): Notice => ({
    code: 'ROTATION_FROZEN',
    params: {
      collection: manifest.collection,
      backup: manifest.name,
      before: manifest.shrank_from,
      after: manifest.total_vectors,
    },
  }));
  return { ...plan, bytesFreed: bytesFreed(catalog, new Set(plan.remove)), notices };
}

/** Collections that lost half of their points and nobody has said yet that this is fine, each with the backup that shows it. */
function frozenFolders({ backups }: Catalog): Map<string, StoredBackup> {
  const frozen = new Map<string, StoredBackup>();
  for (const backup of backups) {
    if (backup.manifest.shrank_from !== null && !backup.state.accepted) frozen.set(backup.folder, backup);
  }
  return frozen;
}

/**
 * Deletes backups: first what says that they count, then what only they needed. Killed at any step it leaves every other
 * backup whole, and the rest to be swept. The bytes that this freed.
 */
export async function deleteBackups(vault: WritableVault, catalog: Catalog, names: readonly string[]): Promise<number> {
  const leaving = catalog.backups.filter(({ manifest }) => names.includes(manifest.name));
  let freed = 0;
  for (const { folder, manifest, manifestBytes, state } of leaving) {
    await vault.check();
    await writeState(folder, manifest.name, { ...state, published: false });
    await removeFile(manifestPath(folder, manifest.name));
    freed += manifestBytes;
  }
  for (const folder of new Set(leaving.map((backup) => backup.folder))) await syncFolder(join(folder, BACKUPS));
  const left = await readCatalog(vault.dir);
  // In every folder: what a run left that was killed here is nobody's, and this one may have nothing to delete.
  for (const folder of left.folders) freed += await sweepFolder(folder, left, vault.check);
  return freed;
}
