import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { codeOf, readFault } from '../files/file-faults.ts';
import { makeFolder, removeFile } from '../files/folder.ts';
import { readWhole } from '../files/read-whole.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { FileLock } from '../processes/file-lock.ts';
import { LARGEST, LOCK_FILE, MOVE_FILE, README_FILE, VAULT_FILE, isFolderName } from './layout.ts';
import { VAULT_VERSION } from './manifest.ts';
import { readMoveNote } from './move-note.ts';
import { README } from './readme.ts';
import { sha256Of } from './sha256.ts';
import { readSigned, signed } from './signed-json.ts';

const FORMAT = 'vectorkeep-vault';

const vaultFile = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  id: z.string().min(1),
  created_at: z.string(),
  readme_sha256: z.string(),
});
export type VaultFile = z.infer<typeof vaultFile>;

/** A folder with backups. */
export interface Vault {
  readonly dir: string;
  /** null: its `vault.json` is damaged or gone; what lies in it can be read all the same. */
  readonly id: string | null;
}

/** A vault that this process alone writes to, for now. */
export interface WritableVault extends Vault {
  readonly id: string;
  /** Throws VAULT_GONE when another folder, or none, stands where the vault was; VAULT_BUSY when the lock was lost. */
  readonly check: () => Promise<void>;
  /** Only the latter: for one who takes the vault away. */
  readonly held: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/** For reading. null: there is nothing at all. Throws NOT_A_VAULT for a folder of something else, FILE_NOT_READABLE. */
export const openVault = (dir: string): Promise<Vault | null> => lookInto(dir, false);

async function lookInto(dir: string, again: boolean): Promise<Vault | null> {
  const file = await readVaultFile(dir);
  if (file !== null && file !== 'damaged') return { dir, id: file.id };
  const names = await namesIn(dir);
  if (names === null) return null;
  // Another program has just made it one.
  if (file === null && names.includes(VAULT_FILE) && !again) return lookInto(dir, true);
  if (await looksLikeVault(dir, names)) return { dir, id: null };
  const ours = file === 'damaged' && (await mentions(join(dir, VAULT_FILE), FORMAT));
  if (ours) return { dir, id: null };
  const readmeIsOurs = !names.includes(README_FILE) || (await mentions(join(dir, README_FILE), README.slice(0, 80)));
  if (file === 'damaged' || !readmeIsOurs || names.some(isStranger)) throw new Fault('NOT_A_VAULT', { path: dir });
  return null;
}

export interface LockWish {
  readonly purpose: string;
  readonly signal: AbortSignal;
  readonly waitMs: number;
}

export interface WriteWish extends LockWish {
  /** An empty or missing folder becomes a vault. */
  readonly create: boolean;
  /** The id of the vault that was in this place the last time; null: not known. With one, an empty folder is an unplugged drive. */
  readonly expected: string | null;
  /** A person named the folder in this very request: any vault in it is meant, also another than the last time. */
  readonly named?: boolean;
  /** What the manifests in a vault call it. */
  readonly idFromBackups: (dir: string) => Promise<string | null>;
}

/** For writing. Throws what `openVault` does, and VAULT_GONE, VAULT_BUSY, VAULT_NEWER. */
export async function lockVault(dir: string, wish: WriteWish): Promise<WritableVault> {
  const found = await openVault(dir);
  if (found === null) {
    if (!wish.create || wish.expected !== null) throw new Fault('VAULT_GONE', { path: dir });
    await makeFolder(dir);
  }
  const lock = await FileLock.acquire(join(dir, LOCK_FILE), wish);
  try {
    // It was there when the wait for the lock began: somebody has moved it elsewhere.
    if (typeof found?.id === 'string' && (await readVaultFile(dir)) === null)
      throw new Fault('VAULT_GONE', { path: dir });
    const id = await settleId(dir, wish);
    // A half copy that somebody has begun to use is one no longer.
    if ((await readMoveNote(dir))?.stage === 'copying') await removeFile(join(dir, MOVE_FILE));
    const check = async (): Promise<void> => {
      const now = await readVaultFile(dir).catch(() => null);
      if (now === null || now === 'damaged' || now.id !== id) throw new Fault('VAULT_GONE', { path: dir });
      await lock.assertHeld();
    };
    return { dir, id, check, held: () => lock.assertHeld(), release: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The id of the vault, which gets a file that says so where it has none. Under the lock. */
async function settleId(dir: string, { create, expected, named = false, idFromBackups }: WriteWish): Promise<string> {
  const file = await readVaultFile(dir);
  if (file !== null && file !== 'damaged') {
    // Another drive in the place of the one that was meant: nobody asked for backups on it, nor for any of its to go.
    if (!named && expected !== null && file.id !== expected) throw new Fault('VAULT_GONE', { path: dir });
    if (file.version > VAULT_VERSION) throw new Fault('VAULT_NEWER', { path: dir, version: file.version });
    if (await readmeIsWhole(dir, file)) return file.id;
    await writeDescription(dir, file.id, file.created_at);
    return file.id;
  }
  // Every manifest says of which vault it is.
  const known = (await idFromBackups(dir)) ?? expected;
  if (known === null && !create) throw new Fault('VAULT_GONE', { path: dir });
  const id = known ?? randomUUID();
  await writeDescription(dir, id, new Date().toISOString());
  return id;
}

async function writeDescription(dir: string, id: string, createdAt: string): Promise<void> {
  const readme = Buffer.from(README);
  await writeWhole(join(dir, README_FILE), readme, { replace: true });
  const text = signed({
    format: FORMAT,
    version: VAULT_VERSION,
    id,
    created_at: createdAt,
    readme_sha256: sha256Of(readme),
  } satisfies VaultFile);
  await writeWhole(join(dir, VAULT_FILE), Buffer.from(text), { replace: true });
}

/** What is wrong with the files of the vault itself; for verify. */
export async function vaultDamage(dir: string): Promise<readonly { path: string; reason: 'missing' | 'checksum' }[]> {
  const file = await readVaultFile(dir);
  if (file === null) return [{ path: VAULT_FILE, reason: 'missing' }];
  if (file === 'damaged') return [{ path: VAULT_FILE, reason: 'checksum' }];
  if (await readmeIsWhole(dir, file)) return [];
  const there = await stat(join(dir, README_FILE)).then(Boolean, () => false);
  return [{ path: README_FILE, reason: there ? 'checksum' : 'missing' }];
}

async function readmeIsWhole(dir: string, { readme_sha256: expected }: VaultFile): Promise<boolean> {
  const readme = await readWhole(join(dir, README_FILE), LARGEST.other).catch(() => null);
  return readme !== null && sha256Of(readme) === expected;
}

async function readVaultFile(dir: string): Promise<VaultFile | 'damaged' | null> {
  const path = join(dir, VAULT_FILE);
  try {
    const parsed = vaultFile.safeParse(readSigned(await readWhole(path, LARGEST.other)));
    return parsed.success ? parsed.data : 'damaged';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'FILE_NOT_FOUND' || codeOf(error.cause) === 'ENOTDIR') return null;
    // No system said so: it is a folder, a pipe, or far too large.
    if (error.cause === undefined) return 'damaged';
    throw error;
  }
}

/** null: there is no such folder. Throws FILE_NOT_READABLE. */
export async function namesIn(dir: string): Promise<string[] | null> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw readFault(error, dir);
  }
}

async function mentions(path: string, words: string): Promise<boolean> {
  const bytes = await readWhole(path, LARGEST.other).catch(() => null);
  return bytes?.toString('utf8').includes(words) === true;
}

/** Collections with backups in them, although what the vault says of itself is gone. */
async function looksLikeVault(dir: string, names: readonly string[]): Promise<boolean> {
  for (const name of names.filter(isFolderName))
    if ((await namesIn(join(dir, name)).catch(() => null))?.includes('backups') === true) return true;
  return false;
}

/** What a first run that was killed may have left, and what systems put into every folder, make no folder a stranger's. */
export const isStranger = (name: string): boolean =>
  ![README_FILE, LOCK_FILE, MOVE_FILE, '.DS_Store', 'desktop.ini', 'Thumbs.db', 'lost+found'].includes(name) &&
  !name.endsWith('.partial') &&
  !name.startsWith(`${LOCK_FILE}.`);
