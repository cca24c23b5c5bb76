import { gzipSync } from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import type { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';

/** A data page, version 2, as it goes to the file. */
export interface PackedPage {
  readonly rows: number;
  /** Numbers or texts, and the levels of those that are missing. */
  readonly values: number;
  readonly nulls: number;
  readonly encoding: 'PLAIN' | 'BYTE_STREAM_SPLIT' | 'RLE_DICTIONARY';
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  /** In the codec of its chunk: pieces that stand one behind the other. */
  readonly packed: readonly Uint8Array[];
  /** Length of the body before it was compressed. */
  readonly unpacked: number;
}

export interface ChunkColumn {
  readonly type: 'FLOAT' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';
  readonly path: string[];
  readonly codec: 'GZIP' | 'UNCOMPRESSED';
  /** What pages in RLE_DICTIONARY refer to: plain, and how many values it holds. */
  readonly dictionary?: { readonly plain: Uint8Array; readonly values: number };
}

/** Writes what one column has of a row group. Returns what the footer says of it. */
export function writeChunk(
  writer: ByteWriter,
  { type, path, codec, dictionary }: ChunkColumn,
  pages: readonly PackedPage[],
): ColumnChunk {
  const start = writer.offset;
  const encodings = new Set(pages.map(({ encoding }) => encoding));
  const referred = dictionary !== undefined && encodings.has('RLE_DICTIONARY');
  let unpacked = referred ? writeDictionary(writer, dictionary) : 0;
  let values = 0;
  const data = writer.offset;
  for (const page of pages) {
    const levels = page.repetition.length + page.definition.length;
    const header = writer.offset;
    const packed = page.packed.reduce((sum, { length }) => sum + length, 0);
    writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels + page.unpacked,
      compressed_page_size: levels + packed,
      data_page_header_v2: {
        num_values: page.values,
        num_nulls: page.nulls,
        num_rows: page.rows,
        encoding: page.encoding,
        definition_levels_byte_length: page.definition.length,
        repetition_levels_byte_length: page.repetition.length,
        is_compressed: codec === 'GZIP',
      },
    });
    unpacked += writer.offset - header + levels + page.unpacked;
    values += page.values;
    for (const bytes of [page.repetition, page.definition, ...page.packed]) writer.appendBytes(bytes);
  }
  return {
    file_offset: 0n,
    meta_data: {
      type,
      encodings: ['RLE', ...(referred ? (['PLAIN'] as const) : []), ...encodings],
      path_in_schema: path,
      codec,
      num_values: BigInt(values),
      total_uncompressed_size: BigInt(unpacked),
      total_compressed_size: BigInt(writer.offset - start),
      data_page_offset: BigInt(data),
      ...(referred ? { dictionary_page_offset: BigInt(start) } : {}),
    },
  };
}

/** The dictionary stands before the pages that refer to it. Returns its length before it was compressed, header included. */
function writeDictionary(writer: ByteWriter, { plain, values }: NonNullable<ChunkColumn['dictionary']>): number {
  const packed = gzipSync(plain, { level: 9 });
  const start = writer.offset;
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: plain.length,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: values, encoding: 'PLAIN' },
  });
  const header = writer.offset - start;
  writer.appendBytes(packed);
  return header + plain.length;
}

/** Levels, in Parquet's RLE for small numbers: (length << 1) as a varint, then the value in one byte. */
export class Runs {
  readonly #bytes: number[] = [];
  #value = -1;
  #length = 0;

  add(value: number, length: number): void {
    if (length === 0) return;
    if (value === this.#value) this.#length += length;
    else {
      this.#close();
      this.#value = value;
      this.#length = length;
    }
  }

  bytes(): Buffer {
    this.#close();
    return Buffer.from(this.#bytes);
  }

  #close(): void {
    if (this.#length === 0) return;
    this.#bytes.push(...varint(this.#length * 2));
    this.#bytes.push(this.#value);
    this.#length = 0;
  }
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 128);
  }
}
