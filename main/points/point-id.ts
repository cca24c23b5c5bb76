import { randomInt } from 'node:crypto';

/**
 * A point id as five numbers, so that ids can be compared and looked up without a string or a BigInt
 * each: kind 1 is a 64-bit number in (w2, w3), kind 2 a UUID in (w0 … w3); words are unsigned 32 bit.
 * Qdrant scrolls in this order: numbers before UUIDs, each ascending.
 */
export interface PointId {
  kind: number;
  w0: number;
  w1: number;
  w2: number;
  w3: number;
}

export const NO_ID: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
const U64_MAX = 18446744073709551615n;

/** Reads decimal digits in `buf[start..end)` into `id`; false when they are no u64 (leading zero, too large). */
export function readNumberId(buf: Uint8Array, start: number, end: number, id: PointId): boolean {
  const length = end - start;
  if (length === 0 || length > 20 || (length > 1 && buf[start] === 0x30)) return false;
  let value = 0;
  for (let i = start; i < Math.min(end, start + 15); i++) {
    const digit = (buf[i] ?? 0) - 0x30;
    if (digit >>> 0 > 9) return false;
    value = value * 10 + digit;
  }
  id.kind = 1;
  id.w0 = 0;
  id.w1 = 0;
  if (length <= 15) {
    id.w2 = Math.floor(value / 0x1_0000_0000);
    id.w3 = value >>> 0;
    return true;
  }
  let exact = BigInt(value);
  for (let i = start + 15; i < end; i++) {
    const digit = (buf[i] ?? 0) - 0x30;
    if (digit >>> 0 > 9) return false;
    exact = exact * 10n + BigInt(digit);
  }
  if (exact > U64_MAX) return false;
  id.w2 = Number(exact >> 32n);
  id.w3 = Number(exact & 0xffff_ffffn);
  return true;
}

/** Reads a UUID (hyphenated, or 32 hexadecimal digits, either case) in `buf[start..end)` into `id`; false when it is none. */
export function readUuid(buf: Uint8Array, start: number, end: number, id: PointId): boolean {
  const length = end - start;
  if (length !== 36 && length !== 32) return false;
  const words = [0, 0, 0, 0];
  let digits = 0;
  for (let i = start; i < end; i++) {
    const c = buf[i] ?? 0;
    if (c === 0x2d) {
      const at = i - start;
      if (length !== 36 || (at !== 8 && at !== 13 && at !== 18 && at !== 23)) return false;
      continue;
    }
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : (c | 0x20) >= 0x61 && (c | 0x20) <= 0x66 ? (c | 0x20) - 0x57 : -1;
    if (digit < 0 || digits === 32) return false;
    const word = digits >>> 3;
    words[word] = (words[word] ?? 0) * 16 + digit;
    digits++;
  }
  if (digits !== 32) return false;
  id.kind = 2;
  [id.w0, id.w1, id.w2, id.w3] = words as [number, number, number, number];
  return true;
}

/** Negative, zero or positive as `a` stands before, at or after `b` in scroll order. */
export function compareIds(a: PointId, b: PointId): number {
  return a.kind - b.kind || a.w0 - b.w0 || a.w1 - b.w1 || a.w2 - b.w2 || a.w3 - b.w3;
}

export function copyId(from: PointId, to: PointId): void {
  to.kind = from.kind;
  to.w0 = from.w0;
  to.w1 = from.w1;
  to.w2 = from.w2;
  to.w3 = from.w3;
}

/** Ids one after the other, 17 bytes each at most twice over. */
export class IdList {
  #kinds = new Uint8Array(64);
  #words = new Uint32Array(256);
  length = 0;

  push({ kind, w0, w1, w2, w3 }: PointId): void {
    if (this.length === this.#kinds.length) {
      const [kinds, words] = [this.#kinds, this.#words];
      this.#kinds = new Uint8Array(kinds.length * 2);
      this.#words = new Uint32Array(words.length * 2);
      this.#kinds.set(kinds);
      this.#words.set(words);
    }
    this.#kinds[this.length] = kind;
    this.#words.set([w0, w1, w2, w3], this.length * 4);
    this.length++;
  }

  *[Symbol.iterator](): Generator<PointId, void, undefined> {
    for (let n = 0; n < this.length; n++) {
      const [w0, w1, w2, w3] = this.#words.subarray(n * 4, n * 4 + 4) as unknown as [number, number, number, number];
      yield { kind: this.#kinds[n] ?? 0, w0, w1, w2, w3 };
    }
  }
}

/** Every id seen so far, 17 bytes each at most twice over: an open-addressing table in typed arrays. */
export class IdTable {
  #kinds = new Uint8Array(1024);
  #words = new Uint32Array(4096);
  /** Ids come from files of strangers: without a secret start they could be chosen to collide. */
  readonly #seed = randomInt(0x7fff_ffff);
  size = 0;

  has(id: PointId): boolean {
    return this.#kinds[this.#slot(id)] !== 0;
  }

  /** False when the id was there already. */
  add(id: PointId): boolean {
    if (this.size * 2 >= this.#kinds.length) this.#grow();
    const slot = this.#slot(id);
    if (this.#kinds[slot] !== 0) return false;
    this.#kinds[slot] = id.kind;
    this.#words.set([id.w0, id.w1, id.w2, id.w3], slot * 4);
    this.size++;
    return true;
  }

  /** Where the id stands, or the free place where it would. */
  #slot(id: PointId): number {
    const mask = this.#kinds.length - 1;
    let slot = hash(id.kind ^ this.#seed, id.w0, id.w1, id.w2, id.w3) & mask;
    while (this.#kinds[slot] !== 0 && !this.#holds(slot, id)) slot = (slot + 1) & mask;
    return slot;
  }

  #holds(slot: number, id: PointId): boolean {
    const words = this.#words;
    const at = slot * 4;
    return (
      this.#kinds[slot] === id.kind &&
      words[at] === id.w0 &&
      words[at + 1] === id.w1 &&
      words[at + 2] === id.w2 &&
      words[at + 3] === id.w3
    );
  }

  #grow(): void {
    const kinds = this.#kinds;
    const words = this.#words;
    this.#kinds = new Uint8Array(kinds.length * 2);
    this.#words = new Uint32Array(words.length * 2);
    this.size = 0;
    for (let slot = 0; slot < kinds.length; slot++) {
      const kind = kinds[slot] ?? 0;
      if (kind === 0) continue;
      const [w0, w1, w2, w3] = words.subarray(slot * 4, slot * 4 + 4) as unknown as [number, number, number, number];
      this.add({ kind, w0, w1, w2, w3 });
    }
  }
}

function hash(kind: number, w0: number, w1: number, w2: number, w3: number): number {
  let h = kind;
  h = Math.imul(h ^ w0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ w1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ w2, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 16) ^ w3, 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The id as text: a number in decimal digits, or a UUID in lower case with hyphens. */
export function idText({ kind, w0, w1, w2, w3 }: PointId): string {
  if (kind === 1) return w2 < 0x20_0000 ? String(w2 * 0x1_0000_0000 + w3) : String((BigInt(w2) << 32n) | BigInt(w3));
  const hex = [w0, w1, w2, w3].map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
