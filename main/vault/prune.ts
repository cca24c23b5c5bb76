import type { Notice } from '../faults/fault.ts';
import { removeFile } from '../files/folder.ts';
import { writeState } from './backup-state.ts';
import { bytesFreed, readCatalog, type Catalog, type StoredBackup } from './catalog.ts';
import { manifestPath, statePath, sumsPath } from './layout.ts';
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
 * backup whole, and the rest to be swept.
 */
export async function deleteBackups(vault: WritableVault, catalog: Catalog, names: readonly string[]): Promise<void> {
  const leaving = catalog.backups.filter(({ manifest }) => names.includes(manifest.name));
  for (const { folder, manifest, state } of leaving) {
    await vault.check();
    await writeState(folder, manifest.name, { ...state, published: false });
    await removeFile(manifestPath(folder, manifest.name));
    await removeFile(statePath(folder, manifest.name));
    await removeFile(sumsPath(folder, manifest.name));
  }
  await vault.check();
  const left = await readCatalog(vault.dir);
  // In every folder: what a run left that was killed here is nobody's, and this one may have nothing to delete.
  for (const folder of left.folders) await sweepFolder(folder, left);
}
