/** Some rows of a segment: a bit for each. */
export class RowSet {
  readonly rows: number;
  readonly #bits: Uint8Array;
  count = 0;

  constructor(rows: number) {
    this.rows = rows;
    this.#bits = new Uint8Array(Math.ceil(rows / 8));
  }

  add(row: number): void {
    if (this.has(row)) return;
    this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) | (1 << (row & 7));
    this.count++;
  }

  has(row: number): boolean {
    return ((this.#bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  copy(): RowSet {
    const other = new RowSet(this.rows);
    other.#bits.set(this.#bits);
    other.count = this.count;
    return other;
  }

  /** `0-3,7,12-15`, counted from 0, ascending. */
  toString(): string {
    const ranges: string[] = [];
    for (let row = 0; row < this.rows; row++) {
      if (!this.has(row)) continue;
      const first = row;
      while (row + 1 < this.rows && this.has(row + 1)) row++;
      ranges.push(first === row ? String(first) : `${first}-${row}`);
    }
    return ranges.join(',');
  }

  /** null for what is no such text, or names rows that a segment of that length does not have. */
  static parse(text: string, rows: number): RowSet | null {
    if (!RowSet.isText(text, rows)) return null;
    const set = new RowSet(rows);
    eachRange(text, (first, last) => {
      set.#addRange(first, last);
      return true;
    });
    return set;
  }

  /** Whether `parse` would take it, told without the memory or the time that a set of so many rows takes. */
  static isText(text: string, rows: number): boolean {
    let before = -1;
    return eachRange(text, (first, last) => {
      const fits = first > before && last >= first && last < rows;
      before = last;
      return fits;
    });
  }

  /** Of rows that are not in the set yet. Whole bytes at once. */
  #addRange(first: number, last: number): void {
    let row = first;
    for (; row <= last && (row & 7) !== 0; row++) this.add(row);
    const whole = (last + 1 - row) >> 3;
    if (whole > 0) {
      this.#bits.fill(0xff, row >> 3, (row >> 3) + whole);
      this.count += whole * 8;
      row += whole * 8;
    }
    for (; row <= last; row++) this.add(row);
  }
}

const COMMA = 0x2c;
const HYPHEN = 0x2d;
/** More digits than any row has. */
const MOST_DIGITS = 10;

/** Calls back for each range of `0-3,7` until it answers false; false then, and where the text is none. */
function eachRange(text: string, see: (first: number, last: number) => boolean): boolean {
  let pos = 0;
  const number = (): number => {
    const start = pos;
    let value = 0;
    for (; pos < text.length && pos - start <= MOST_DIGITS; pos++) {
      const digit = text.charCodeAt(pos) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    return pos === start || pos - start > MOST_DIGITS ? -1 : value;
  };
  while (pos < text.length) {
    const first = number();
    let last = first;
    if (text.charCodeAt(pos) === HYPHEN) {
      pos++;
      last = number();
    }
    if (first < 0 || last < 0 || !see(first, last)) return false;
    if (pos === text.length) return true;
    if (text.charCodeAt(pos++) !== COMMA || pos === text.length) return false;
  }
  return true;
}
