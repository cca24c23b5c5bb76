import { constants } from 'node:fs';
import { lstat, open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, readFault } from './file-faults.ts';

const { platform } = process;
const NO_WAITING = platform === 'win32' ? 0 : constants.O_NONBLOCK;
/** O_NOFOLLOW_ANY of macOS, for which Node has no name: no link anywhere in the path. */
const NO_LINKS_AT_ALL = 0x20000000;
/** Elsewhere only the last name can be kept from being a link. Windows has neither: undefined there, which adds nothing. */
const NO_LINKS = platform === 'darwin' ? NO_LINKS_AT_ALL : constants.O_NOFOLLOW;

/**
 * Opens an ordinary file for reading, waiting for nobody. Throws FILE_NOT_FOUND, FILE_NOT_READABLE (a folder, a device,
 * no permission).
 *
 * `within`, the real path of a folder, is for a path that was found to be without links and inside that folder: what
 * is opened must still lie there, whatever was put in the place of the file or of a folder above it in between. Else
 * it is PATH_NOT_ALLOWED, and nothing is read.
 */
export async function openFile(path: string, within?: string): Promise<FileHandle> {
  try {
    // Looked at before it is opened: opening a named pipe would wait for a writer.
    mustBeFile(await (within === undefined ? stat(path) : lstat(path)), path, within);
    // Not blocking: should a pipe have taken its place by now, this still does not wait.
    const flags = constants.O_RDONLY | NO_WAITING | (within === undefined ? 0 : NO_LINKS);
    const handle = await open(path, flags);
    try {
      mustBeFile(await handle.stat(), path, within);
      if (within !== undefined && !(await liesIn(within, handle, path))) refuseMoved(within);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    if (within !== undefined && codeOf(error) === 'ELOOP') refuseMoved(within);
    throw readFault(error, path);
  }
}

function mustBeFile(found: Awaited<ReturnType<typeof stat>>, path: string, within: string | undefined): void {
  if (found.isSymbolicLink() && within !== undefined) refuseMoved(within);
  if (found.isDirectory()) throw new Fault('FILE_NOT_READABLE', { path, reason: 'it is a folder' });
  if (!found.isFile()) throw new Fault('FILE_NOT_READABLE', { path, reason: 'it is not an ordinary file' });
}

/**
 * Where a file that is open really is. Linux says it of the file itself. Elsewhere the path is resolved once more and must
 * lead to the same file: on Windows someone who changes a folder above it several times at the right moments remains
 * possible; on macOS the opening itself follows no link.
 */
async function liesIn(folder: string, handle: FileHandle, path: string): Promise<boolean> {
  const told = platform === 'linux' ? await readlink(`/proc/self/fd/${handle.fd}`).catch(() => null) : null;
  if (told !== null) return isInside(folder, told);
  const real = await realpath(path);
  // As bigints: numbers of files on Windows have 64 bits.
  const [opened, there] = await Promise.all([handle.stat({ bigint: true }), lstat(real, { bigint: true })]);
  return opened.ino === there.ino && opened.dev === there.dev && isInside(folder, real);
}

/** Whether `path` lies in `folder`, going by their names. */
export function isInside(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '' && below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/** Where it leads is not told: it may be somebody's trick. */
export function refuseMoved(within: string): never {
  throw new Fault('PATH_NOT_ALLOWED', { reason: 'moved', folder: within });
}
