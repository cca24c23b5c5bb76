/** The steps on disk that a lock is made of. */
import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../files/file-faults.ts';
import { lifeOf, parseNote } from './lock-note.ts';

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
const DRAFT = '.new';
const CLAIM = '.after-';
const ABANDONED_MS = 60_000;

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
  const { draft, handle } = await write(path, text);
  try {
    await link(draft, path);
    return handle;
  } catch (error) {
    await handle.close();
    const code = codeOf(error);
    // Without its draft, somebody took that for an abandoned one.
    if (code === 'EEXIST' || code === 'ENOENT') return null;
    if (NO_LINKS.includes(code)) return await placeInSteps(path, text);
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
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

/** Puts a new file in the place of the one there, in one step. It stays open. Throws the error of the file system. */
export async function replace(path: string, text: string): Promise<FileHandle> {
  const { draft, handle } = await write(path, text);
  try {
    await rename(draft, path);
    return handle;
  } catch (error) {
    await handle.close();
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

async function write(path: string, text: string): Promise<{ draft: string; handle: FileHandle }> {
  const draft = `${path}.${randomBytes(6).toString('hex')}${DRAFT}`;
  return { draft, handle: await writeNew(draft, text) };
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

/** Removes what crashed processes left beside a lock: all claims but the ones on the holder of `key`. Never throws. */
export async function sweepBesideLock(path: string, key: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names.filter((it) => it.startsWith(`${basename(path)}.`))) {
    const beside = join(folder, name);
    const abandoned = name.endsWith(DRAFT)
      ? await isAbandoned(beside)
      : name.startsWith(basename(path) + CLAIM) && beside !== claimPath(path, key);
    if (abandoned) await unlink(beside).catch(() => undefined);
  }
}

async function isAbandoned(draft: string): Promise<boolean> {
  const writer = parseNote((await readText(draft).catch(() => null)) ?? '');
  return (writer !== undefined && lifeOf(writer, false) === 'gone') || (await ageOf(draft)) > ABANDONED_MS;
}
