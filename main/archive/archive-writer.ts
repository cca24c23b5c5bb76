import { createHash } from 'node:crypto';
import { canFill, fillerMembers, gzipMember, type Compression } from './gzip-members.ts';
import { footerText, headerText, metadataText, type HeaderParts } from './header.ts';
import { TemporaryFile } from '../files/temporary-file.ts';

export interface ArchiveWriterOptions {
  readonly path: string;
  /** As for `holdFolder`. */
  readonly within?: string | undefined;
  readonly compress: boolean;
  readonly replace: boolean;
  /** Expected size of the header's text in bytes, as well as it can be told before the points are read. */
  readonly headerEstimate: number;
}

export interface WrittenArchive {
  /** Size of the file. */
  readonly bytes: number;
  /** Size of the text in it. */
  readonly rawBytes: number;
  /** Hexadecimal sha256 of the bytes of the vectors array, brackets included. */
  readonly sha256: string;
}

const OPEN = Buffer.from('"vectors":[');
const SEPARATOR = Buffer.from(',\n');
const COPY_BYTES = 4 << 20;

/**
 * Writes an export file while its points arrive. The header names the true number of points although it stands before
 * them, so a hole is left for it and filled at the end: in a plain file with white space, in a gzip file with empty
 * members. Should the header be larger than the hole, the points are moved up within the temporary file.
 *
 * Call `append` for each run of points, then `finish`, then `publish`; `discard` at any failure.
 */
export class ArchiveWriter {
  readonly #file: TemporaryFile;
  readonly #options: ArchiveWriterOptions;
  readonly #hash = createHash('sha256');
  /** Size of the hole; 0 is where the file begins. */
  readonly #hole: number;
  #position: number;
  #rawBytes = 0;
  #empty = true;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();

  private constructor(file: TemporaryFile, options: ArchiveWriterOptions) {
    this.#file = file;
    this.#options = options;
    const generous = 4096 + options.headerEstimate;
    this.#hole = options.compress ? 1024 + (generous >> 1) : generous;
    this.#position = this.#hole;
  }

  static async create(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
    return new ArchiveWriter(await TemporaryFile.create(options.path, options.replace, options.within), options);
  }

  /** Bytes on disk so far. */
  get written(): number {
    return this.#position;
  }

  /** Appends that are not written yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Appends points, `{…},{…}`. Resolves when `text` may be used again; throws what writing threw. Several appends
   * may be under way: they are compressed side by side and written in order.
   */
  async append(text: Uint8Array, way: Compression = 'fast'): Promise<void> {
    const before = this.#empty ? [OPEN] : [SEPARATOR];
    this.#hash.update(this.#empty ? OPEN.subarray(-1) : SEPARATOR);
    this.#hash.update(text);
    this.#empty = false;
    this.#waiting++;
    try {
      await this.#write([...before, text], way);
    } finally {
      this.#waiting--;
    }
  }

  /** Waits for all appends. */
  async settled(): Promise<void> {
    await this.#tail;
  }

  /** Writes what stands around the points. The file is complete after this, under its temporary name. */
  async finish(parts: HeaderParts, endedAt: string): Promise<WrittenArchive> {
    if (this.#empty) {
      this.#hash.update('[');
      await this.#write([OPEN]);
    }
    this.#hash.update(']');
    const sha256 = this.#hash.digest('hex');
    const checksums = { vectors: sha256, metadata: createHash('sha256').update(metadataText(parts)).digest('hex') };
    await this.#write([Buffer.from(`]${footerText(parts.totalVectors, checksums, endedAt)}`)]);
    await this.#tail;
    const bodyBytes = this.#rawBytes;
    const text = Buffer.from(headerText(parts));
    const shift = this.#options.compress ? await this.#compressedHeader(text) : await this.#plainHeader(text);
    this.#position += shift;
    const padding = this.#options.compress ? 0 : this.#hole + shift - text.length;
    return { bytes: this.#position, rawBytes: bodyBytes + text.length + padding, sha256 };
  }

  async publish(): Promise<void> {
    await this.#file.publish({ replace: this.#options.replace, size: this.#position });
  }

  async discard(): Promise<void> {
    await this.#tail.catch(() => undefined);
    await this.#file.discard();
  }

  /** Returns by how much the points had to move. */
  async #plainHeader(text: Buffer): Promise<number> {
    const shift = Math.max(0, text.length - this.#hole);
    if (shift > 0) await this.#moveUp(shift);
    const spaces = Buffer.alloc(this.#hole + shift - text.length, ' ');
    await this.#file.writeAt(Buffer.concat([text, spaces]), 0);
    return shift;
  }

  async #compressedHeader(text: Buffer): Promise<number> {
    const member = await gzipMember(text, 'small');
    const shift =
      canFill(this.#hole - member.length) && member.length <= this.#hole
        ? 0
        : Math.max(0, member.length + 64 - this.#hole);
    if (shift > 0) await this.#moveUp(shift);
    const filler = fillerMembers(this.#hole + shift - member.length);
    await this.#file.writeAt(Buffer.concat([member, filler]), 0);
    return shift;
  }

  /** Moves everything behind the hole up by `shift` bytes, last block first. */
  async #moveUp(shift: number): Promise<void> {
    const block = Buffer.allocUnsafeSlow(COPY_BYTES);
    let end = this.#position;
    while (end > this.#hole) {
      const start = Math.max(this.#hole, end - COPY_BYTES);
      await this.#file.readAt(block.subarray(0, end - start), start);
      await this.#file.writeAt(block.subarray(0, end - start), start + shift);
      end = start;
    }
  }

  /** Queues pieces of text; they are compressed at once and written when all before them are. */
  #write(pieces: readonly Uint8Array[], way: Compression = 'fast'): Promise<void> {
    for (const piece of pieces) this.#rawBytes += piece.length;
    const ready = this.#options.compress
      ? Promise.all(pieces.map((piece) => gzipMember(piece, way)))
      : Promise.resolve(pieces);
    const previous = this.#tail;
    const done = (async () => {
      const [bytes] = await Promise.all([ready, previous]);
      for (const piece of bytes) {
        await this.#file.writeAt(piece, this.#position);
        this.#position += piece.length;
      }
    })();
    this.#tail = done;
    done.catch(() => undefined);
    return done;
  }
}
