/** Steps in a folder that outlast a power failure once they are done. */
import { constants } from 'node:fs';
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, fileFault } from './file-faults.ts';

/** Folders that may be written to and not read, and file systems without this step, are no reason to fail. */
const NO_FOLDER_SYNC = ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF'];

/** Makes the names in a folder last. Throws WRITE_FAILED, NO_SPACE, FILE_NOT_READABLE. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.includes(codeOf(error))) throw fileFault(error, folder);
  }
}

/**
 * Makes a folder, and those above it, that last. One that is there is fine, and made to last too: the run that made it
 * may have been killed before it did. Throws FILE_NOT_READABLE, NO_SPACE, WRITE_FAILED.
 */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path);
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      if (!(await isFolder(path)))
        throw new Fault('FILE_NOT_READABLE', { path, reason: 'a part of the path is not a folder' }, { cause: error });
    } else if (codeOf(error) === 'ENOENT' && above !== path && !(await isFolder(above))) {
      // Not by `recursive`: where a file system answers ENOENT to every new name, as /proc does, Node would try for ever.
      await makeFolder(above);
      await makeFolder(path);
      return;
    } else throw fileFault(error, path);
  }
  await syncFolder(above);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Removes a file; one that is not there is fine. `syncFolder` makes it last. Throws FILE_NOT_READABLE, WRITE_FAILED. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileFault(error, path);
  }
}
