import { Fault, type FaultParams } from '../faults/fault.ts';
import { hexValue, isSimpleEscape } from './json-text.ts';

/** Thrown when a value goes on beyond the bytes at hand; the caller brings more and starts that value again. */
export const INCOMPLETE = new Error('more bytes are needed');

/** Deepest payload that every way of writing takes: Qdrant 1.16 stops at 128 containers, its batch envelope is 5 of them. */
export const MAX_DEPTH = 123;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LBRACE = 0x7b;
const RBRACE = 0x7d;
const LBRACKET = 0x5b;
const RBRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const DOT = 0x2e;

/**
 * Walks JSON text byte by byte without building anything. The bytes lie in `buf[pos..end)`, and
 * `buf[end]` must be 0: a sentinel that no token contains, so that the inner loops need no bounds
 * check. Every method reads one thing at `pos` and leaves `pos` behind it.
 *
 * Throws INCOMPLETE at the sentinel and BAD_ARCHIVE {reason, offset} at anything that is not JSON.
 */
export class JsonScanner {
  buf: Uint8Array = new Uint8Array(1);
  pos = 0;
  end = 0;
  /** Offset of `buf[0]` in the whole text, for error messages. */
  base = 0;

  load(buf: Uint8Array, pos: number, end: number, base: number): void {
    this.buf = buf;
    this.pos = pos;
    this.end = end;
    this.base = base;
  }

  fail(reason: string, params: FaultParams = {}, at = this.pos): never {
    throw new Fault('BAD_ARCHIVE', { reason, offset: this.base + at, ...params });
  }

  /** Unexpected byte at `pos`: either the text goes on elsewhere, or it is wrong. */
  unexpected(expected: string): never {
    if (this.pos >= this.end) throw INCOMPLETE;
    return this.fail('syntax', { expected: `expected ${expected}` });
  }

  /** Skips white space and returns the byte there (0 at the end). */
  peek(): number {
    const buf = this.buf;
    let pos = this.pos;
    let c = buf[pos] as number;
    while (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) c = buf[++pos] as number;
    this.pos = pos;
    if (c === 0 && pos >= this.end) throw INCOMPLETE;
    return c;
  }

  expect(byte: number, name: string): void {
    if (this.peek() !== byte) this.unexpected(name);
    this.pos++;
  }

  /** A string; leaves `pos` behind the closing quote. The content is `[start+1, pos-1)`. */
  string(): void {
    if (this.peek() !== QUOTE) this.unexpected('a string');
    const buf = this.buf;
    let pos = this.pos + 1;
    for (;;) {
      const c = buf[pos] as number;
      if (c === QUOTE) break;
      if (c === BACKSLASH) {
        this.pos = pos;
        pos = this.#escape(pos);
      } else if (c < 0x20) {
        this.pos = pos;
        this.unexpected('a string without control characters');
      } else pos++;
    }
    this.pos = pos + 1;
  }

  /** An escape at `pos` (a backslash); returns the position behind it. Half surrogate pairs are refused: Qdrant cannot store them. */
  #escape(pos: number): number {
    const next = this.buf[pos + 1] as number;
    if (next !== 0x75 /* u */) {
      if (!isSimpleEscape(next)) {
        this.pos = Math.min(pos + 1, this.end);
        this.unexpected('a known escape');
      }
      return pos + 2;
    }
    const unit = this.#hex4(pos + 2);
    if (unit >= 0xdc00 && unit <= 0xdfff) this.fail('lone_surrogate', {}, pos);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      if (pos + 7 >= this.end) throw INCOMPLETE;
      if (this.buf[pos + 6] !== BACKSLASH || this.buf[pos + 7] !== 0x75) this.fail('lone_surrogate', {}, pos);
      const low = this.#hex4(pos + 8);
      if (low < 0xdc00 || low > 0xdfff) this.fail('lone_surrogate', {}, pos);
      return pos + 12;
    }
    return pos + 6;
  }

  #hex4(pos: number): number {
    let value = 0;
    for (let i = pos; i < pos + 4; i++) {
      const digit = hexValue(this.buf[i] ?? 0);
      if (digit < 0) {
        this.pos = Math.min(i, this.end);
        this.unexpected('four hexadecimal digits');
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /**
   * A number by JSON's grammar. `single`: it must also be finite as a 32-bit float (vectors), else as a 64-bit one.
   * Qdrant turns larger ones into errors or infinity, so they are refused here.
   */
  number(single: boolean): void {
    const buf = this.buf;
    const start = this.pos;
    let pos = start;
    let c = buf[pos] as number;
    if (c === MINUS) c = buf[++pos] as number;
    const whole = pos;
    if (c === 0x30) c = buf[++pos] as number;
    else if (c > 0x30 && c <= 0x39) {
      do c = buf[++pos] as number;
      while ((c - 0x30) >>> 0 < 10);
    } else this.#notANumber(pos);
    let large = pos - whole > 38;
    if (c === DOT) {
      c = buf[++pos] as number;
      if ((c - 0x30) >>> 0 >= 10) this.#notANumber(pos);
      do c = buf[++pos] as number;
      while ((c - 0x30) >>> 0 < 10);
    }
    if (c === 0x65 || c === 0x45) {
      c = buf[++pos] as number;
      if (c === MINUS) c = buf[++pos] as number;
      else {
        large = true;
        if (c === 0x2b) c = buf[++pos] as number;
      }
      if ((c - 0x30) >>> 0 >= 10) this.#notANumber(pos);
      do c = buf[++pos] as number;
      while ((c - 0x30) >>> 0 < 10);
    }
    // A number has no closing mark: at the end of the bytes at hand it may go on.
    if (pos >= this.end) throw INCOMPLETE;
    this.pos = pos;
    if (large) {
      const value = Number(this.text(start, pos));
      if (!Number.isFinite(single ? Math.fround(value) : value)) this.fail('not_finite', {}, start);
    }
  }

  /** Numbers up to the closing bracket, the opening one being read already; returns how many. For vectors: each finite as a 32-bit float. */
  numbers(): number {
    if (this.peek() === 0x5d) {
      this.pos++;
      return 0;
    }
    let count = 0;
    const buf = this.buf;
    for (;;) {
      this.number(true);
      count++;
      // The common case, a comma directly followed by the next number, without a call.
      if (buf[this.pos] === 0x2c) {
        this.pos++;
        const c = buf[this.pos] as number;
        if (c <= 0x20) this.peek();
      } else if (!this.more(0x5d)) return count;
    }
  }

  #notANumber(pos: number): never {
    this.pos = pos;
    const c = this.buf[pos] ?? 0;
    // NaN, Infinity, -Infinity: what careless writers put; worth its own sentence.
    if (c === 0x4e || c === 0x49 || c === 0x6e) this.fail('not_finite');
    return this.unexpected('a number');
  }

  /** Any value, checked and passed over. `depth` is the number of containers around it. */
  value(depth: number): void {
    const c = this.peek();
    if (c === QUOTE) this.string();
    else if (c === LBRACE) this.#object(depth);
    else if (c === LBRACKET) this.#array(depth);
    else if (c === 0x74) this.#word('true');
    else if (c === 0x66) this.#word('false');
    else if (c === 0x6e) this.#word('null');
    else if (c === MINUS || (c - 0x30) >>> 0 < 10) this.number(false);
    else if (c === 0x4e || c === 0x49) this.fail('not_finite');
    else this.unexpected('a value');
  }

  #object(depth: number): void {
    if (depth >= MAX_DEPTH) this.fail('too_deep', { limit: MAX_DEPTH });
    this.pos++;
    if (this.peek() === RBRACE) {
      this.pos++;
      return;
    }
    for (;;) {
      this.string();
      this.expect(COLON, '":"');
      this.value(depth + 1);
      if (!this.more(RBRACE)) return;
    }
  }

  #array(depth: number): void {
    if (depth >= MAX_DEPTH) this.fail('too_deep', { limit: MAX_DEPTH });
    this.pos++;
    if (this.peek() === RBRACKET) {
      this.pos++;
      return;
    }
    for (;;) {
      this.value(depth + 1);
      if (!this.more(RBRACKET)) return;
    }
  }

  /** A key of an object and its colon, as text between its quotes; `pos` is then at the value. */
  keyText(): string {
    this.peek();
    const start = this.pos + 1;
    this.string();
    const text = this.text(start, this.pos - 1);
    this.expect(COLON, '":"');
    this.peek();
    return text;
  }

  /** A list at `pos`; `element` reads each of its elements. */
  list(element: () => void): void {
    this.expect(0x5b, 'a list');
    if (this.peek() === RBRACKET) {
      this.pos++;
      return;
    }
    do element();
    while (this.more(RBRACKET));
  }

  /** After an element: true at a comma, false at `close`; both are consumed. */
  more(close: number): boolean {
    const c = this.peek();
    if (c === COMMA) {
      this.pos++;
      this.peek();
      return true;
    }
    if (c !== close) this.unexpected(`"," or "${String.fromCharCode(close)}"`);
    this.pos++;
    return false;
  }

  /** `null` at `pos`? Consumes it. */
  takeNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.#word('null');
    return true;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.buf[this.pos + i] !== word.charCodeAt(i)) {
        this.pos = Math.min(this.pos + i, this.end);
        this.unexpected(word);
      }
    }
    this.pos += word.length;
  }

  /** Bytes `[start, end)` as text. */
  text(start: number, end: number): string {
    return Buffer.from(this.buf.buffer, this.buf.byteOffset + start, end - start).toString('utf8');
  }
}
