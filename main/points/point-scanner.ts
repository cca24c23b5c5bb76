import { JsonScanner } from './json-scanner.ts';
import { decodeString, equals } from './json-text.ts';
import { readNumberId, readUuid, type PointId } from './point-id.ts';
import { Floats, scanFloats } from './scan-floats.ts';
import { scanSparse } from './sparse-vector.ts';
import { VectorShapes } from './vector-shapes.ts';

export interface PointScannerOptions {
  /** Payload key whose string value is the path of the file a point comes from. */
  readonly pathKey?: string | null;
  /** Payload key whose string value is the hash of that file. */
  readonly hashKey?: string | null;
}

/** Where a part of a point lies in the buffer: `[start, end)`; start -1 when it is absent. */
export interface Span {
  start: number;
  end: number;
}

const absent = (): Span => ({ start: -1, end: -1 });

/**
 * Reads one point, `{"id":…,"vector":…,"payload":…}`, in the grammar that Qdrant's scroll response and the
 * export file share. Nothing is built: after `point()` the spans say where its parts lie, `id` is its id as
 * numbers. The same object is filled again for the next point.
 */
export class PointScanner extends JsonScanner {
  readonly id: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  readonly point: Span = absent();
  readonly idText: Span = absent();
  readonly vector: Span = absent();
  readonly payload: Span = absent();
  readonly shardKey: Span = absent();
  readonly path: Span = absent();
  readonly hash: Span = absent();
  /** The numbers of its dense vectors and multivectors, if they are wanted; `shapes` tells which are whose. */
  readonly floats = new Floats();
  wantsFloats = false;
  /** Where in them the vector begins that was read last. */
  floatsFrom = 0;
  /** The point has keys besides id, vector and payload: only its parts may be sent on. */
  extra = false;
  /** The vectors seen so far: kind and size by name, checked from point to point. */
  readonly shapes: VectorShapes;
  readonly #pathKey: Buffer | null;
  readonly #hashKey: Buffer | null;

  constructor(shapes: VectorShapes = new VectorShapes(), options: PointScannerOptions = {}) {
    super();
    this.shapes = shapes;
    this.#pathKey = keyBytes(options.pathKey);
    this.#hashKey = keyBytes(options.hashKey);
  }

  /** The id's source text, for messages: a number, or a UUID without its quotes. */
  idString(): string {
    if (this.idText.start < 0) return '';
    return this.text(this.idText.start, this.idText.end).replaceAll('"', '');
  }

  /**
   * Scans the point at `pos` and leaves `pos` behind it.
   * Throws INCOMPLETE (scan it again with more bytes) or BAD_ARCHIVE naming offset and point.
   */
  scanPoint(): void {
    const { idText, vector, payload, shardKey, path, hash } = this;
    idText.start = vector.start = payload.start = shardKey.start = path.start = hash.start = -1;
    this.extra = false;
    this.floats.length = 0;
    this.shapes.beginPoint();
    this.expect(0x7b, 'a point ("{")');
    this.point.start = this.pos - 1;
    if (this.peek() === 0x7d) this.fail('missing_id');
    for (;;) {
      this.#key();
      const keyStart = this.#keyStart;
      const keyEnd = this.pos - 1;
      this.expect(0x3a, '":"');
      this.peek();
      const known = this.#spanOf(keyStart, keyEnd);
      if (known !== null && known.start >= 0)
        this.fail('duplicate_key', { key: decodeString(this.text(keyStart, keyEnd)) }, keyStart);
      const start = this.pos;
      if (known === idText) this.#readId();
      else if (known === vector) this.#readVector();
      else if (known === payload) this.#readPayload();
      else this.value(0);
      if (known === null) this.extra = true;
      else {
        known.start = start;
        known.end = this.pos;
        if (known === shardKey) this.extra = true;
      }
      if (!this.more(0x7d)) break;
    }
    this.point.end = this.pos;
    if (idText.start < 0) this.fail('missing_id', {}, this.point.start);
  }

  /** Scans the point that it stands behind once more, now for its numbers. */
  scanFloatsOfPoint(): void {
    this.pos = this.point.start;
    this.wantsFloats = true;
    this.scanPoint();
    this.wantsFloats = false;
  }

  #keyStart = 0;

  /** A key; remembers where its content begins. */
  #key(): void {
    this.peek();
    this.#keyStart = this.pos + 1;
    this.string();
  }

  #spanOf(start: number, end: number): Span | null {
    const buf = this.buf;
    switch (end - start) {
      case 2:
        if (buf[start] === 0x69 && buf[start + 1] === 0x64) return this.idText;
        break;
      case 6:
        if (equals(buf, start, VECTOR)) return this.vector;
        break;
      case 7:
        if (equals(buf, start, PAYLOAD)) return this.payload;
        break;
      case 9:
        if (equals(buf, start, SHARD_KEY)) return this.shardKey;
        break;
    }
    return this.#otherSpelling(start, end);
  }

  /** A known key as others may write it: with escapes, or `vectors`, which Qdrant takes too. To overlook one would lose a vector in silence. */
  #otherSpelling(start: number, end: number): Span | null {
    if (end - start > LONGEST_SPELLING) return null;
    switch (decodeString(this.text(start, end))) {
      case 'id':
        return this.idText;
      case 'vector':
      case 'vectors':
        // Whoever sends the point on puts it together anew, with the usual key.
        this.extra = true;
        return this.vector;
      case 'payload':
        return this.payload;
      case 'shard_key':
        return this.shardKey;
      default:
        return null;
    }
  }

  #readId(): void {
    const start = this.pos;
    const c = this.peek();
    if (c === 0x22) {
      this.string();
      if (!readUuid(this.buf, start + 1, this.pos - 1, this.id)) this.#badId(start);
    } else if (c === 0x2d || (c - 0x30) >>> 0 < 10) {
      this.number(false);
      if (!readNumberId(this.buf, start, this.pos, this.id)) this.#badId(start);
    } else {
      this.value(0);
      this.#badId(start);
    }
  }

  #badId(start: number): never {
    return this.fail('bad_id', { point: this.text(start, Math.min(this.pos, start + 64)).replaceAll('"', '') }, start);
  }

  #readPayload(): void {
    if (this.takeNull()) return;
    if (this.peek() !== 0x7b) this.fail('payload_kind');
    if (this.#pathKey === null) {
      this.value(0);
      return;
    }
    this.pos++;
    if (this.peek() === 0x7d) {
      this.pos++;
      return;
    }
    for (;;) {
      this.#key();
      const keyStart = this.#keyStart;
      const keyEnd = this.pos - 1;
      this.expect(0x3a, '":"');
      const quoted = this.peek() === 0x22;
      const start = this.pos;
      this.value(1);
      if (quoted) {
        const span = this.#matches(this.#pathKey, keyStart, keyEnd)
          ? this.path
          : this.#matches(this.#hashKey, keyStart, keyEnd)
            ? this.hash
            : null;
        if (span !== null) {
          span.start = start;
          span.end = this.pos;
        }
      }
      if (!this.more(0x7d)) return;
    }
  }

  #matches(key: Buffer | null, start: number, end: number): boolean {
    return key !== null && end - start === key.length && equals(this.buf, start, key);
  }

  #readVector(): void {
    const c = this.peek();
    if (c === 0x5b) {
      this.#vectorValue(0, 0);
      return;
    }
    if (this.takeNull()) return;
    if (c !== 0x7b) this.fail('vector_kind', { got: 'something else', expected: 'numbers' });
    this.pos++;
    if (this.peek() === 0x7d) {
      this.pos++;
      return;
    }
    for (;;) {
      this.#key();
      const nameStart = this.#keyStart;
      const nameEnd = this.pos - 1;
      this.expect(0x3a, '":"');
      this.#vectorValue(nameStart, nameEnd);
      if (!this.more(0x7d)) return;
    }
  }

  /** One vector under the name in `[nameStart, nameEnd)`; the unnamed one has an empty name. */
  #vectorValue(nameStart: number, nameEnd: number): void {
    const start = this.pos;
    this.floatsFrom = this.floats.length;
    const c = this.peek();
    if (c === 0x7b) {
      scanSparse(this);
      this.shapes.seen(this, nameStart, nameEnd, 'sparse', 0, start);
      return;
    }
    if (c !== 0x5b) this.fail('vector_kind', { got: 'something else', expected: 'numbers' });
    this.pos++;
    if (this.peek() === 0x5b) {
      const size = this.#rows();
      this.shapes.seen(this, nameStart, nameEnd, 'multi', size, start);
    } else this.shapes.seen(this, nameStart, nameEnd, 'dense', this.#numbers(), start);
  }

  #rows(): number {
    const size = this.#row();
    while (this.more(0x5d)) {
      const start = this.pos;
      const next = this.#row();
      if (next !== size) this.fail('dimension', { got: next, expected: size, point: this.idString() }, start);
    }
    return size;
  }

  #row(): number {
    this.expect(0x5b, 'a row of numbers');
    return this.#numbers();
  }

  #numbers(): number {
    return this.wantsFloats ? scanFloats(this, this.floats) : this.numbers();
  }
}

const VECTOR = Buffer.from('vector');
const PAYLOAD = Buffer.from('payload');
const SHARD_KEY = Buffer.from('shard_key');
/** `shard_key` with every character escaped. */
const LONGEST_SPELLING = 9 * 6;

function keyBytes(key: string | null | undefined): Buffer | null {
  return key === null || key === undefined ? null : Buffer.from(JSON.stringify(key).slice(1, -1));
}
