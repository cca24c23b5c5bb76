import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, fileFault } from './file-faults.ts';
import { isInside, refuseMoved } from './open-file.ts';

/** A folder in which something is made, held so that its names go on meaning what they meant. */
export interface HeldFolder {
  /** The path of a name in it, good until `release`. */
  at(name: string): string;
  /** May be called again. */
  release(): Promise<void>;
}

/**
 * Holds a folder whose path was found to be without links, and it to be `within` (a real path) or in it: else
 * PATH_NOT_ALLOWED. Throws FILE_NOT_READABLE where there is no such folder.
 *
 * On Linux the folder itself is held, and whatever is put in its place changes nothing. Elsewhere there is only its path,
 * which is looked at once more: someone who puts a link there at the right moment afterwards remains possible.
 */
export async function holdFolder(path: string, within: string): Promise<HeldFolder> {
  const mustLieWithin = (real: string): void => {
    if (real !== within && !isInside(within, real)) refuseMoved(within);
  };
  try {
    if (process.platform !== 'linux') {
      mustLieWithin(await realpath(path));
      return { at: (name) => join(path, name), release: () => Promise.resolve() };
    }
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const self = `/proc/self/fd/${handle.fd}`;
    try {
      mustLieWithin(await readlink(self));
    } catch (error) {
      await handle.close();
      throw error;
    }
    let isHeld = true;
    const release = async (): Promise<void> => {
      if (!isHeld) return;
      isHeld = false;
      await handle.close();
    };
    return { at: (name) => join(self, name), release };
  } catch (error) {
    // What was a folder is a link now, or something else.
    if (['ELOOP', 'ENOTDIR'].includes(codeOf(error))) refuseMoved(within);
    throw fileFault(error, path);
  }
}
