import { createHash, type Hash } from 'node:crypto';
import { Fault } from '../faults/fault.ts';
import { INCOMPLETE } from '../points/json-scanner.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import { ByteWindow } from './byte-window.ts';

/** Calls in the order of the text. */
export interface ArchiveVisitor {
  /** A top-level value other than the points, as text; `offset` is where it begins. */
  section(key: string, text: string, offset: number): void;
  /** The scanner stands behind a point; its spans are valid during the call. */
  point(): void;
  /** Between chunks: back-pressure, progress. */
  breathe(textOffset: number): Promise<void> | void;
}

export interface ArchiveText {
  /** Length of the uncompressed text, in bytes. */
  readonly length: number;
  readonly points: number;
  /** Hexadecimal sha256 of the vectors array, brackets included; null when there was none. */
  readonly vectorsSha256: string | null;
}

type State = 'open' | 'first-key' | 'key' | 'first-point' | 'point' | 'after-point' | 'after-value' | 'end';

/** Sections whose text is wanted; everything else is checked as JSON and passed over. */
const SECTIONS = new Set(['version', 'metadata', 'files', 'companions', 'summary']);

/**
 * One pass over the text of an export: top-level keys in any order, the points one by one, never the whole. Memory
 * is a window of a few MiB, or as much as the largest single point or section needs, up to a limit.
 *
 * Throws BAD_ARCHIVE with reason, offset and (where there is one) point; whatever the visitor throws.
 */
export async function readArchiveText(
  chunks: AsyncIterable<Buffer>,
  scanner: PointScanner,
  visitor: ArchiveVisitor,
): Promise<ArchiveText> {
  const pass = new Pass(scanner, visitor);
  for await (const chunk of chunks) {
    pass.feed(chunk);
    await visitor.breathe(pass.offset);
  }
  return pass.finish();
}

class Pass {
  readonly #window = new ByteWindow();
  readonly #scanner: PointScanner;
  readonly #visitor: ArchiveVisitor;
  readonly #keys = new Set<string>();
  #state: State = 'open';
  #points = 0;
  #hash: Hash | null = null;
  /** Index in the window from which the vectors array still has to go into the hash; -1 outside of it. */
  #hashFrom = -1;
  #sha256: string | null = null;

  constructor(scanner: PointScanner, visitor: ArchiveVisitor) {
    this.#scanner = scanner;
    this.#visitor = visitor;
  }

  /** Offset in the text up to which everything is done. */
  get offset(): number {
    return this.#window.base + this.#window.pos;
  }

  feed(chunk: Buffer): void {
    const window = this.#window;
    // The window moves its content: what belongs to the hash goes in before.
    this.#feedHash();
    window.append(chunk, this.#state === 'point' || this.#state === 'first-point' ? 'point' : 'section');
    if (this.#hashFrom >= 0) this.#hashFrom = window.pos;
    if (window.worthAnotherLook()) this.#advance();
  }

  finish(): ArchiveText {
    this.#advance();
    const window = this.#window;
    if (this.#state === 'open')
      throw new Fault('BAD_ARCHIVE', { reason: window.base + window.end === 0 ? 'empty' : 'not_json', offset: 0 });
    if (this.#state !== 'end') {
      const point = this.#state === 'point' || this.#state === 'first-point' ? this.#scanner.idString() : '';
      throw new Fault('BAD_ARCHIVE', {
        reason: 'truncated',
        offset: window.base + window.end,
        ...(point === '' ? {} : { point }),
      });
    }
    return { length: window.base + window.end, points: this.#points, vectorsSha256: this.#sha256 };
  }

  /** Takes steps until the bytes run out. */
  #advance(): void {
    const window = this.#window;
    const scanner = this.#scanner;
    scanner.load(window.buf, window.pos, window.end, window.base);
    try {
      for (;;) {
        this.#step(scanner);
        window.pos = scanner.pos;
        window.moved();
        if (window.base + scanner.pos > window.badUtf8At) this.#refuseUtf8();
      }
    } catch (error) {
      if (error !== INCOMPLETE) {
        // Broken text inside a string shows as a syntax error further on: name the cause, not the symptom.
        if (window.base + scanner.pos >= window.badUtf8At) this.#refuseUtf8();
        throw this.#inPoint(error);
      }
      if (window.base + window.end > window.badUtf8At && this.#state === 'end') this.#refuseUtf8();
      window.stuck();
    }
  }

  #step(scanner: PointScanner): void {
    // White space is passed over for good, so that a flood of it needs no memory.
    const c = this.#peek(scanner);
    switch (this.#state) {
      case 'open':
        if (c === 0xef && scanner.base + scanner.pos === 0) {
          this.#skipByteOrderMark(scanner);
          return;
        }
        if (c !== 0x7b) scanner.fail('not_json');
        scanner.pos++;
        this.#state = 'first-key';
        return;
      case 'first-key':
      case 'key':
        if (c === 0x7d && this.#state === 'first-key') this.#close(scanner);
        else this.#readKey(scanner);
        return;
      case 'first-point':
        if (c === 0x5d) this.#endPoints(scanner);
        else this.#readPoint(scanner);
        return;
      case 'point':
        this.#readPoint(scanner);
        return;
      case 'after-point':
        if (c === 0x5d) this.#endPoints(scanner);
        else {
          if (c !== 0x2c) scanner.unexpected('"," or "]" after a point');
          scanner.pos++;
          this.#state = 'point';
        }
        return;
      case 'after-value':
        if (c === 0x7d) this.#close(scanner);
        else {
          if (c !== 0x2c) scanner.unexpected('"," or "}"');
          scanner.pos++;
          this.#state = 'key';
        }
        return;
      case 'end':
        scanner.fail('trailing');
    }
  }

  #skipByteOrderMark(scanner: PointScanner): void {
    if (scanner.end < 3) throw INCOMPLETE;
    if (scanner.buf[1] !== 0xbb || scanner.buf[2] !== 0xbf) scanner.fail('not_json');
    scanner.pos += 3;
  }

  #peek(scanner: PointScanner): number {
    try {
      return scanner.peek();
    } finally {
      this.#window.pos = scanner.pos;
    }
  }

  /** A key and its value; for the points, the key and the opening bracket. */
  #readKey(scanner: PointScanner): void {
    const start = scanner.pos;
    scanner.string();
    const key = JSON.parse(scanner.text(start, scanner.pos)) as string;
    scanner.expect(0x3a, '":"');
    const c = scanner.peek();
    if (this.#keys.has(key)) scanner.fail('duplicate_key', { key: key.slice(0, 100) }, start);
    if (key === 'vectors') {
      if (c !== 0x5b) scanner.fail('syntax', { expected: '"vectors" must be a list' });
      this.#hash = createHash('sha256');
      this.#hashFrom = scanner.pos;
      scanner.pos++;
      this.#state = 'first-point';
    } else {
      const from = scanner.pos;
      scanner.value(0);
      // A number has no end mark of its own; the scanner asked for the byte behind it, so it is whole here.
      if (SECTIONS.has(key)) this.#visitor.section(key, scanner.text(from, scanner.pos), scanner.base + from);
      this.#state = 'after-value';
    }
    this.#keys.add(key);
  }

  #readPoint(scanner: PointScanner): void {
    scanner.scanPoint();
    this.#points++;
    this.#visitor.point();
    this.#state = 'after-point';
  }

  #endPoints(scanner: PointScanner): void {
    scanner.pos++;
    this.#window.pos = scanner.pos;
    this.#feedHash();
    this.#sha256 = this.#hash?.digest('hex') ?? null;
    this.#hash = null;
    this.#hashFrom = -1;
    this.#state = 'after-value';
  }

  #feedHash(): void {
    if (this.#hash === null || this.#hashFrom < 0) return;
    this.#hash.update(this.#window.buf.subarray(this.#hashFrom, this.#window.pos));
    this.#hashFrom = this.#window.pos;
  }

  #close(scanner: PointScanner): void {
    scanner.pos++;
    this.#state = 'end';
    if (!this.#keys.has('version')) scanner.fail('not_an_export', { key: 'version' });
    if (!this.#keys.has('vectors')) scanner.fail('not_an_export', { key: 'vectors' });
  }

  #refuseUtf8(): never {
    throw this.#inPoint(new Fault('BAD_ARCHIVE', { reason: 'bad_utf8', offset: this.#window.badUtf8At }));
  }

  /** Says where in the file a fault about a point is, as far as it is known. */
  #inPoint(error: unknown): unknown {
    if (!(error instanceof Fault) || error.code !== 'BAD_ARCHIVE') return error;
    if (!['first-point', 'point', 'after-point'].includes(this.#state)) return error;
    const { offset, point } = error.params;
    const id = this.#scanner.idString();
    return error.with({
      offset: offset ?? this.#window.base + this.#scanner.point.start,
      ...(point === undefined && id !== '' ? { point: id } : {}),
    });
  }
}
