import { Runs, varint, type PackedPage } from './column-chunk.ts';
import { gzipStreams } from './gzip-streams.ts';

/**
 * Data pages of a column of dense vectors, `optional list<required float>`, encoded by ourselves: writers in plain JavaScript
 * take a list apart number by number and manage 8 MB/s; this is some hundred.
 *
 * A page is version 2 of the Parquet format: repetition levels, definition levels (both as RLE runs, never compressed),
 * then the floats as BYTE_STREAM_SPLIT (all first bytes, all second bytes, …) in gzip. Of random mantissas only the byte
 * with sign and exponent can be made smaller, so nothing but runs and Huffman coding is tried, and not on noise: within
 * 10% of the entropy.
 *
 * Where all numbers of a page are whole and fit a byte, as those of an index of bytes are, it holds places in a dictionary
 * of 256 floats instead. Eight bits each, bit-packed, these are the numbers themselves.
 */

/** A page before it is compressed. */
export interface DensePage {
  readonly rows: number;
  /** Rows that have a vector. */
  readonly present: number;
  readonly repetition: Buffer;
  readonly definition: Buffer;
  readonly encoding: 'BYTE_STREAM_SPLIT' | 'RLE_DICTIONARY';
  /** The floats, split into byte streams; or their places in the dictionary. */
  readonly body: Buffer<ArrayBuffer>;
}

/**
 * `values` holds `dimensions` floats for every row that is set in `has`, one behind the other.
 */
export function densePage(values: Float32Array, has: readonly boolean[], dimensions: number): DensePage {
  const present = has.reduce((count, there) => count + (there ? 1 : 0), 0);
  const floats = values.subarray(0, present * dimensions);
  const places = wholeBytes(floats);
  return {
    rows: has.length,
    present,
    ...denseLevels(has, dimensions),
    encoding: places === null ? 'BYTE_STREAM_SPLIT' : 'RLE_DICTIONARY',
    body: places ?? splitBytes(floats),
  };
}

/** The levels of rows that have a vector or have none. */
export function denseLevels(
  has: readonly boolean[],
  dimensions: number,
): { readonly repetition: Buffer; readonly definition: Buffer } {
  if (dimensions > 1 && !has.includes(false)) return fullLevels(has.length, dimensions);
  const repetition = new Runs();
  const definition = new Runs();
  for (const there of has) {
    repetition.add(0, 1);
    if (there) repetition.add(1, dimensions - 1);
    definition.add(there ? 2 : 0, there ? dimensions : 1);
  }
  return { repetition: repetition.bytes(), definition: definition.bytes() };
}

/** The same where all rows have a vector, as in nearly every index: what one row says, over and over. */
function fullLevels(rows: number, dimensions: number): { readonly repetition: Buffer; readonly definition: Buffer } {
  const row = new Runs();
  row.add(0, 1);
  row.add(1, dimensions - 1);
  const one = row.bytes();
  const definition = new Runs();
  definition.add(2, rows * dimensions);
  return { repetition: Buffer.alloc(rows * one.length, one), definition: definition.bytes() };
}

export async function packPage({ body, present, ...page }: DensePage, dimensions: number): Promise<PackedPage> {
  const packed = await gzipStreams(body, page.encoding === 'BYTE_STREAM_SPLIT' ? 4 : 1);
  const nulls = page.rows - present;
  return { ...page, values: present * dimensions + nulls, nulls, packed, unpacked: body.length };
}

/** The memory of bodies that were written, for the next pages: megabytes that come and go keep the garbage collector busy. */
const spare: ArrayBuffer[] = [];
const MOST_SPARE = 8;

/** The page was written, and nobody looks at it any more. */
export function giveBack({ encoding, body: { buffer } }: DensePage): void {
  // Those of places in a dictionary are smaller, and not taken from here.
  if (encoding === 'BYTE_STREAM_SPLIT' && spare.length < MOST_SPARE) spare.push(buffer);
}

function roomFor(bytes: number): Buffer<ArrayBuffer> {
  const index = spare.findIndex(({ byteLength }) => byteLength >= bytes);
  const [found] = index < 0 ? [] : spare.splice(index, 1);
  return found === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(found, 0, bytes);
}

/** The numbers that a byte can be, in their order: what RLE_DICTIONARY pages refer to. */
export const BYTE_DICTIONARY = Float32Array.from({ length: 256 }, (_, n) => n);

/**
 * The body of a page whose numbers all are in that dictionary: the width of a place in bits, then one bit-packed run.
 * Runs come in groups of eight, so zeros may follow. Null where a number is another; minus zero is one.
 */
function wholeBytes(values: Float32Array): Buffer<ArrayBuffer> | null {
  const groups = Math.ceil(values.length / 8);
  if (groups === 0) return null;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const head = [8, ...varint(groups * 2 + 1)];
  let out: Buffer<ArrayBuffer> | null = null;
  for (let n = 0; n < values.length; n++) {
    const value = values[n] as number;
    const byte = value & 255;
    if (byte !== value || (byte === 0 && words[n] !== 0)) return null;
    // Mostly the first number tells: no room is made for nothing.
    out ??= Buffer.alloc(head.length + groups * 8);
    out[head.length + n] = byte;
  }
  out?.set(head);
  return out;
}

/** BYTE_STREAM_SPLIT: all first bytes of the floats, then all second ones, and so on. Little endian, as Parquet is. */
export function splitBytes(values: Float32Array): Buffer<ArrayBuffer> {
  const n = values.length;
  const words = new Uint32Array(values.buffer, values.byteOffset, n);
  const out = roomFor(n * 4);
  const [b, c, d] = [n, 2 * n, 3 * n];
  for (let i = 0; i < n; i++) {
    const word = words[i] as number;
    out[i] = word;
    out[b + i] = word >>> 8;
    out[c + i] = word >>> 16;
    out[d + i] = word >>> 24;
  }
  return out;
}

/** The floats back from their byte streams, into `out` from `at` on. */
export function joinBytes(split: Uint8Array, out: Float32Array, at: number): void {
  const n = split.length >> 2;
  const words = new Uint32Array(out.buffer, out.byteOffset + at * 4, n);
  const [b, c, d] = [n, 2 * n, 3 * n];
  for (let i = 0; i < n; i++) {
    words[i] =
      (split[i] as number) |
      ((split[b + i] as number) << 8) |
      ((split[c + i] as number) << 16) |
      ((split[d + i] as number) << 24);
  }
}
