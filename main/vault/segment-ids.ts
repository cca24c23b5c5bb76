import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { compareIds, readNumberId, readUuid, type PointId } from '../points/point-id.ts';
import { Flaw } from './segment-file.ts';

/** A UUID with its hyphens. */
const LONGEST = 36;

/** Ids as numbers, 17 bytes each, ascending. */
export class IdColumn {
  readonly #kinds: Uint8Array;
  readonly #words: Uint32Array;

  constructor(rows: number) {
    this.#kinds = new Uint8Array(rows);
    this.#words = new Uint32Array(rows * 4);
  }

  get(row: number, id: PointId): void {
    const words = this.#words;
    const at = row * 4;
    id.kind = this.#kinds[row] as number;
    id.w0 = words[at] as number;
    id.w1 = words[at + 1] as number;
    id.w2 = words[at + 2] as number;
    id.w3 = words[at + 3] as number;
  }

  set(row: number, { kind, w0, w1, w2, w3 }: PointId): void {
    const words = this.#words;
    const at = row * 4;
    this.#kinds[row] = kind;
    words[at] = w0;
    words[at + 1] = w1;
    words[at + 2] = w2;
    words[at + 3] = w3;
  }
}

/**
 * Ids of a page, inflated, in the encoding DELTA_BYTE_ARRAY: how much each has in common with the one before, and what
 * is new. They go to `out` from `row` on. `last` is the id before them (kind 0 for none) and then the last one.
 * Throws a Flaw where an id is none, or does not come after the one before.
 */
export function readIds(body: Uint8Array, count: number, out: IdColumn, row: number, last: PointId): void {
  const reader = { view: new DataView(body.buffer, body.byteOffset, body.byteLength), offset: 0 };
  const prefixes = lengths(reader, count);
  const suffixes = lengths(reader, count);
  const text = new Uint8Array(LONGEST);
  const id: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  let pos = reader.offset;
  let length = 0;
  for (let n = 0; n < count; n++) {
    const prefix = prefixes[n] as number;
    const suffix = suffixes[n] as number;
    if (prefix < 0 || prefix > length || suffix < 0 || prefix + suffix > LONGEST || suffix > body.length - pos)
      throw new Flaw('an id is out of bounds');
    for (let i = 0; i < suffix; i++) text[prefix + i] = body[pos + i] as number;
    pos += suffix;
    length = prefix + suffix;
    const read = length === LONGEST ? readUuid(text, 0, length, id) : readNumberId(text, 0, length, id);
    if (!read) throw new Flaw('an id is none');
    if (compareIds(last, id) >= 0) throw new Flaw('ids are out of order', 'order');
    out.set(row + n, id);
    [last.kind, last.w0, last.w1, last.w2, last.w3] = [id.kind, id.w0, id.w1, id.w2, id.w3];
  }
}

/** A block of numbers is some multiple of these; others than this writer have no reason to make them larger. */
const LARGEST_BLOCK = 1 << 16;

/**
 * Numbers in the encoding DELTA_BINARY_PACKED. What its head says is checked first: the library would go back and forth
 * for ever with some.
 */
function lengths(reader: { readonly view: DataView; offset: number }, count: number): Int32Array {
  const head = { view: reader.view, offset: reader.offset };
  const block = readVarInt(head);
  const parts = readVarInt(head);
  if (block <= 0 || block > LARGEST_BLOCK || parts <= 0 || block % (parts * 8) !== 0 || readVarInt(head) !== count)
    throw new Flaw('a page of ids is none');
  const out = new Int32Array(count);
  deltaBinaryUnpack(reader, count, out);
  return out;
}
