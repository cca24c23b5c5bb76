import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, readdir, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { Fault } from '../faults/fault.ts';
import { lives } from '../processes/process-identity.ts';
import { codeOf, fileFault } from './file-faults.ts';

/** Reading back goes in pieces of this size. */
const READ_BACK = 1 << 20;
/** This much is handed to the disk at a time. */
const SYNC_BYTES = 32 << 20;

/**
 * A file that is written beside its target and appears under its name only when `publish` says so. Every write is
 * looped until all bytes are out, and read back; contents and folder are synced; an existing target is replaced only when asked,
 * and when not, its absence is checked by the file system itself in the same step that makes the name.
 */
export class TemporaryFile {
  readonly target: string;
  readonly path: string;
  readonly #handle: FileHandle;
  #open = true;
  #unsynced = 0;
  #syncing: Promise<void> | null = null;
  #syncFailure: Fault | null = null;
  readonly #spare: Buffer[] = [];

  private constructor(target: string, path: string, handle: FileHandle) {
    this.target = target;
    this.path = path;
    this.#handle = handle;
  }

  /** Throws FILE_EXISTS, FILE_NOT_READABLE (no such folder, no permission, a folder), NO_SPACE. */
  static async create(target: string, replace: boolean): Promise<TemporaryFile> {
    await checkTarget(target, replace);
    await sweep(target);
    const path = join(
      dirname(target),
      `${prefix(target)}${writer(threadId)}-${randomBytes(6).toString('hex')}.partial`,
    );
    try {
      const handle = await open(
        path,
        constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o666,
      );
      return new TemporaryFile(target, path, handle);
    } catch (error) {
      throw fileFault(error, target);
    }
  }

  /** Writes all of `bytes` at `position`, reads them back and compares. */
  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    try {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
      await this.#compare(bytes, position);
      if (this.#syncFailure !== null) throw this.#syncFailure;
      this.#syncInPassing(bytes.length);
    } catch (error) {
      throw fileFault(error, this.target);
    }
  }

  /** Lets the disk begin while there is more to write, so that the last sync finds little left to do. */
  #syncInPassing(written: number): void {
    this.#unsynced += written;
    if (this.#unsynced < SYNC_BYTES || this.#syncing !== null) return;
    this.#unsynced = 0;
    this.#syncing = this.#handle
      .datasync()
      .catch((error: unknown) => {
        this.#syncFailure = fileFault(error, this.target);
      })
      .finally(() => {
        this.#syncing = null;
      });
  }

  /** Throws WRITE_FAILED unless exactly `bytes` stand at `position`. */
  async #compare(bytes: Uint8Array, position: number): Promise<void> {
    const size = Math.min(bytes.length, READ_BACK);
    const found = this.#spare.pop() ?? Buffer.allocUnsafeSlow(READ_BACK);
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.#handle.read(found, 0, Math.min(size, bytes.length - done), position + done);
      const meant = Buffer.from(bytes.buffer, bytes.byteOffset + done, bytesRead);
      if (bytesRead === 0 || !meant.equals(found.subarray(0, bytesRead))) {
        throw new Fault('WRITE_FAILED', { path: this.target, reason: 'what was read back is not what was written' });
      }
      done += bytesRead;
    }
    this.#spare.push(found);
  }

  /** Fills `into` with what stands at `position`. */
  async readAt(into: Uint8Array, position: number): Promise<void> {
    try {
      let got = 0;
      while (got < into.length) {
        const { bytesRead } = await this.#handle.read(into, got, into.length - got, position + got);
        if (bytesRead === 0) throw new Fault('WRITE_FAILED', { path: this.target, reason: 'it became shorter' });
        got += bytesRead;
      }
    } catch (error) {
      throw fileFault(error, this.target);
    }
  }

  /** Makes the file durable and gives it its name. */
  async publish(replace: boolean, size: number): Promise<void> {
    try {
      const { size: found } = await this.#handle.stat();
      if (found !== size)
        throw new Fault('WRITE_FAILED', { path: this.target, reason: `it is ${found} bytes long instead of ${size}` });
      await this.#syncing;
      if (this.#syncFailure !== null) throw this.#syncFailure;
      await this.#handle.sync();
      await this.#close();
      if (replace) await rename(this.path, this.target);
      else await linkExclusively(this.path, this.target);
      await syncFolder(dirname(this.target));
    } catch (error) {
      throw fileFault(error, this.target);
    }
  }

  /** Removes the file. Safe to call at any time, after `publish` too. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#syncing;
    await this.#handle.close();
  }
}

async function checkTarget(target: string, replace: boolean): Promise<void> {
  const found = await lstat(target).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw fileFault(error, target);
  });
  if (found === null) return;
  if (found.isDirectory()) throw new Fault('FILE_NOT_READABLE', { path: target, reason: 'it is a folder' });
  if (!replace) throw new Fault('FILE_EXISTS', { path: target });
  // Renaming over /dev/null, as root, would leave the whole machine without it. A link that leads nowhere may go.
  const behind = await stat(target).catch(() => null);
  if (behind !== null && !behind.isFile())
    throw new Fault('FILE_NOT_READABLE', { path: target, reason: 'it is not an ordinary file' });
}

/** Both names for one file, then only the new one: unlike rename this fails when the target is there. */
async function linkExclusively(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // File systems without hard links (FAT, some network shares): the check and the rename are two steps there.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(codeOf(error))) throw error;
    await checkTarget(to, false);
    await rename(from, to);
    return;
  }
  // The file has its name; the other one is swept later should it not go away now.
  await unlink(from).catch(() => undefined);
}

/** Folders that may be written to and not read, and file systems without this step, are no reason to fail. */
const NO_FOLDER_SYNC = ['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EBADF'];

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.includes(codeOf(error))) throw error;
  }
}

/** Names may have 255 bytes, a character up to four: what comes behind this must fit in. */
const prefix = (target: string): string => `.${Array.from(basename(target)).slice(0, 50).join('')}.`;

/** Process, and thread where it is not the main one: `4711`, `4711t3`. */
const writer = (thread: number): string => (thread === 0 ? `${process.pid}` : `${process.pid}t${thread}`);

/** Removes what a thread of this process that was ended by force left of its file for `target`. Never throws. */
export async function removePartials(target: string, thread: number): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => [] as string[]);
  const start = `${prefix(target)}${writer(thread)}-`;
  for (const name of names.filter((it) => it.startsWith(start) && it.endsWith('.partial')))
    await rm(join(folder, name), { force: true }).catch(() => undefined);
}

/** A partial file for another target is only swept when nobody wrote to it for so long: its writer may be on another machine. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Removes what killed runs left: partial files whose process is gone. Not only those for this target: an export that
 * gets a fresh name each time would leave them for ever.
 */
async function sweep(target: string): Promise<void> {
  const folder = dirname(target);
  const names = await readdir(folder).catch(() => [] as string[]);
  for (const name of names) {
    const match = /^(\..+\.)(\d+)(?:t\d+)?-[0-9a-f]{12}\.partial$/.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    if (match[1] !== prefix(target) && !(await isAbandoned(path))) continue;
    if (await isInUse(Number(match[2]), path)) continue;
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < Date.now() - ABANDONED_MS;
}

/** In a container every run has the same pid: a file of ours that is older than this process is of another one. */
async function isInUse(pid: number, path: string): Promise<boolean> {
  if (pid !== process.pid) return lives(pid);
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs > Date.now() - process.uptime() * 1000;
}
