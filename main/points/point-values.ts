import { NO_ID, type PointId } from './point-id.ts';
import type { PointScanner, Span } from './point-scanner.ts';
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

/** Takes points out of text that a scanner has checked. Nothing is made anew for a point that is like the one before. */
export class PointValuesReader {
  readonly #vectors = new Map<string, Extract<VectorValues, { kind: 'dense' | 'multi' }>>();
  readonly #point: Filled = { id: NO_ID, vectors: [], payload: null, shardKey: null };

  /** The point that the scanner stands behind. One that did not want its floats scans it again. */
  read(scanner: PointScanner): PointValues {
    if (!scanner.wantsFloats) scanner.scanFloatsOfPoint();
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

  #vector(scanner: PointScanner, seen: SeenVector): VectorValues {
    const { name, kind, size, floatsFrom: from, floatsTo: to } = seen;
    if (kind === 'sparse') return sparse(name, scanner.text(seen.start, seen.end));
    const all = scanner.floats.values;
    const known = this.#vectors.get(name);
    const before = known?.values;
    // Most points have their numbers where the one before had them.
    if (before?.buffer === all.buffer && before.byteOffset === from * 4 && before.length === to - from)
      return known as VectorValues;
    const values = all.subarray(from, to);
    const vector = kind === 'dense' ? { name, kind, values } : { name, kind, size, values };
    this.#vectors.set(name, vector);
    return vector;
  }
}

function sparse(name: string, text: string): VectorValues {
  const { indices, values } = JSON.parse(text) as { indices: number[]; values: number[] };
  const order = indices.map((_, i) => i).sort((a, b) => (indices[a] as number) - (indices[b] as number));
  return {
    ...{ name, kind: 'sparse', indices: Uint32Array.from(order, (i) => indices[i] as number) },
    values: Float32Array.from(order, (i) => values[i] as number),
  };
}

/** Its canonical spelling: as short as can be, and null for `null`. */
function shardKeyText(text: string): string | null {
  const key = JSON.parse(text) as unknown;
  if (typeof key === 'string') return JSON.stringify(key);
  return key === null ? null : text;
}
