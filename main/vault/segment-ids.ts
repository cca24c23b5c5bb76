import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
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
  const prefixes = new Int32Array(count);
  deltaBinaryUnpack(reader, count, prefixes);
  const suffixes = new Int32Array(count);
  deltaBinaryUnpack(reader, count, suffixes);
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
