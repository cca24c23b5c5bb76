/** Types of Thrift's compact protocol. */
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Parquet's own structures are six deep. */
const DEEPEST = 16;
/** Of a 64-bit number. */
const LONGEST_VARINT = 10;

/**
 * Walks a Thrift structure without building anything and returns the index behind it. The library believes what a list
 * says of its length, and makes room for it; this is asked first, so that nothing in a damaged file can claim more than
 * there are bytes. Throws a RangeError.
 */
export function passThrift(bytes: Uint8Array, pos: number): number {
  return new Walk(bytes, pos).struct(0);
}

class Walk {
  readonly #bytes: Uint8Array;
  #pos: number;

  constructor(bytes: Uint8Array, pos: number) {
    this.#bytes = bytes;
    this.#pos = pos;
  }

  struct(depth: number): number {
    if (depth > DEEPEST) throw new RangeError('a structure is too deep');
    for (;;) {
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return this.#pos;
      if (head >> 4 === 0) this.#varint();
      this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): void {
    if (type === 1 || type === 2) return;
    if (type === BYTE) this.#skip(1);
    else if (type > BYTE && type < DOUBLE) this.#varint();
    else if (type === DOUBLE) this.#skip(8);
    else if (type === BINARY) this.#skip(this.#varint());
    else if (type === LIST) this.#list(depth + 1);
    else if (type === STRUCT) this.struct(depth + 1);
    else throw new RangeError('a structure has an unknown type');
  }

  #list(depth: number): void {
    if (depth > DEEPEST) throw new RangeError('a list is too deep');
    const head = this.#byte();
    const type = head & 15;
    const count = head >> 4 === 15 ? this.#varint() : head >> 4;
    // Every element is a byte at least.
    if (count > this.#bytes.length - this.#pos) throw new RangeError('a list is longer than the file');
    for (let n = 0; n < count; n++) {
      if (type === 1 || type === 2) this.#skip(1);
      else this.#value(type, depth);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#pos++];
    if (byte === undefined) throw new RangeError('a structure ends early');
    return byte;
  }

  #skip(count: number): void {
    this.#pos += count;
    if (this.#pos > this.#bytes.length) throw new RangeError('a structure ends early');
  }

  #varint(): number {
    let value = 0;
    for (let n = 0; n < LONGEST_VARINT; n++) {
      const byte = this.#byte();
      value += (byte & 127) * 2 ** (7 * n);
      if (byte < 128) return value;
    }
    throw new RangeError('a number is too long');
  }
}
