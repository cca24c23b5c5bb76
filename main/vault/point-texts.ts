import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/folder.ts';
import { TemporaryFile } from '../files/temporary-file.ts';
import { GrowingBytes } from '../points/canonical-json.ts';
import { halfSha256, HASH_BYTES } from '../points/point-hash.ts';
import { sha256Of } from './sha256.ts';

/*
 * What the text of every point was when the newest backup of a collection was taken: half a sha256 each, in id order. A
 * point whose text is the same has not changed, and need not be taken apart to know it. This lies beside the settings and
 * not in the vault: it is of use to this machine alone, may be deleted at any time, and what is wrong with it makes texts
 * differ, upon which the points are compared themselves.
 *
 * The file: what it is good for, in hexadecimal, and since when; then the hashes. It is good for points of one fingerprint,
 * whichever backup has them, as one version of this program reads them, and for a week: what a version that reads better, or
 * memory without a fault, would store otherwise is stored so then.
 */

const HEAD = 64 + 24;
const GOOD_FOR_MS = 7 * 86_400_000;
/** Nobody asked for it so long: its vault or its index is gone. */
const FORGOTTEN_MS = 90 * 86_400_000;
/** Hashes that are read or written at once, in bytes. */
const PIECE = 1 << 18;

const SUFFIX = '.texts';

/** Where they lie for a collection's folder in a vault. What the vault says of itself decides nothing about paths. */
export const textsPath = (folder: string, vaultId: string, collectionFolder: string): string =>
  join(folder, `${sha256Of(`${vaultId}\0${collectionFolder}`).slice(0, 32)}${SUFFIX}`);

/** What the parent of a backup holds, in the order in which `isKnown` is asked. */
export interface ParentPoints {
  readonly fingerprint: string;
  readonly points: number;
}

interface Reading {
  /** Name and version of the program that takes texts apart. */
  readonly reader: string;
  readonly at: Date;
}

const goodFor = (fingerprint: string, { reader }: Reading): string => sha256Of(`${fingerprint}\0${reader}`);

/** The texts of one backup that is being taken, beside those of its parent. */
export class PointTexts {
  readonly #known: KnownTexts | null;
  readonly #writer: TextsWriter;
  readonly #reading: Reading;
  readonly #hash = Buffer.alloc(HASH_BYTES);
  #changed = false;

  /**
   * `path`: where they lie for this collection and this vault, in a folder of this machine. `parent` null: there is none
   * that all points can be compared with. Null where no file can be made.
   */
  static async open(path: string, parent: ParentPoints | null, reading: Reading): Promise<PointTexts | null> {
    const writer = await TextsWriter.create(path);
    if (writer === null) return null;
    return new PointTexts(writer, parent === null ? null : KnownTexts.open(path, parent, reading), reading);
  }

  private constructor(writer: TextsWriter, known: KnownTexts | null, reading: Reading) {
    this.#writer = writer;
    this.#known = known;
    this.#reading = reading;
  }

  /** There are texts to compare with. */
  get hasKnown(): boolean {
    return this.#known !== null;
  }

  /** Notes the text of the next point. Whether it is that of the parent's `row`, counted from 0; -1: the parent has no such point. */
  isKnown(text: Uint8Array, row: number): boolean {
    const hashed = halfSha256(text, this.#hash);
    this.#writer.add(hashed);
    const known = row >= 0 && this.#known?.has(row, hashed) === true;
    if (!known) this.#changed = true;
    return known;
  }

  /** So much waits in memory that `flush` should be called. */
  get full(): boolean {
    return this.#writer.full;
  }

  async flush(): Promise<void> {
    await this.#writer.flush();
  }

  /** The backup counts: these are the texts for the next one. `removed`: of the parent's points. */
  async publish(fingerprint: string, removed: number): Promise<void> {
    // Where files that are open cannot be replaced, as on Windows, it would stay.
    this.#known?.close();
    const since = this.#known?.since ?? this.#reading.at.toISOString();
    if (this.#changed || removed > 0) await this.#writer.publish(goodFor(fingerprint, this.#reading) + since);
    await this.close();
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#known?.close();
    await this.#writer.discard();
  }
}

/** Those of the newest backup. */
class KnownTexts {
  /** When all points were last taken apart. */
  readonly since: string;
  #fd: number;
  readonly #piece = Buffer.allocUnsafeSlow(PIECE);
  #from = 0;
  #length = 0;

  /** Null where there are none for exactly these points, whatever the reason. */
  static open(path: string, { fingerprint, points }: ParentPoints, reading: Reading): KnownTexts | null {
    let fd = -1;
    try {
      fd = openSync(path, 'r');
      const head = Buffer.alloc(HEAD);
      const fits = fstatSync(fd).size === HEAD + points * HASH_BYTES && readSync(fd, head, 0, HEAD, 0) === HEAD;
      const since = head.toString('latin1', 64);
      const age = reading.at.getTime() - Date.parse(since);
      if (fits && head.toString('latin1', 0, 64) === goodFor(fingerprint, reading) && age >= 0 && age < GOOD_FOR_MS)
        return new KnownTexts(fd, since);
    } catch {
      // As if there were none.
    }
    if (fd >= 0) closeSync(fd);
    return null;
  }

  private constructor(fd: number, since: string) {
    this.#fd = fd;
    this.since = since;
  }

  has(row: number, hashed: Buffer): boolean {
    const start = row * HASH_BYTES;
    if (start < this.#from || start + HASH_BYTES > this.#from + this.#length) {
      this.#from = start;
      this.#length = this.#read(HEAD + start);
      if (this.#length < HASH_BYTES) return false;
    }
    const at = start - this.#from;
    return this.#piece.compare(hashed, 0, HASH_BYTES, at, at + HASH_BYTES) === 0;
  }

  #read(position: number): number {
    try {
      return readSync(this.#fd, this.#piece, 0, PIECE, position);
    } catch {
      return 0;
    }
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}

/** Writes them for the next backup. Nothing of it throws: without them that one takes longer, and no more. */
class TextsWriter {
  readonly #file: TemporaryFile;
  readonly #waiting = new GrowingBytes(PIECE);
  #position = HEAD;
  #works = true;

  static async create(path: string): Promise<TextsWriter | null> {
    try {
      await makeFolder(dirname(path));
      await sweepForgotten(dirname(path));
      return new TextsWriter(await TemporaryFile.create(path, true));
    } catch {
      return null;
    }
  }

  private constructor(file: TemporaryFile) {
    this.#file = file;
  }

  add(hashed: Uint8Array): void {
    this.#waiting.copy(hashed, 0, HASH_BYTES);
  }

  get full(): boolean {
    return this.#waiting.length >= PIECE;
  }

  async flush(): Promise<void> {
    const bytes = this.#waiting.bytes();
    await this.#try(() => this.#file.writeAt(bytes, this.#position));
    this.#position += bytes.length;
    this.#waiting.length = 0;
  }

  async publish(head: string): Promise<void> {
    await this.flush();
    await this.#try(() => this.#file.writeAt(Buffer.from(head, 'latin1'), 0));
    await this.#try(() => this.#file.publish({ replace: true, size: this.#position }));
  }

  async #try(step: () => Promise<void>): Promise<void> {
    if (!this.#works) return;
    await step().catch(() => {
      this.#works = false;
    });
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }
}

async function sweepForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(SUFFIX)) continue;
    const found = await lstat(join(folder, name));
    if (Date.now() - found.mtimeMs > FORGOTTEN_MS) await rm(join(folder, name), { force: true });
  }
}
