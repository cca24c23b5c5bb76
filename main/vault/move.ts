import type { BigIntStats } from 'node:fs';
import { createHash } from 'node:crypto';
import { link, lstat, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, fileFault, hasNoLinks, readFault } from '../files/file-faults.ts';
import { makeFolder, removeFile, syncFolder } from '../files/folder.ts';
import { openFile } from '../files/open-file.ts';
import { TemporaryFile } from '../files/temporary-file.ts';
import { VAULT_FILE } from './layout.ts';
import { sha256OfFile } from './segment-check.ts';
import { sweepVault, vaultFiles, type VaultFile } from './vault-files.ts';

export interface Copying {
  readonly from: string;
  readonly to: string;
  /** Give the files a second name where the file system can: no byte moves, and none can change. */
  readonly links: boolean;
  readonly signal: AbortSignal;
  /** Bytes that were dealt with since the last call. */
  readonly passed: (bytes: number) => void;
  /** From now on they are counted anew, as they are read back. */
  readonly readingBack: () => void;
}

/** How a file is to be when it is read back. */
interface Copied {
  readonly file: VaultFile;
  /** null: it is the very same file under another name. */
  readonly sha256: string | null;
  /** It was there already, from a run that was killed. */
  readonly kept: boolean;
}

/** What is known of files that were found to be other than their names say. */
interface Found {
  damaged: number;
}

const PIECE = 1 << 20;
/** Left free beside what is copied, in bytes. */
const MARGIN = 16 << 20;

/**
 * Copies a vault into a folder that is empty or holds a part of it, and reads back what was copied. What says that it is a
 * vault comes last, when all else is sure to be there. `damaged`: files that are not what their names say, and were not
 * before. Under the locks of both. Throws NO_SPACE, FILE_NOT_READABLE, WRITE_FAILED, CANCELLED.
 */
export async function copyVault(wish: Copying): Promise<Found & { readonly files: number; readonly bytes: number }> {
  const { from, to, signal, passed } = wish;
  const files = await vaultFiles(from);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  await clearBut(to, files);
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await makeFolder(join(to, folder));
  const found = { damaged: 0 };
  const copied: Copied[] = [];
  const isLast = ({ path }: VaultFile): boolean => path === VAULT_FILE;
  const copier = new Copier(wish, files, found);
  for (const file of files.filter((one) => !isLast(one))) copied.push(await copier.copy(file));
  await syncFolders(to, files);
  const check = async (one: Copied): Promise<void> => {
    signal.throwIfAborted();
    if (!(await isAsCopied(wish, one))) {
      if (!one.kept) throw new Fault('WRITE_FAILED', { path: join(to, one.file.path), reason: NOT_READ_BACK });
      await removeFile(join(to, one.file.path));
      if (!(await isAsCopied(wish, await copier.copy(one.file))))
        throw new Fault('WRITE_FAILED', { path: join(to, one.file.path), reason: NOT_READ_BACK });
    }
    passed(one.file.bytes);
  };
  // They are few, and come when the others were read back.
  for (const file of files.filter(isLast)) passed(file.bytes);
  wish.readingBack();
  for (const one of copied) await check(one);
  for (const file of files.filter(isLast)) await check(await copier.copy(file));
  await syncFolder(to);
  return { ...found, files: files.length, bytes };
}

const NOT_READ_BACK = 'what was read back is not what was written';

/** Brings the files of one vault to their place. */
class Copier {
  readonly #wish: Copying;
  readonly #files: readonly VaultFile[];
  readonly #found: Found;
  #links: boolean;
  #roomChecked = false;

  constructor(wish: Copying, files: readonly VaultFile[], found: Found) {
    this.#wish = wish;
    this.#files = files;
    this.#found = found;
    this.#links = wish.links;
  }

  async copy(file: VaultFile): Promise<Copied> {
    const { from, to, signal, passed } = this.#wish;
    signal.throwIfAborted();
    const [source, target] = [join(from, file.path), join(to, file.path)];
    const there = await lstat(target).catch(() => null);
    if (file.sha256 !== null && there?.isFile() === true && there.size === file.bytes) {
      passed(file.bytes);
      return { file, sha256: file.sha256, kept: true };
    }
    if (this.#links && (await this.#link(source, target))) {
      passed(file.bytes);
      return { file, sha256: null, kept: false };
    }
    await this.#checkRoom();
    const sha256 = await this.#write(source, target);
    if (file.sha256 !== null && sha256 !== file.sha256) {
      // Damaged before, or read wrongly just now?
      if ((await sha256OfFile(source, signal)) !== sha256)
        throw new Fault('FILE_NOT_READABLE', { path: source, reason: 'it is another one each time it is read' });
      this.#found.damaged++;
    }
    return { file, sha256, kept: false };
  }

  async #link(source: string, target: string): Promise<boolean> {
    try {
      // A second name for a link would still lead to where the first one does.
      if (!(await lstat(source)).isFile()) return false;
      await removeFile(target);
      await link(source, target);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EXDEV' && !hasNoLinks(error)) throw fileFault(error, target);
      this.#links = false;
      return false;
    }
  }

  /** Before the first byte is written: whether all of it will fit. */
  async #checkRoom(): Promise<void> {
    if (this.#roomChecked) return;
    this.#roomChecked = true;
    const { to } = this.#wish;
    let needed = MARGIN;
    for (const { path, bytes } of this.#files)
      if ((await lstat(join(to, path)).catch(() => null))?.size !== bytes) needed += bytes;
    // A file system that does not tell will say so when it is full.
    const told = await statfs(to).catch(() => null);
    const free = told === null || told.blocks === 0 ? Infinity : told.bavail * told.bsize;
    if (free < needed) throw new Fault('NO_SPACE', { path: to, needed, free });
  }

  /** The checksum of what was read and written. */
  async #write(source: string, target: string): Promise<string> {
    const { signal, passed } = this.#wish;
    const sum = createHash('sha256');
    const opened = await openFile(source);
    try {
      const piece = Buffer.allocUnsafeSlow(PIECE);
      const written = await TemporaryFile.createIn(dirname(target));
      try {
        let at = 0;
        for (;;) {
          signal.throwIfAborted();
          const { bytesRead } = await opened.read(piece, 0, PIECE, at).catch((error: unknown) => {
            throw readFault(error, source);
          });
          if (bytesRead === 0) break;
          sum.update(piece.subarray(0, bytesRead));
          await written.writeAt(piece.subarray(0, bytesRead), at);
          at += bytesRead;
          passed(bytesRead);
        }
        await written.publish({ as: target, replace: true, size: at });
      } finally {
        await written.discard();
      }
      return sum.digest('hex');
    } finally {
      await opened.close();
    }
  }
}

async function isAsCopied({ from, to, signal }: Copying, { file, sha256 }: Copied): Promise<boolean> {
  const target = join(to, file.path);
  if (sha256 !== null) return (await sha256OfFile(target, signal)) === sha256;
  const identity = (path: string): Promise<BigIntStats> =>
    stat(path, { bigint: true }).catch((error: unknown) => {
      throw readFault(error, path);
    });
  const [one, other] = [await identity(join(from, file.path)), await identity(target)];
  return one.ino === other.ino && one.dev === other.dev;
}

async function syncFolders(to: string, files: readonly VaultFile[]): Promise<void> {
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(join(to, folder));
}

/** Takes away what an earlier copy left that the vault does not have any more: a backup that was deleted must not come back. */
async function clearBut(to: string, files: readonly VaultFile[]): Promise<void> {
  const wanted = new Set(files.filter(({ path }) => path !== VAULT_FILE).map(({ path }) => path));
  // What says that it is a vault first.
  for (const { path } of (await vaultFiles(to)).reverse()) if (!wanted.has(path)) await removeFile(join(to, path));
  await sweepVault(to);
}

/**
 * Whether a folder holds the vault, byte for byte, and nothing of a vault besides: then an earlier run has moved it and was
 * killed before it could say so.
 */
export async function isSameVault({ from, to, signal, passed }: Copying): Promise<boolean> {
  const [ours, theirs] = [await vaultFiles(from), await vaultFiles(to)];
  const sizes = new Map(theirs.map(({ path, bytes }) => [path, bytes]));
  if (ours.length !== theirs.length || ours.some(({ path, bytes }) => sizes.get(path) !== bytes)) return false;
  for (const { path, bytes } of ours) {
    const [a, b] = [await sha256OfFile(join(from, path), signal), await sha256OfFile(join(to, path), signal)];
    if (a !== b) return false;
    passed(bytes);
  }
  return true;
}
