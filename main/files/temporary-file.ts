import { constants } from 'node:fs';
import { link, lstat, open, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, fileFault, hasNoLinks } from './file-faults.ts';
import { syncFolder } from './folder.ts';
import { holdFolder, type HeldFolder } from './held-folder.ts';
import { endUse, partialFor, partialIn, sweepBeside } from './partial-files.ts';

/** Reading back goes in pieces of this size. */
const READ_BACK = 1 << 20;
/** This much is handed to the disk at a time. */
const SYNC_BYTES = 32 << 20;

export interface Publication {
  readonly as?: string;
  readonly replace: boolean;
  /** How long it should be, in bytes. */
  readonly size: number;
}

/**
 * A file that is written beside its target and appears under its name only when `publish` says so. Every write is
 * looped until all bytes are out, and read back; contents and folder are synced; an existing target is replaced only when asked,
 * and when not, its absence is checked by the file system itself in the same step that makes the name.
 */
export class TemporaryFile {
  /** Where it will appear; the folder as long as its name is not known. Faults name this. */
  readonly target: string;
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #folder: HeldFolder | null;
  #isOpen = true;
  /** Nothing of it can be found any more by `path`. */
  #isLetGo = false;
  #unsynced = 0;
  #syncing: Promise<void> | null = null;
  #syncFailure: Fault | null = null;
  readonly #spare: Buffer[] = [];

  private constructor(target: string, path: string, handle: FileHandle, folder: HeldFolder | null = null) {
    this.target = target;
    this.path = path;
    this.#handle = handle;
    this.#folder = folder;
  }

  /**
   * Throws FILE_EXISTS, FILE_NOT_READABLE (no such folder, no permission, a folder), NO_SPACE. `within` as for
   * `holdFolder`, which also says what is thrown: for a target that others may have put something in the way of.
   */
  static async create(target: string, replace: boolean, within?: string): Promise<TemporaryFile> {
    const folder = within === undefined ? null : await holdFolder(dirname(target), within);
    try {
      const place = folder?.at(basename(target)) ?? target;
      await checkTarget(target, replace, place);
      await sweepBeside(place);
      return await this.#open(target, partialFor(place), folder);
    } catch (error) {
      await folder?.release();
      throw error;
    }
  }

  /**
   * A file in `folder` whose name is known only when it is complete, such as one named by its checksum: `publish` is
   * told. Sweeping is left to the caller, see `sweepPartials`. Throws as `create` does.
   */
  static async createIn(folder: string): Promise<TemporaryFile> {
    return this.#open(folder, partialIn(folder));
  }

  static async #open(target: string, path: string, folder?: HeldFolder | null): Promise<TemporaryFile> {
    try {
      const handle = await open(
        path,
        constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o666,
      );
      return new TemporaryFile(target, path, handle, folder);
    } catch (error) {
      endUse(path);
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

  /**
   * Makes the file durable and gives it its name: `as`, in a folder of the same file system, where it was created
   * without one. Throws FILE_EXISTS without `replace` when there is a file of that name (`discard` is what remains to
   * do then), WRITE_FAILED, NO_SPACE, FILE_NOT_READABLE.
   */
  async publish({ as: target = this.target, replace, size }: Publication): Promise<void> {
    try {
      const { size: found } = await this.#handle.stat();
      if (found !== size)
        throw new Fault('WRITE_FAILED', { path: target, reason: `it is ${found} bytes long instead of ${size}` });
      await this.#syncing;
      if (this.#syncFailure !== null) throw this.#syncFailure;
      await this.#handle.sync();
      await this.#close();
      if (target !== this.target) await checkTarget(target, replace);
      const place = this.#folder?.at(basename(target)) ?? target;
      if (replace) await rename(this.path, place);
      else await linkExclusively(this.path, place, target);
      endUse(this.path);
      await syncFolder(dirname(place));
      this.#isLetGo = this.#folder !== null;
      await this.#folder?.release();
    } catch (error) {
      throw fileFault(error, target);
    }
  }

  /** Removes the file. Safe to call at any time, after `publish` too. */
  async discard(): Promise<void> {
    await this.#close().catch(() => undefined);
    endUse(this.path);
    if (!this.#isLetGo) await rm(this.path, { force: true }).catch(() => undefined);
    await this.#folder?.release().catch(() => undefined);
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#syncing;
    await this.#handle.close();
  }
}

/** `place` is where the file system finds the target, and nothing to name. */
async function checkTarget(target: string, replace: boolean, place = target): Promise<void> {
  const found = await lstat(place).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw fileFault(error, target);
  });
  if (found === null) return;
  if (found.isDirectory()) throw new Fault('FILE_NOT_READABLE', { path: target, reason: 'it is a folder' });
  if (!replace) throw new Fault('FILE_EXISTS', { path: target });
  // Renaming over /dev/null, as root, would leave the whole machine without it. A link that leads nowhere may go.
  const behind = await stat(place).catch(() => null);
  if (behind !== null && !behind.isFile())
    throw new Fault('FILE_NOT_READABLE', { path: target, reason: 'it is not an ordinary file' });
}

/** Both names for one file, then only the new one: unlike rename this fails when the target is there. */
async function linkExclusively(from: string, to: string, target: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // The check and the rename are two steps there.
    if (!hasNoLinks(error)) throw error;
    await checkTarget(target, false, to);
    await rename(from, to);
    return;
  }
  // The file has its name; the other one is swept later should it not go away now.
  await unlink(from).catch(() => undefined);
}

/**
 * Puts `bytes` at `path` as a file, whole or not at all, and makes it last. Throws FILE_EXISTS (without `replace`),
 * FILE_NOT_READABLE, NO_SPACE, WRITE_FAILED.
 */
export async function writeWhole(path: string, bytes: Uint8Array, { replace }: { replace: boolean }): Promise<void> {
  const file = await TemporaryFile.create(path, replace);
  try {
    await file.writeAt(bytes, 0);
    await file.publish({ replace, size: bytes.length });
  } finally {
    await file.discard();
  }
}
