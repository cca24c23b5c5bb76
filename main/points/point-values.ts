import { NO_ID, type PointId } from './point-id.ts';
import type { PointScanner, Span } from './point-scanner.ts';
import { readFloats } from './float-text.ts';
import type { SeenVector } from './vector-shapes.ts';

/** A vector as numbers. */
export type VectorValues =
  | { readonly name: string; readonly kind: 'dense'; readonly values: Float32Array }
  /** Rows one behind the other, `size` numbers each. */
  | { readonly name: string; readonly kind: 'multi'; readonly size: number; readonly values: Float32Array }
  /** Indices ascending. */
  | { readonly name: string; readonly kind: 'sparse'; readonly indices: Uint32Array; readonly values: Float32Array };

/** A point taken out of its text. The object and what it refers to are good until the next point is read. */
export interface PointValues {
  readonly id: PointId;
  /** Present ones, by the code units of their names. */
  readonly vectors: readonly VectorValues[];
  /** Where the payload lies in the scanner's buffer; null where there is none. */
  readonly payload: Span | null;
  /** Which shard it lies in, as JSON text without white space: `"eu"` or `7`; null where shards have no keys. */
  readonly shardKey: string | null;
}

type Filled = { -readonly [K in keyof PointValues]: PointValues[K] } & { vectors: VectorValues[] };

/** Reads the numbers of points that a scanner has checked. Nothing is made anew for a point that is like the one before. */
export class PointValuesReader {
  readonly #scratch = new Map<string, Float32Array>();
  readonly #dense = new Map<string, Extract<VectorValues, { kind: 'dense' }>>();
  readonly #point: Filled = { id: NO_ID, vectors: [], payload: null, shardKey: null };

  /** The point that the scanner stands behind. */
  read(scanner: PointScanner): PointValues {
    const point = this.#point;
    const { vectors } = point;
    vectors.length = 0;
    for (const seen of scanner.shapes.ofPoint()) vectors.push(this.#vector(scanner, seen));
    if (vectors.length > 1) vectors.sort((a, b) => (a.name < b.name ? -1 : 1));
    const { payload, shardKey, buf } = scanner;
    point.id = scanner.id;
    point.payload = payload.start >= 0 && buf[payload.start] === 0x7b ? payload : null;
    point.shardKey = shardKey.start < 0 ? null : shardKeyText(scanner.text(shardKey.start, shardKey.end));
    return point;
  }

  #vector(scanner: PointScanner, { name, kind, size, start, end }: SeenVector): VectorValues {
    const { buf } = scanner;
    if (kind === 'sparse') {
      const { indices, values } = JSON.parse(scanner.text(start, end)) as { indices: number[]; values: number[] };
      const order = indices.map((_, i) => i).sort((a, b) => (indices[a] as number) - (indices[b] as number));
      return {
        name,
        kind,
        indices: Uint32Array.from(order, (i) => indices[i] as number),
        values: Float32Array.from(order, (i) => values[i] as number),
      };
    }
    if (kind === 'dense') {
      const known = this.#dense.get(name);
      const vector = known?.values.length === size ? known : { name, kind, values: new Float32Array(size) };
      if (vector !== known) this.#dense.set(name, vector);
      readFloats(buf, start + 1, size, vector.values, 0);
      return vector;
    }
    let rows = 0;
    let values = this.#floats(name, size);
    for (let pos = start + 1; ;) {
      while (pos < end && buf[pos] !== 0x5b) pos++;
      if (pos >= end) break;
      if ((rows + 1) * size > values.length) values = this.#floats(name, values.length * 2);
      pos = readFloats(buf, pos + 1, size, values, rows * size);
      rows++;
    }
    return { name, kind, size, values: values.subarray(0, rows * size) };
  }

  /** Room for so many numbers, with what stood there before. */
  #floats(name: string, count: number): Float32Array {
    const before = this.#scratch.get(name);
    if (before !== undefined && before.length >= count) return before;
    const larger = new Float32Array(count);
    if (before !== undefined) larger.set(before);
    this.#scratch.set(name, larger);
    return larger;
  }
}

/** Its canonical spelling: as short as can be, and null for `null`. */
function shardKeyText(text: string): string | null {
  const key = JSON.parse(text) as unknown;
  if (typeof key === 'string') return JSON.stringify(key);
  return key === null ? null : text;
}
