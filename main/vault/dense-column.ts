import { gzipSync } from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { BYTE_DICTIONARY, densePage, packPage, type PackedPage } from './dense-pages.ts';

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
  #pages: Promise<PackedPage>[] = [];

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
    const packed = packPage(densePage(this.#values, this.#has, this.#dimensions));
    packed.catch(() => undefined);
    this.#pages.push(packed);
    this.#has = [];
    this.#present = 0;
  }

  /** Ends the row group: writes its pages and says what they are. */
  async finish(writer: ByteWriter): Promise<ColumnChunk> {
    this.#close();
    const pages = await Promise.all(this.#pages);
    this.#pages = [];
    const start = writer.offset;
    const encodings = new Set(pages.map(({ encoding }) => encoding));
    const places = encodings.has('RLE_DICTIONARY');
    let unpacked = places ? writeDictionary(writer) : 0;
    let values = 0;
    const data = writer.offset;
    for (const page of pages) {
      const levels = page.repetition.length + page.definition.length;
      const nulls = page.rows - page.present;
      const count = page.present * this.#dimensions + nulls;
      const header = writer.offset;
      writePageHeader(writer, {
        type: 'DATA_PAGE_V2',
        uncompressed_page_size: levels + page.unpacked,
        compressed_page_size: levels + page.packed.length,
        data_page_header_v2: {
          num_values: count,
          num_nulls: nulls,
          num_rows: page.rows,
          encoding: page.encoding,
          definition_levels_byte_length: page.definition.length,
          repetition_levels_byte_length: page.repetition.length,
          is_compressed: true,
        },
      });
      unpacked += writer.offset - header + levels + page.unpacked;
      values += count;
      for (const bytes of [page.repetition, page.definition, page.packed]) writer.appendBytes(bytes);
    }
    return {
      file_offset: 0n,
      meta_data: {
        type: 'FLOAT',
        encodings: ['RLE', ...(places ? (['PLAIN'] as const) : []), ...encodings],
        path_in_schema: this.#path,
        codec: 'GZIP',
        num_values: BigInt(values),
        total_uncompressed_size: BigInt(unpacked),
        total_compressed_size: BigInt(writer.offset - start),
        data_page_offset: BigInt(data),
        ...(places ? { dictionary_page_offset: BigInt(start) } : {}),
      },
    };
  }
}

/** The dictionary stands before the pages that refer to it. Returns its length before it was compressed, header included. */
function writeDictionary(writer: ByteWriter): number {
  const plain = new Uint8Array(BYTE_DICTIONARY.buffer);
  const packed = gzipSync(plain, { level: 9 });
  const start = writer.offset;
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: plain.length,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: BYTE_DICTIONARY.length, encoding: 'PLAIN' },
  });
  const header = writer.offset - start;
  writer.appendBytes(packed);
  return header + plain.length;
}
