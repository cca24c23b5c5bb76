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
    const set = new RowSet(rows);
    if (text === '') return set;
    let last = -1;
    for (const range of text.split(',')) {
      const match = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(range);
      if (match === null) return null;
      const first = Number(match[1]);
      const end = match[2] === undefined ? first : Number(match[2]);
      if (first <= last || end < first || end >= rows) return null;
      for (let row = first; row <= end; row++) set.add(row);
      last = end;
    }
    return set;
  }
}
