/** Small files that only their owner may read: settings, the endpoint's token, the discovery file. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the folder, and those above it, with mode 0700. One that is there keeps its mode: it may be somebody's home.
 * Throws the error of the file system.
 */
export function makePrivateFolder(path: string): void {
  const above = dirname(path);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (isFolder(path)) return;
    // Not by `recursive`: where a file system answers ENOENT to every new name, as /proc does, Node would try for ever.
    if (isFolder(above) || above === path || !isMissing(error)) throw error;
    makePrivateFolder(above);
    makePrivateFolder(path);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Puts `text` at `path` with mode 0600, whole or not at all: a new file beside it, synced, renamed
 * over. Throws the error of the file system; then nothing is left of the attempt.
 */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    try {
      // With a descriptor, writeFileSync goes on until every byte is out or throws.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Makes the rename itself last. Windows cannot open folders, and does not need it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
