import { decodeString } from './json-text.ts';
import type { JsonScanner } from './json-scanner.ts';
import type { VectorKind, VectorSchema, VectorSpec } from './vector-schema.ts';

/** The scanner of the point that a vector stands in. */
type Reading = Pick<JsonScanner, 'buf' | 'pos' | 'text' | 'fail'> & {
  idString(): string;
  readonly floats: { readonly length: number };
  readonly floatsFrom: number;
};

interface Shape {
  readonly name: string;
  readonly bytes: Buffer;
  kind: VectorKind | null;
  /** -1 until known. */
  size: number;
  /** Number of the last point that had it, to notice one that has it twice. */
  point: number;
  /** Where the last one lies in the scanner's buffer, brackets included. */
  start: number;
  end: number;
  /** Where its numbers lie among those that the scanner has read. */
  floatsFrom: number;
  floatsTo: number;
}

/** A vector of the point that was read last: `buf[start..end)` is its text, `floats[floatsFrom..floatsTo)` its numbers if they were wanted. */
export interface SeenVector {
  readonly name: string;
  readonly kind: VectorKind;
  /** Dimensions of a dense vector or of each row; -1 for sparse. */
  readonly size: number;
  readonly start: number;
  readonly end: number;
  readonly floatsFrom: number;
  readonly floatsTo: number;
}

/** More different names than any index has; every point is compared with all of them. */
const MOST_NAMES = 1024;
/** In bytes of UTF-8; as long as a name of a collection may be. Names stay in memory. */
const LONGEST_NAME = 255;

/** How declared and seen vectors differ, in the words of BAD_ARCHIVE. */
export interface Misfit {
  readonly [key: string]: string | number;
  readonly reason: string;
}

/**
 * Kind and size of every vector by name, as declared and as seen. The first point that carries a name settles what was not declared; every later one must
 * agree. Once a whole schema is declared, names it does not have are refused.
 */
export class VectorShapes {
  readonly #shapes: Shape[] = [];
  readonly #present: SeenVector[] = [];
  #closed = false;
  /** Where in the list the last name was found: points name their vectors in the same order. */
  #next = 0;
  #point = 0;

  /** Names and kinds from a collection's settings. No others may come after this. Throws what does not fit what was seen. */
  declare(schema: VectorSchema, misfit: (params: Misfit) => never): void {
    this.#closed = true;
    for (const shape of this.#shapes) {
      if (!schema.has(shape.name)) misfit({ reason: 'unknown_vector', vector: shape.name });
    }
    for (const [name, { kind, size }] of schema) {
      const shape = this.#shapes.find((known) => known.name === name) ?? this.#add(name, kind, size ?? -1, misfit);
      if (shape.kind !== null && shape.kind !== kind)
        misfit({ reason: 'vector_kind', vector: name, got: shape.kind, expected: kind });
      shape.kind = kind;
      if (size !== null) this.#settle(shape, size, misfit);
    }
  }

  /** Sizes that are declared without kind, as an export's `dimensions` does. */
  declareSizes(sizes: ReadonlyMap<string, number>, misfit: (params: Misfit) => never): void {
    for (const [name, size] of sizes) {
      const shape = this.#shapes.find((known) => known.name === name);
      if (shape !== undefined) this.#settle(shape, size, misfit);
      else if (this.#closed) misfit({ reason: 'unknown_vector', vector: name });
      else this.#add(name, null, size, misfit);
    }
  }

  #settle(shape: Shape, size: number, misfit: (params: Misfit) => never): void {
    if (shape.size < 0) shape.size = size;
    else if (shape.size !== size) misfit({ reason: 'dimension', vector: shape.name, got: shape.size, expected: size });
  }

  /** What was seen or declared, for names that have a kind. Where no point had any vector, declared sizes are of dense ones. */
  schema(): VectorSchema {
    const schema = new Map<string, VectorSpec>();
    const usual = this.#shapes.some(({ kind }) => kind !== null) ? null : 'dense';
    for (const { name, kind: known, size } of this.#shapes) {
      const kind = known ?? usual;
      if (kind !== null) schema.set(name, { kind, size: kind === 'sparse' || size < 0 ? null : size });
    }
    return schema;
  }

  /** Called before each point, and again when a point is scanned anew with more bytes. */
  beginPoint(): void {
    this.#point++;
    this.#next = 0;
  }

  /** A vector that `scanner` has just read, `start` being where it begins. Throws BAD_ARCHIVE when it does not fit. */
  seen(scanner: Reading, nameStart: number, nameEnd: number, kind: VectorKind, size: number, start: number): void {
    const shape = this.#find(scanner, nameStart, nameEnd);
    if (shape.point === this.#point)
      scanner.fail('duplicate_key', { key: shape.name, point: scanner.idString() }, start);
    shape.point = this.#point;
    shape.start = start;
    shape.end = scanner.pos;
    shape.floatsFrom = scanner.floatsFrom;
    shape.floatsTo = scanner.floats.length;
    if (shape.kind === null) shape.kind = kind;
    else if (shape.kind !== kind) {
      scanner.fail(
        'vector_kind',
        { got: kind, expected: shape.kind, vector: shape.name, point: scanner.idString() },
        start,
      );
    }
    if (kind === 'sparse') return;
    if (shape.size < 0 && size > 0) shape.size = size;
    else if (shape.size !== size) {
      scanner.fail(
        'dimension',
        { got: size, expected: Math.max(shape.size, 1), vector: shape.name, point: scanner.idString() },
        start,
      );
    }
  }

  /** Vectors of the point that was read last. Good until the next one is. */
  ofPoint(): readonly SeenVector[] {
    this.#present.length = 0;
    for (const shape of this.#shapes) if (shape.point === this.#point) this.#present.push(shape as SeenVector);
    return this.#present;
  }

  #find(scanner: Reading, start: number, end: number): Shape {
    const expected = this.#shapes[this.#next];
    if (expected !== undefined && same(scanner.buf, start, end, expected.bytes)) {
      this.#next++;
      return expected;
    }
    // Escaped, a character takes six bytes at most.
    if (end - start > LONGEST_NAME * 6) scanner.fail('name_too_long', { limit: LONGEST_NAME }, start);
    const name = decodeString(scanner.text(start, end));
    const index = this.#shapes.findIndex((shape) => shape.name === name);
    const found = this.#shapes[index];
    if (found !== undefined) {
      this.#next = index + 1;
      return found;
    }
    if (this.#closed)
      scanner.fail('unknown_vector', { vector: name.slice(0, LONGEST_NAME), point: scanner.idString() }, start);
    return this.#add(name, null, -1, (params) => scanner.fail(params.reason, params, start));
  }

  #add(name: string, kind: VectorKind | null, size: number, misfit: (params: Misfit) => never): Shape {
    if (this.#shapes.length >= MOST_NAMES) misfit({ reason: 'too_many_vectors', vector: name, limit: MOST_NAMES });
    if (Buffer.byteLength(name) > LONGEST_NAME) misfit({ reason: 'name_too_long', limit: LONGEST_NAME });
    const shape: Shape = {
      name,
      bytes: Buffer.from(JSON.stringify(name).slice(1, -1)),
      kind,
      size,
      point: -1,
      start: 0,
      end: 0,
      floatsFrom: 0,
      floatsTo: 0,
    };
    this.#shapes.push(shape);
    return shape;
  }
}

function same(buf: Uint8Array, start: number, end: number, bytes: Uint8Array): boolean {
  if (end - start !== bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) if (buf[start + i] !== bytes[i]) return false;
  return true;
}
