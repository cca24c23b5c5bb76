import type { Stats } from 'node:fs';
import { lstat, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, readFault } from '../files/file-faults.ts';
import { removeFile, syncFolder } from '../files/folder.ts';
import { sweepPartials } from '../files/partial-files.ts';
import { list } from './catalog.ts';
import {
  BACKUPS,
  COMPANIONS,
  isBackupName,
  isFolderName,
  isSha256,
  README_FILE,
  SEGMENTS,
  VAULT_FILE,
} from './layout.ts';

/** A file that belongs to a vault by its name and place. */
export interface VaultFile {
  /** Relative to the vault. */
  readonly path: string;
  readonly bytes: number;
  /** The checksum that is its name; null: it is called otherwise. */
  readonly sha256: string | null;
}

const PARTS = [SEGMENTS, COMPANIONS, BACKUPS];

/**
 * All files of a vault but its lock, whatever is in them: what is damaged or left over is the vault's as well. What says that
 * it is a vault comes last. Files with other names are strangers'. Throws FILE_NOT_READABLE.
 */
export async function vaultFiles(dir: string): Promise<VaultFile[]> {
  const files: VaultFile[] = [];
  const add = async (path: string, sha256: string | null): Promise<void> => {
    const found = await statOf(join(dir, path));
    if (found?.isFile() === true) files.push({ path, bytes: found.size, sha256 });
  };
  for (const folder of (await list(dir)).filter(isFolderName))
    for (const part of PARTS)
      for (const name of await list(join(dir, folder, part))) {
        const own = ownName(part, name);
        if (own !== undefined) await add(join(folder, part, name), own);
      }
  for (const name of [README_FILE, VAULT_FILE]) await add(name, null);
  return files;
}

/** The checksum in a name, null where the name of ours has none, undefined for a stranger's. */
function ownName(part: string, name: string): string | null | undefined {
  if (part === BACKUPS) {
    const backup = /^(.+?)(?:\.state\.json|\.sha256|\.json)$/.exec(name)?.[1];
    return backup !== undefined && isBackupName(backup) ? null : undefined;
  }
  const sha256 = part === SEGMENTS ? name.replace(/\.parquet$/, '') : name;
  return isSha256(sha256) && (part === COMPANIONS || sha256 !== name) ? sha256 : undefined;
}

async function statOf(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw readFault(error, path);
  }
}

/**
 * Removes these files of a vault, and what killed runs left in its folders; then folders that are empty. What says that it is
 * a vault goes first, then the manifests: at no moment does it look like a vault whose backups are damaged. Nothing behind a
 * symbolic link is touched. Goes on when something cannot be removed; the first fault of that kind. Under the lock: `check`
 * throws when it was lost.
 */
export async function removeVaultFiles(
  dir: string,
  files: readonly VaultFile[],
  check: () => Promise<void>,
): Promise<unknown> {
  let first: unknown = null;
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => (first ??= error));
  };
  const rank = ({ path }: VaultFile): number =>
    path === VAULT_FILE ? 0 : /[\\/]backups[\\/].*(?<!\.state)\.json$/.test(path) ? 1 : 2;
  const folders = new Set((await list(dir)).filter(isFolderName));
  for (const folder of folders) if (!(await isRealFolder(join(dir, folder)))) folders.delete(folder);
  const real = new Set<string>();
  for (const folder of folders)
    for (const part of PARTS) if (await isRealFolder(join(dir, folder, part))) real.add(join(folder, part));
  const sorted = files
    .filter(({ path }) => ['.', ...real].includes(join(path, '..')))
    .sort((a, b) => rank(a) - rank(b));
  let before = 0;
  for (const file of sorted) {
    await check();
    if (rank(file) > before) {
      before = rank(file);
      await attempt(() => syncFolder(dir));
      for (const part of real) await attempt(() => syncFolder(join(dir, part)));
    }
    await attempt(() => removeFile(join(dir, file.path)));
  }
  await check();
  await sweepVault(dir);
  for (const part of real) {
    await removeEmpty(join(dir, part));
  }
  for (const folder of folders) await removeEmpty(join(dir, folder));
  await attempt(() => syncFolder(dir));
  return first;
}

/** Removes what killed runs left half-written. Under the lock. Never throws, but where folders cannot be listed. */
export async function sweepVault(dir: string): Promise<void> {
  await sweepPartials(dir);
  for (const folder of (await list(dir)).filter(isFolderName)) {
    if (!(await isRealFolder(join(dir, folder)))) continue;
    for (const part of PARTS)
      if (await isRealFolder(join(dir, folder, part))) await sweepPartials(join(dir, folder, part));
  }
}

async function isRealFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether it is gone. One with something in it stays. Never throws. */
export async function removeEmpty(path: string): Promise<boolean> {
  return rmdir(path).then(
    () => true,
    () => false,
  );
}
