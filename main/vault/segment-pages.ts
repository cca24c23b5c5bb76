import { parquetHeader } from 'hyparquet/src/column.js';
import { Flaw, type SegmentChunk } from './segment-file.ts';
import { passThrift } from './segment-thrift.ts';

/** Before it is inflated a page says how long it will be; one point may be as large as a request to Qdrant. */
const LARGEST_PAGE = 256 << 20;
/** Levels of a page are expanded to a byte each. */
const MOST_VALUES = 256 << 20;

/** A page as it lies in the file, with what its header says checked against the bytes that are there. */
export interface SegmentPage {
  readonly rows: number;
  /** Numbers or texts, and the levels of those that are missing. */
  readonly values: number;
  readonly nulls: number;
  readonly encoding: string;
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  readonly body: Uint8Array;
  /** Length of the body when it is inflated. */
  readonly length: number;
  /** The body is gzip. */
  readonly packed: boolean;
}

export interface SegmentPages {
  readonly dictionary: SegmentPage | null;
  /** Their rows are those of the row group. */
  readonly pages: readonly SegmentPage[];
}

/** A column of a row group with its pages inflated. */
export interface InflatedColumn {
  readonly dictionary: Uint8Array | null;
  readonly pages: readonly InflatedPage[];
}

export interface InflatedPage {
  /** The number of its first row in the group. */
  readonly first: number;
  readonly page: SegmentPage;
  /** Null: none of its rows is wanted. */
  readonly body: Uint8Array | null;
}

/** The pages of a column in a row group of `rows`, `bytes` being all of the chunk. Throws what parsing throws. */
export function pagesOf(bytes: Uint8Array, { packed }: SegmentChunk, rows: number): SegmentPages {
  let dictionary: SegmentPage | null = null;
  const pages: SegmentPage[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let seen = 0;
  for (let pos = 0; pos < bytes.length;) {
    const start = passThrift(bytes, pos);
    const header = parquetHeader({ view, offset: pos });
    const size = between(header.compressed_page_size, bytes.length - start);
    const inflated = between(header.uncompressed_page_size, LARGEST_PAGE);
    const body = bytes.subarray(start, start + size);
    pos = start + size;
    if (header.type === 'DICTIONARY_PAGE' && pages.length === 0 && dictionary === null) {
      const values = between(header.dictionary_page_header?.num_values, inflated);
      dictionary = {
        ...{ rows: 0, values, nulls: 0, encoding: String(header.dictionary_page_header?.encoding) },
        ...{ repetition: NOTHING, definition: NOTHING, body, length: inflated, packed },
      };
      continue;
    }
    const v2 = header.data_page_header_v2;
    if (header.type !== 'DATA_PAGE_V2' || v2 === undefined) throw new Flaw('a page is of another kind');
    const repetition = between(v2.repetition_levels_byte_length, size);
    const levels = repetition + between(v2.definition_levels_byte_length, size - repetition);
    const values = between(v2.num_values, MOST_VALUES);
    const page = {
      rows: between(v2.num_rows, rows - seen),
      values,
      nulls: between(v2.num_nulls, values),
      encoding: v2.encoding,
      repetition: body.subarray(0, repetition),
      definition: body.subarray(repetition, levels),
      body: body.subarray(levels),
      length: between(inflated - levels, LARGEST_PAGE),
      packed: packed && v2.is_compressed !== false,
    };
    if (page.rows === 0 || values < page.rows) throw new Flaw('a page has no rows');
    if (!page.packed && page.body.length !== page.length) throw new Flaw('a page has another length');
    seen += page.rows;
    pages.push(page);
  }
  if (seen !== rows) throw new Flaw('rows are missing');
  return { dictionary, pages };
}

const NOTHING = new Uint8Array(0);

function between(value: number | undefined, most: number): number {
  if (value === undefined || !Number.isInteger(value) || value < 0 || value > most)
    throw new Flaw('a page says what cannot be');
  return value;
}

/**
 * Levels of a page: Parquet's mix of runs and bit-packed groups, of numbers of `width` bits (8 at most), one a byte into
 * `out`. Throws a Flaw unless there are exactly as many as `out` is long.
 */
export function readLevels(bytes: Uint8Array, width: number, out: Uint8Array): void {
  let pos = 0;
  let done = 0;
  while (done < out.length) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[pos++];
      if (byte === undefined || shift > 28) throw new Flaw('levels end early');
      head += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    if (head % 2 === 0) {
      const count = head / 2;
      const value = bytes[pos++];
      if (value === undefined || count === 0 || count > out.length - done || value >> width !== 0)
        throw new Flaw('a run of levels is out of bounds');
      // Most are short: one for the beginning of a vector.
      if (count < 4) for (let n = 0; n < count; n++) out[done + n] = value;
      else out.fill(value, done, done + count);
      done += count;
      continue;
    }
    const count = ((head - 1) / 2) * 8;
    const length = (count / 8) * width;
    if (count === 0 || length > bytes.length - pos) throw new Flaw('a run of levels is out of bounds');
    const most = Math.min(count, out.length - done);
    if (width === 8) {
      out.set(bytes.subarray(pos, pos + most), done);
      pos += length;
      done += most;
      continue;
    }
    const mask = (1 << width) - 1;
    let bits = 0;
    let held = 0;
    for (let n = 0, from = pos; n < most; n++) {
      if (held < width) {
        bits |= (bytes[from++] as number) << held;
        held += 8;
      }
      out[done + n] = bits & mask;
      bits >>>= width;
      held -= width;
    }
    pos += length;
    done += most;
  }
  if (pos !== bytes.length) throw new Flaw('there are more levels than values');
}
