import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { writeChunk, type PackedPage } from './column-chunk.ts';
import { BYTE_DICTIONARY, densePage, giveBack, packPage, type DensePage } from './dense-pages.ts';

/** Floats in a page, in bytes: small enough that several can be compressed side by side, large enough that headers are nothing. */
const PAGE_BYTES = 1 << 20;

/** One column of dense vectors within a row group, gathered row by row. */
export class DenseColumn {
  readonly #dimensions: number;
  readonly #path: string[];
  readonly #values: Float32Array;
  readonly #rowsInPage: number;
  #has: boolean[] = [];
  #present = 0;
  #pages: { readonly page: DensePage; readonly packed: Promise<PackedPage> }[] = [];

  constructor(column: string, dimensions: number) {
    this.#dimensions = dimensions;
    this.#path = [column, 'list', 'element'];
    this.#rowsInPage = Math.max(1, Math.floor(PAGE_BYTES / 4 / dimensions));
    this.#values = new Float32Array(this.#rowsInPage * dimensions);
  }

  /** A row; null: it has no such vector. The numbers are copied. */
  add(values: Float32Array | null): void {
    if (values !== null) this.#values.set(values, this.#present++ * this.#dimensions);
    this.#has.push(values !== null);
    if (this.#has.length >= this.#rowsInPage) this.#close();
  }

  #close(): void {
    if (this.#has.length === 0) return;
    const page = densePage(this.#values, this.#has, this.#dimensions);
    const packed = packPage(page, this.#dimensions);
    packed.catch(() => undefined);
    this.#pages.push({ page, packed });
    this.#has = [];
    this.#present = 0;
  }

  /** Ends the row group: writes its pages and says what they are. */
  async finish(writer: ByteWriter): Promise<ColumnChunk> {
    this.#close();
    const packed = await Promise.all(this.#pages.map((one) => one.packed));
    const dictionary = { plain: new Uint8Array(BYTE_DICTIONARY.buffer), values: BYTE_DICTIONARY.length };
    const chunk = writeChunk(writer, { type: 'FLOAT', path: this.#path, codec: 'GZIP', dictionary }, packed);
    for (const { page } of this.#pages) giveBack(page);
    this.#pages = [];
    return chunk;
  }
}
