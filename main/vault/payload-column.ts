import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { GrowingBytes } from '../points/canonical-json.ts';
import { Runs, writeChunk, type PackedPage } from './column-chunk.ts';

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);

/** Payloads in a page, in bytes; it is full with the one that goes beyond. */
const PAGE_BYTES = 1 << 20;
/** Pages that are compressed side by side, whose memory serves again. */
const MOST_SPARE = 4;

/**
 * The column of payloads, `optional binary (UTF8)`, encoded by ourselves: a library wants an object for every row, which is
 * most of what a backup leaves to the garbage collector, and compresses in the thread that reads.
 */
export class PayloadColumn {
  readonly #spare: GrowingBytes[] = [];
  #page = new GrowingBytes(PAGE_BYTES + (PAGE_BYTES >> 3));
  #levels = new Runs();
  #rows = 0;
  #nulls = 0;
  #pages: Promise<PackedPage>[] = [];

  /** A row: `[start, end)` of `buf`, which is copied; null: it has no payload. */
  add(buf: Uint8Array, span: { readonly start: number; readonly end: number } | null): void {
    this.#rows++;
    this.#levels.add(span === null ? 0 : 1, 1);
    if (span === null) this.#nulls++;
    else {
      const page = this.#page;
      page.reserve(4);
      page.length = page.buf.writeUInt32LE(span.end - span.start, page.length);
      page.copy(buf, span.start, span.end);
    }
    if (this.#page.length >= PAGE_BYTES) this.#close();
  }

  #close(): void {
    if (this.#rows === 0) return;
    const packed = this.#pack(this.#page, {
      ...{ rows: this.#rows, values: this.#rows, nulls: this.#nulls, encoding: 'PLAIN' as const },
      ...{ repetition: NOTHING, definition: this.#levels.bytes(), unpacked: this.#page.length },
    });
    packed.catch(() => undefined);
    this.#pages.push(packed);
    this.#page = this.#spare.pop() ?? new GrowingBytes(PAGE_BYTES + (PAGE_BYTES >> 3));
    this.#levels = new Runs();
    this.#rows = this.#nulls = 0;
  }

  /** In the thread pool. */
  async #pack(page: GrowingBytes, said: Omit<PackedPage, 'packed'>): Promise<PackedPage> {
    const packed = await gzip(page.bytes(), { level: 1 });
    page.length = 0;
    if (this.#spare.length < MOST_SPARE) this.#spare.push(page);
    return { ...said, packed: [packed] };
  }

  /** Ends the row group: writes its pages and says what they are. */
  async finish(writer: ByteWriter): Promise<ColumnChunk> {
    this.#close();
    const pages = await Promise.all(this.#pages);
    this.#pages = [];
    return writeChunk(writer, { type: 'BYTE_ARRAY', path: ['payload'], codec: 'GZIP' }, pages);
  }
}

const NOTHING = new Uint8Array(0);
