import type { PointId } from '../points/point-id.ts';
import { PointScanner, type Span } from '../points/point-scanner.ts';
import { scanRun } from '../points/scan-run.ts';
import { pointPieces, type PointText } from './write-requests.ts';

/** A batch is sent at this many bytes: a request may hold 32 MB, and two are under way at once. */
export const BATCH_BYTES = 4 << 20;
const COMMA = 0x2c;

interface BatchPoint {
  readonly id: PointId;
  readonly whole: Span;
  readonly idText: Span;
  readonly vector: Span | null;
  readonly payload: Span | null;
}

/** Points copied out of somebody's buffer, side by side with commas between them: the inside of an upsert as it is. */
export class Batch {
  /** Source text of the shard key, null for automatic sharding. */
  readonly shardKey: string | null;
  readonly points: BatchPoint[] = [];
  #buf: Buffer;
  #length = 0;

  constructor(shardKey: string | null, buf: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES + (BATCH_BYTES >> 3))) {
    this.shardKey = shardKey;
    this.#buf = buf;
  }

  get bytes(): number {
    return this.#length;
  }

  /** For another batch to use once this one is sent. */
  get buffer(): Buffer {
    return this.#buf;
  }

  /** Copies the point that the scanner stands behind. */
  add(scanner: PointScanner): void {
    if (this.points.length > 0) this.#append([Buffer.of(COMMA)]);
    const start = this.#length;
    const vector = isNothing(scanner, scanner.vector) ? null : scanner.vector;
    const payload = isNothing(scanner, scanner.payload) ? null : scanner.payload;
    const part = ({ start: from, end }: Span): Buffer => view(scanner.buf, from, end);
    const point = { id: { ...scanner.id } };
    if (vector !== null && isSentAsItLies(scanner)) {
      this.#append([part(scanner.point)]);
      const shift = start - scanner.point.start;
      this.points.push({
        ...point,
        whole: { start, end: this.#length },
        idText: moved(scanner.idText, shift),
        vector: moved(vector, shift),
        payload: payload === null ? null : moved(payload, shift),
      });
      return;
    }
    // Keys that only an answer has (shard_key, score, …), or no vector at all: put together from its parts.
    const text: PointText = {
      id: part(scanner.idText),
      vector: vector === null ? null : part(vector),
      payload: payload === null ? null : part(payload),
    };
    const pieces = pointPieces(text);
    const at = (piece: Uint8Array | null): Span | null => {
      if (piece === null) return null;
      let offset = start;
      for (const other of pieces) {
        if (other === piece) return { start: offset, end: offset + piece.length };
        offset += other.length;
      }
      return null;
    };
    this.#append(pieces);
    this.points.push({
      ...point,
      whole: { start, end: this.#length },
      idText: at(text.id) ?? { start, end: start },
      vector: at(text.vector),
      payload: at(text.payload),
    });
  }

  /** All points, `{…},{…}`. */
  text(): Buffer {
    return this.#buf.subarray(0, this.#length);
  }

  /** One point as it stands in the batch. */
  whole(point: BatchPoint): Buffer {
    return this.#slice(point.whole);
  }

  parts(point: BatchPoint): PointText {
    return {
      id: this.#slice(point.idText),
      vector: point.vector === null ? null : this.#slice(point.vector),
      payload: point.payload === null ? null : this.#slice(point.payload),
    };
  }

  #slice({ start, end }: Span): Buffer {
    return this.#buf.subarray(start, end);
  }

  #append(pieces: readonly Uint8Array[]): void {
    let needed = this.#length;
    for (const piece of pieces) needed += piece.length;
    if (needed > this.#buf.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#buf.copy(larger, 0, 0, this.#length);
      this.#buf = larger;
    }
    for (const piece of pieces) {
      this.#buf.set(piece, this.#length);
      this.#length += piece.length;
    }
  }
}

/** Points in text that is sent as it came, nothing copied; what they are is looked up only when it must be. */
export class TextBatch {
  /** `{…}`, `,`, `{…},{…}`: the inside of an upsert. */
  readonly pieces: Uint8Array[] = [];
  count = 0;
  bytes = 0;

  /** Takes `{…},{…}` in pieces that nobody changes any more. */
  add(pieces: readonly Uint8Array[], count: number): void {
    if (this.count > 0) this.pieces.push(Buffer.of(COMMA));
    this.pieces.push(...pieces);
    this.count += count;
    for (const piece of pieces) this.bytes += piece.length;
  }

  /** Calls back behind every point. */
  forEach(found: (scanner: PointScanner) => void): void {
    scanRun(new PointScanner(), this.pieces, this.count, found);
  }
}

export type { BatchPoint };

/** Whether a point's text is an upsert of it: no keys that only an answer has (shard_key, score, …), and a vector. */
export function isSentAsItLies(scanner: PointScanner): boolean {
  return !scanner.extra && !isNothing(scanner, scanner.vector);
}

const moved = ({ start, end }: Span, by: number): Span => ({ start: start + by, end: end + by });

/** A buffer over the same bytes. */
function view(buf: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(buf.buffer, buf.byteOffset + start, end - start);
}

/** Absent, `null`, or an empty object: nothing to write. */
function isNothing({ buf }: PointScanner, { start, end }: Span): boolean {
  if (start < 0 || buf[start] === 0x6e) return true;
  if (buf[start] !== 0x7b) return false;
  for (let i = start + 1; i < end - 1; i++) if ((buf[i] ?? 0) > 0x20) return false;
  return true;
}
