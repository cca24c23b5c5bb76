import { decodeString } from './json-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Bytes up to which a loop is faster than a view. */
const SHORT = 64;

/** Bytes that grow as they are written, and are used again. */
export class GrowingBytes {
  buf: Buffer;
  length = 0;

  constructor(size = 1 << 16) {
    this.buf = Buffer.allocUnsafeSlow(size);
  }

  /** Room for so many bytes more. */
  reserve(more: number): void {
    if (this.length + more <= this.buf.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.length + more));
    this.buf.copy(larger, 0, 0, this.length);
    this.buf = larger;
  }

  byte(value: number): void {
    if (this.length === this.buf.length) this.reserve(1);
    this.buf[this.length++] = value;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { buf } = this;
    let to = this.length;
    // A view for every key and word of a payload would be most of what a job leaves to the garbage collector.
    if (end - start <= SHORT) for (let at = start; at < end; at++) buf[to++] = from[at] as number;
    else buf.set(from.subarray(start, end), to);
    this.length += end - start;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buf.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What was written; good until the next write. */
  bytes(): Buffer {
    return this.buf.subarray(0, this.length);
  }
}

/**
 * Appends the canonical form of the JSON value at `buf[pos]`, which was scanned before, and returns the index behind it:
 * no white space, keys in the order of their UTF-8 bytes, strings with no more escapes than they need, numbers as they
 * are spelled. Two payloads are the same when these bytes are.
 */
export function canonicalJson(buf: Uint8Array, pos: number, out: GrowingBytes): number {
  pos = skipSpace(buf, pos);
  const c = buf[pos] as number;
  if (c === QUOTE) return string(buf, pos, out);
  if (c === 0x7b) return object(buf, pos, out);
  if (c === 0x5b) return array(buf, pos, out);
  let end = pos;
  for (let b = c; b > 0x20 && b !== COMMA && b !== 0x7d && b !== 0x5d; b = buf[end] ?? 0) end++;
  out.copy(buf, pos, end);
  return end;
}

function skipSpace(buf: Uint8Array, pos: number): number {
  while ((buf[pos] as number) <= 0x20) pos++;
  return pos;
}

function string(buf: Uint8Array, pos: number, out: GrowingBytes): number {
  let end = pos + 1;
  let canonical = true;
  for (let c = buf[end] as number; c !== QUOTE; c = buf[end] as number) {
    if (c === BACKSLASH) {
      end++;
      if (!isCanonicalEscape(buf, end)) canonical = false;
    }
    end++;
  }
  end++;
  if (canonical) out.copy(buf, pos, end);
  else {
    const text = Buffer.from(buf.buffer, buf.byteOffset + pos + 1, end - pos - 2).toString('utf8');
    const spelled = Buffer.from(JSON.stringify(decodeString(text)));
    out.copy(spelled, 0, spelled.length);
  }
  return end;
}

/**
 * Whether the escape that goes on at `pos`, behind its backslash, is how its character is spelled in canonical form: a
 * letter where there is one, else `\u00` and two digits in lower case, and that for control characters alone. Qdrant writes no
 * other escapes, so that its strings can be copied.
 */
function isCanonicalEscape(buf: Uint8Array, pos: number): boolean {
  const c = buf[pos] as number;
  if (c !== 0x75) return c !== 0x2f;
  const [high, low] = [buf[pos + 3] as number, buf[pos + 4] as number];
  if (buf[pos + 1] !== 0x30 || buf[pos + 2] !== 0x30) return false;
  // Upper-case digits are a second spelling; \u0008, 9, a, c and d have letters.
  if (high === 0x30) return (low >= 0x30 && low < 0x38) || low === 0x62 || low === 0x65 || low === 0x66;
  return high === 0x31 && ((low >= 0x30 && low <= 0x39) || (low >= 0x61 && low <= 0x66));
}

function array(buf: Uint8Array, pos: number, out: GrowingBytes): number {
  out.byte(0x5b);
  pos = skipSpace(buf, pos + 1);
  while (buf[pos] !== 0x5d) {
    pos = skipSpace(buf, canonicalJson(buf, pos, out));
    if (buf[pos] === COMMA) {
      out.byte(COMMA);
      pos++;
    }
  }
  out.byte(0x5d);
  return pos + 1;
}

/**
 * Where the members of the objects that are being written begin, where their keys end, and where they end: three numbers
 * each, those of an inner object behind those of the outer one.
 */
let bounds = new Int32Array(3 * 256);
let bounded = 0;

function bound(at: number): void {
  if (bounded === bounds.length) {
    const larger = new Int32Array(bounds.length * 2);
    larger.set(bounds);
    bounds = larger;
  }
  bounds[bounded++] = at;
}

/** Members as they come, then put in order when they were not. */
function object(buf: Uint8Array, pos: number, out: GrowingBytes): number {
  out.byte(0x7b);
  const begin = out.length;
  const first = bounded;
  let sorted = true;
  pos = skipSpace(buf, pos + 1);
  while (buf[pos] !== 0x7d) {
    const at = bounded;
    bound(out.length);
    pos = skipSpace(buf, string(buf, pos, out));
    bound(out.length);
    out.byte(COLON);
    pos = skipSpace(buf, canonicalJson(buf, pos + 1, out));
    bound(out.length);
    if (at > first && compareKeys(out.buf, at - 3, at, 0) > 0) sorted = false;
    out.byte(COMMA);
    if (buf[pos] === COMMA) pos = skipSpace(buf, pos + 1);
  }
  if (!sorted) putInOrder(out, begin, first);
  // In place of the last comma, where there is one.
  if (bounded > first) out.length--;
  bounded = first;
  out.byte(0x7d);
  return pos + 1;
}

function putInOrder(out: GrowingBytes, begin: number, first: number): void {
  const before = Buffer.from(out.bytes().subarray(begin));
  const members = Array.from({ length: (bounded - first) / 3 }, (_, n) => first + n * 3);
  members.sort((a, b) => compareKeys(before, a, b, begin));
  out.length = begin;
  for (const member of members) {
    out.copy(before, (bounds[member] as number) - begin, (bounds[member + 2] as number) - begin);
    out.byte(COMMA);
  }
}

/** By the bytes between the quotes of two members, whose bounds begin at `a` and `b`; `buf` is what was written from `begin` on. */
function compareKeys(buf: Buffer, a: number, b: number, begin: number): number {
  let x = (bounds[a] as number) + 1 - begin;
  let y = (bounds[b] as number) + 1 - begin;
  const xEnd = (bounds[a + 1] as number) - 1 - begin;
  const yEnd = (bounds[b + 1] as number) - 1 - begin;
  while (x < xEnd && y < yEnd) {
    const difference = (buf[x++] as number) - (buf[y++] as number);
    if (difference !== 0) return difference;
  }
  return xEnd - x - (yEnd - y);
}
