/** The steps on disk that a lock is made of. */
import { link, open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, hasNoLinks } from '../files/file-faults.ts';
import { endUse, partialFor, sweepBeside } from '../files/partial-files.ts';

const CLAIM = '.after-';

/** null: there is no such file. Throws the error of the file system. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Milliseconds since the file was written, by the word of its file system; 0 when that cannot be told. */
export const ageOf = (path: string): Promise<number> =>
  stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );

/**
 * Makes a file that has its content from the first moment, and stays open. null: there is one of that name. Throws the
 * error of the file system.
 */
export async function place(path: string, text: string): Promise<FileHandle | null> {
  const placed = await withDraft(path, text, async (draft) => {
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      if (hasNoLinks(error)) return 'impossible';
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
  return placed === 'impossible' ? placeInSteps(path, text) : placed;
}

/** The same on file systems without hard links. A crash between the steps leaves an empty file. */
async function placeInSteps(path: string, text: string): Promise<FileHandle | null> {
  try {
    return await writeNew(path, text);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return null;
    throw error;
  }
}

/**
 * Puts a new file in the place of the one there, in one step. It stays open. null: not done, for once. Throws the error
 * of the file system.
 */
export async function replace(path: string, text: string): Promise<FileHandle | null> {
  const placed = await withDraft(path, text, async (draft) => {
    await rename(draft, path);
    return true;
  });
  return placed === 'impossible' ? null : placed;
}

/** The draft's handle when `use` says true. null: `use` says false, or somebody took the draft for an abandoned one. */
async function withDraft(
  path: string,
  text: string,
  use: (draft: string) => Promise<boolean | 'impossible'>,
): Promise<FileHandle | null | 'impossible'> {
  const draft = partialFor(path);
  let handle: FileHandle | null = null;
  let used: boolean | 'impossible' = false;
  try {
    handle = await writeNew(draft, text);
    used = await use(draft);
  } catch (error) {
    if (handle === null || codeOf(error) !== 'ENOENT') throw error;
  } finally {
    endUse(draft);
    if (handle !== null) await unlink(draft).catch(() => undefined);
    if (used !== true) await handle?.close();
  }
  return used === true ? handle : used === false ? null : used;
}

async function writeNew(path: string, text: string): Promise<FileHandle> {
  const handle = await open(path, 'wx+');
  try {
    await handle.writeFile(text);
    return handle;
  } catch (error) {
    await handle.close();
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

/** The name that says who comes after the holder of that key. */
export const claimPath = (path: string, key: string): string => `${path}${CLAIM}${key}`;

/** Removes what crashed processes left beside a lock: drafts, and all claims but the ones on the holder of `key`. Never throws. */
export async function sweepBesideLock(path: string, key: string): Promise<void> {
  await sweepBeside(path);
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) {
    const beside = join(folder, name);
    if (!name.startsWith(basename(path) + CLAIM) || beside === claimPath(path, key)) continue;
    await unlink(beside).catch(() => undefined);
  }
}
