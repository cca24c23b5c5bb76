import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, readFault } from '../files/file-faults.ts';
import { isFolderName, VAULT_FILE } from './layout.ts';
import { readMoveNote } from './move-note.ts';
import { isStranger, namesIn, openVault } from './vault.ts';

/** What stands in the folder that a vault is to be moved to. */
export type Standing =
  | 'empty'
  /** A copy of this vault that a move began and did not finish. */
  | 'half'
  /** A vault of the same id: a copy that a move finished, if it is the same. */
  | 'copy';

/**
 * Whether a vault may be moved there. Throws USAGE {field: vaultMove} for a folder that is the vault's own, in it, around it,
 * or holds anything else; FILE_NOT_READABLE.
 */
export async function checkPlace(from: string, to: string, id: string | null): Promise<Standing> {
  if (resolve(from) === resolve(to)) refuse('same', to);
  const [source, target] = [await identityOf(from), await identityOf(to)];
  if (source !== null && source === target) refuse('same', to);
  if (source !== null && (await isBelow(to, source))) refuse('inside', to);
  if (target !== null && (await isBelow(from, target))) refuse('around', to);
  const names = await namesIn(to);
  if (names === null || !names.some((name) => isOther(name))) {
    const note = await readMoveNote(to);
    if (note?.stage !== 'copying') return 'empty';
    return note.vault_id === id ? 'half' : refuse('not-empty', to);
  }
  if (id === null || names.some((name) => isStranger(name) && isOther(name) && !isOurs(name))) refuse('not-empty', to);
  const note = await readMoveNote(to);
  if (note?.stage === 'copying') return note.vault_id === id ? 'half' : refuse('not-empty', to);
  const there = await openVault(to);
  return there?.id === id ? 'copy' : refuse('not-empty', to);
}

const isOurs = (name: string): boolean => name === VAULT_FILE || isFolderName(name);
/** Neither what systems put into every folder nor what a run that was killed at once may have left. */
const isOther = (name: string): boolean => isStranger(name) || name === 'README.txt';

function refuse(reason: string, path: string): never {
  throw new Fault('USAGE', { field: 'vaultMove', reason, path });
}

/** The same for one folder by whatever path; null: there is none. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const found = await stat(path, { bigint: true });
    if (!found.isDirectory()) throw new Fault('FILE_NOT_READABLE', { path, reason: 'it is not a folder' });
    return `${found.dev} ${found.ino}`;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw readFault(error, path);
  }
}

/** Whether the path, or one of the folders above it, is that folder, whatever links lead there. */
async function isBelow(path: string, folder: string): Promise<boolean> {
  for (let above = await realpath(await existingFolder(path)); ; above = dirname(above)) {
    if ((await identityOf(above)) === folder) return true;
    if (dirname(above) === above) return false;
  }
}

/** The nearest folder above a path that is there, or the path itself. */
async function existingFolder(path: string): Promise<string> {
  let found = resolve(path);
  while ((await identityOf(found)) === null && dirname(found) !== found) found = join(found, '..');
  return found;
}

/** Whether there is a folder, however it is reached. */
export const isFolder = async (path: string): Promise<boolean> => (await identityOf(path)) !== null;
