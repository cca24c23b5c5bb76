import type { Notice } from '../../faults/fault.ts';
import { writeState } from '../../vault/backup-state.ts';
import { vaultBytes, type Catalog, type StoredBackup } from '../../vault/catalog.ts';
import type { CompanionFile } from '../../vault/companions.ts';
import { sha256Of } from '../../vault/sha256.ts';
import type { WritableVault } from '../../vault/vault.ts';
import type { BackupOutcome } from './backup-outcome.ts';

/** Whoever asks a second time so soon means the first backup. */
export const FRESH_MS = 60_000;

/** What a backup must be like to stand for one that was asked for. */
export interface FreshWish {
  readonly source: string;
  readonly collection: string;
  readonly reason: string;
  readonly companions: readonly CompanionFile[];
  /** When it was asked for, in milliseconds since 1970: since then somebody else may have been waited for. */
  readonly askedAt: number;
}

/**
 * The newest backup of this index for the same reason, of which reading began less than a minute before it was asked for, or
 * later. One that lies ahead is dated by a clock that was wrong, and counts for nothing; nor does one that was found damaged.
 */
export function freshBackup({ backups }: Catalog, wish: FreshWish, now: number): StoredBackup | undefined {
  const carried = namesOf(wish.companions.map(({ name, content }) => ({ name, sha256: sha256Of(content) })));
  return backups.findLast(({ manifest, state }) => {
    const createdAt = Date.parse(manifest.created_at);
    const fits =
      manifest.source === wish.source && manifest.collection === wish.collection && manifest.reason === wish.reason;
    const fresh = createdAt <= now && wish.askedAt - createdAt <= FRESH_MS;
    return fits && fresh && state.verified_at !== null && namesOf(manifest.companions) === carried;
  });
}

const namesOf = (files: readonly { readonly name: string; readonly sha256: string }[]): string =>
  files
    .map(({ name, sha256 }) => `${sha256} ${name}`)
    .sort()
    .join('\n');

/** What that backup came to, told as one that was taken now. It is pinned if that is asked for. */
export async function reuse(
  vault: WritableVault,
  { folder, manifest, state }: StoredBackup,
  { pin, now }: { readonly pin: boolean; readonly now: number },
): Promise<BackupOutcome> {
  if (pin && !state.pinned) {
    await vault.check();
    await writeState(folder, manifest.name, { ...state, pinned: true });
  }
  const { name, collection, created_at: createdAt, total_vectors: after, shrank_from: before, moved } = manifest;
  const notices: Notice[] = [];
  if (moved !== null) notices.push({ code: 'INDEX_MOVED', params: moved });
  if (before !== null && !state.accepted) notices.push({ code: 'INDEX_SHRANK', params: { collection, before, after } });
  const seconds = Math.max(0, Math.round((now - Date.parse(createdAt)) / 1000));
  notices.push({ code: 'BACKUP_REUSED', params: { backup: name, seconds } });
  return {
    ...{ name, collection, createdAt, totalVectors: after, changes: manifest.changes, bytesAdded: 0 },
    ...{ vaultBytes: await vaultBytes(vault.dir), vaultId: vault.id, moved: moved !== null, notices, reused: true },
  };
}
