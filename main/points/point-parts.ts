import { GrowingBytes } from './canonical-json.ts';
import { JsonScanner } from './json-scanner.ts';
import { decodeString } from './json-text.ts';
import { PointHasher } from './point-hash.ts';
import type { PointValues } from './point-values.ts';

/** Which parts a point has: what a merge puts into another one. */
export interface PointParts {
  /** By name. */
  readonly vectors: readonly string[];
  /** Keys of the payload, and whether they are null: Qdrant takes such a key away from the point that it is merged into. */
  readonly keys: ReadonlyMap<string, 'value' | 'null'>;
}

/** Of a point whose payload lies in `buf` and was scanned before. */
export function partsOf({ vectors, payload }: PointValues, buf: Uint8Array): PointParts {
  const keys = new Map<string, 'value' | 'null'>();
  if (payload !== null)
    eachMember(buf, payload.start, payload.end, (key, start) => keys.set(key, buf[start] === 0x6e ? 'null' : 'value'));
  return { vectors: vectors.map(({ name }) => name), keys };
}

/** Hashes of points as if they had only some of their parts. */
export class PartsHasher {
  readonly #hasher = new PointHasher();
  readonly #text = new GrowingBytes();

  /** Equal to the hash of the point that `parts` are of, when all of that is in this one. A key that is null there may be missing here. */
  hash(point: PointValues, buf: Uint8Array, { vectors, keys }: PointParts): Buffer {
    const text = this.#text;
    text.length = 0;
    const missing = new Set<string>();
    for (const [key, kind] of keys) if (kind === 'null') missing.add(key);
    const member = (name: Uint8Array, value: Uint8Array): void => {
      text.byte(text.length === 0 ? 0x7b : 0x2c);
      text.copy(name, 0, name.length);
      text.byte(0x3a);
      text.copy(value, 0, value.length);
    };
    if (point.payload !== null)
      eachMember(buf, point.payload.start, point.payload.end, (key, start, end) => {
        if (!keys.has(key)) return;
        missing.delete(key);
        member(Buffer.from(JSON.stringify(key)), buf.subarray(start, end));
      });
    for (const key of missing) member(Buffer.from(JSON.stringify(key)), NULL);
    if (text.length > 0) text.byte(0x7d);
    const payload = text.length === 0 ? null : { start: 0, end: text.length };
    const chosen = point.vectors.filter(({ name }) => vectors.includes(name));
    return this.#hasher.hash({ ...point, vectors: chosen, payload }, text.buf);
  }
}

const NULL = Buffer.from('null');

/** Calls back for each member of the object in `buf[from..to)`, with where its value lies. */
function eachMember(
  buf: Uint8Array,
  from: number,
  to: number,
  each: (key: string, start: number, end: number) => void,
): void {
  const scanner = new JsonScanner();
  scanner.load(buf, from, to, 0);
  scanner.expect(0x7b, '"{"');
  if (scanner.peek() === 0x7d) return;
  do {
    const key = decodeString(scanner.keyText());
    const start = scanner.pos;
    scanner.value(1);
    each(key, start, scanner.pos);
  } while (scanner.more(0x7d));
}
