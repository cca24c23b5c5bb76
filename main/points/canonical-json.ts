import { decodeString } from './json-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

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
    this.buf.set(from.subarray(start, end), this.length);
    this.length += end - start;
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
  let escaped = false;
  for (let c = buf[end] as number; c !== QUOTE; c = buf[end] as number) {
    if (c === BACKSLASH) {
      escaped = true;
      end++;
    }
    end++;
  }
  end++;
  if (!escaped) out.copy(buf, pos, end);
  else {
    const text = Buffer.from(buf.buffer, buf.byteOffset + pos + 1, end - pos - 2).toString('utf8');
    const spelled = Buffer.from(JSON.stringify(decodeString(text)));
    out.copy(spelled, 0, spelled.length);
  }
  return end;
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

/** Members as they come, then put in order when they were not. */
function object(buf: Uint8Array, pos: number, out: GrowingBytes): number {
  out.byte(0x7b);
  const begin = out.length;
  const members: { start: number; keyEnd: number; end: number }[] = [];
  let sorted = true;
  pos = skipSpace(buf, pos + 1);
  while (buf[pos] !== 0x7d) {
    const start = out.length;
    pos = skipSpace(buf, string(buf, pos, out));
    const keyEnd = out.length;
    out.byte(COLON);
    pos = skipSpace(buf, canonicalJson(buf, pos + 1, out));
    const member = { start, keyEnd, end: out.length };
    const last = members.at(-1);
    if (last !== undefined && compareKeys(out.buf, last, member) > 0) sorted = false;
    members.push(member);
    out.byte(COMMA);
    if (buf[pos] === COMMA) pos = skipSpace(buf, pos + 1);
  }
  if (!sorted) {
    const before = Buffer.from(out.buf.subarray(begin, out.length));
    const ordered = [...members].sort((a, b) => compareKeys(before, shifted(a, -begin), shifted(b, -begin)));
    out.length = begin;
    for (const { start, end } of ordered) {
      out.copy(before, start - begin, end - begin);
      out.byte(COMMA);
    }
  }
  // In place of the last comma, where there is one.
  if (members.length > 0) out.length--;
  out.byte(0x7d);
  return pos + 1;
}

type Member = { readonly start: number; readonly keyEnd: number; readonly end: number };

const shifted = ({ start, keyEnd, end }: Member, by: number): Member => ({
  start: start + by,
  keyEnd: keyEnd + by,
  end: end + by,
});

/** By the bytes between the quotes. */
function compareKeys(buf: Buffer, a: Member, b: Member): number {
  return buf.compare(buf, b.start + 1, b.keyEnd - 1, a.start + 1, a.keyEnd - 1);
}
