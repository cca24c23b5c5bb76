import type { Notice } from '../../faults/fault.ts';
import { findBackup, readCatalog, type Catalog, type StoredBackup } from '../../vault/catalog.ts';
import { deleteBackups } from '../../vault/prune.ts';
import { SAFETY } from '../../vault/rotation.ts';
import type { WritableVault } from '../../vault/vault.ts';
import { takeBackup, type BackupWish } from './take-backup.ts';

/** What a copy is made of, and what is known of it. */
export interface SafetyWish extends Pick<BackupWish, 'collection' | 'source' | 'pathKey' | 'generator' | 'usualModel'> {
  /** As in ImportTask. */
  readonly targetModel: string | null;
}

/** A backup of a target, taken before anything in it is overwritten or removed. */
export async function takeSafetyCopy(
  { collection, source, pathKey, generator, usualModel, targetModel }: SafetyWish,
  from: Parameters<typeof takeBackup>[1],
  to: Parameters<typeof takeBackup>[2],
  means: Parameters<typeof takeBackup>[3],
): Promise<{ readonly copy: StoredBackup; readonly notices: readonly Notice[] }> {
  const { manifest, notices } = await takeBackup(
    {
      ...{ collection, source, pathKey, generator, usualModel, model: targetModel },
      ...{ reason: SAFETY, companions: [], pin: false },
    },
    from,
    to,
    means,
  );
  return { copy: findBackup(await readCatalog(to.vault.dir), manifest.name), notices };
}

/** A copy that turned out to be needed for nothing. `catalog` is read anew when it is not given. */
export async function takeAway(vault: WritableVault, name: string, catalog?: Catalog): Promise<void> {
  await deleteBackups(vault, catalog ?? (await readCatalog(vault.dir)), [name]);
}

/** What a backup says of all points that it was taken of; null: there were none. */
export const fingerprintIn = ({ manifest }: StoredBackup): string | null =>
  manifest.total_vectors === 0 ? null : manifest.fingerprint;
