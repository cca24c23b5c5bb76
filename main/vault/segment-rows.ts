import { JsonScanner } from '../points/json-scanner.ts';
import type { VectorValues } from '../points/point-values.ts';
import type { SegmentVector } from './segment-columns.ts';
import { Flaw } from './segment-file.ts';
import type { InflatedColumn, InflatedPage } from './segment-pages.ts';
import {
  plainFloats,
  readDense,
  readLists,
  readMulti,
  readTexts,
  type ListPage,
  type TextPage,
} from './segment-values.ts';

/** Gives the vector of a row that is wanted; null where it has none. */
export type VectorColumn = (row: number) => VectorValues | null;

/** Where a text lies. */
export interface FoundText {
  readonly buf: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** A page that was decoded. */
interface Decoded<T> {
  readonly first: number;
  readonly rows: number;
  readonly content: T;
}

/** Finds rows in pages; they are asked for in ascending order. */
class Pages<T> {
  readonly #pages: readonly Decoded<T>[];
  #at = 0;

  constructor({ pages }: InflatedColumn, decode: (inflated: InflatedPage & { readonly body: Uint8Array }) => T) {
    this.#pages = pages.flatMap((inflated) => {
      const { first, page, body } = inflated;
      return body === null ? [] : [{ first, rows: page.rows, content: decode({ ...inflated, body }) }];
    });
  }

  /** The page of a row. */
  of(row: number): Decoded<T> {
    if (row < (this.#pages[this.#at]?.first ?? 0)) this.#at = 0;
    for (let page = this.#pages[this.#at]; page !== undefined; page = this.#pages[++this.#at])
      if (row < page.first + page.rows) return page;
    throw new Error('a row is asked for that was not wanted');
  }

  all(): readonly Decoded<T>[] {
    return this.#pages;
  }
}

/** Payloads, or keys of shards. What it gives was scanned: JSON with a zero behind it. */
export class TextColumn {
  readonly #pages: Pages<TextPage>;

  private constructor(pages: Pages<TextPage>) {
    this.#pages = pages;
  }

  /** Objects. */
  static payloads(column: InflatedColumn, wanted: Uint8Array | null): TextColumn {
    return new TextColumn(textPages(column, wanted, (first) => first === 0x7b));
  }

  /** Strings or numbers. */
  static shardKeys(column: InflatedColumn): TextColumn {
    return new TextColumn(textPages(column, null, (first) => first === 0x22 || isDigit(first)));
  }

  /** Where the text of a row lies; null where it has none. */
  at(row: number): FoundText | null {
    const { first, content } = this.#pages.of(row);
    const start = content.starts[row - first] as number;
    return start === -1 ? null : { buf: content.buf, start, end: content.ends[row - first] as number };
  }

  text(row: number): string | null {
    const found = this.at(row);
    return found === null ? null : Buffer.from(found.buf.subarray(found.start, found.end)).toString('utf8');
  }
}

const isDigit = (c: number | undefined): boolean => c !== undefined && (c - 0x30) >>> 0 < 10;

function textPages(
  column: InflatedColumn,
  wanted: Uint8Array | null,
  begins: (first: number) => boolean,
): Pages<TextPage> {
  const scanner = new JsonScanner();
  return new Pages(column, ({ first, page, body }) => {
    const texts = readTexts(page, body);
    const { buf, starts, ends } = texts;
    for (let row = 0; row < page.rows; row++) {
      const start = starts[row] as number;
      if (start === -1 || (wanted !== null && wanted[first + row] === 0)) continue;
      const end = ends[row] as number;
      if (!begins(buf[start] as number)) throw new Flaw('a text is of another kind');
      scanner.load(buf, start, end, 0);
      if (isDigit(buf[start])) for (let pos = start; isDigit(buf[pos]); pos++) scanner.pos = pos + 1;
      else scanner.value(0);
      if (scanner.pos !== end) throw new Flaw('a text goes on');
    }
    return texts;
  });
}

/**
 * The vectors of a row group of `rows`, by the code units of their names. `columns` are those of the vectors. All that
 * can be wrong with them is found here.
 */
export function vectorColumns(
  vectors: readonly SegmentVector[],
  columns: readonly InflatedColumn[],
  isWanted: (row: number) => boolean,
  rows: number,
): VectorColumn[] {
  let next = 0;
  const column = (): InflatedColumn => {
    const one = columns[next++];
    if (one === undefined) throw new Flaw('a column is missing');
    return one;
  };
  const named = vectors.map(({ name, kind }): [string, VectorColumn] => {
    if (kind === 'dense') return [name, dense(name, column())];
    if (kind === 'multi') return [name, multi(name, column())];
    const found = sparse(name, column(), column());
    for (let row = 0; row < rows; row++) if (isWanted(row)) found(row);
    return [name, found];
  });
  return named.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

function dense(name: string, column: InflatedColumn): VectorColumn {
  const dictionary = column.dictionary === null ? null : plainFloats(column.dictionary);
  const pages = new Pages(column, ({ page, body }) => readDense(page, body, dictionary));
  return (row) => {
    const values = numbersOf(pages, row);
    return values === null ? null : { name, kind: 'dense', values };
  };
}

function multi(name: string, column: InflatedColumn): VectorColumn {
  const pages = new Pages(column, ({ page, body }) => readMulti(page, body));
  return (row) => {
    const values = numbersOf(pages, row);
    if (values === null) return null;
    const { first, content } = pages.of(row);
    return { name, kind: 'multi', size: content.sizes[row - first] as number, values };
  };
}

function sparse(name: string, indexColumn: InflatedColumn, valueColumn: InflatedColumn): VectorColumn {
  const indexPages = new Pages(indexColumn, ({ page, body }) => readLists(page, body, 'INT64'));
  const valuePages = new Pages(valueColumn, ({ page, body }) => readLists(page, body, 'FLOAT'));
  return (row) => {
    const indices = numbersOf(indexPages, row);
    const values = numbersOf(valuePages, row);
    if (indices?.length !== values?.length) throw new Flaw('a sparse vector has more indices than values, or fewer');
    return indices === null || values === null ? null : { name, kind: 'sparse', indices, values };
  };
}

/** What a row holds, in place; null where it holds nothing. */
function numbersOf<T extends Float32Array | Uint32Array>(pages: Pages<ListPage<T>>, row: number): T | null {
  const { first, content } = pages.of(row);
  const start = content.starts[row - first] as number;
  return start === -1 ? null : (content.values.subarray(start, content.ends[row - first]) as T);
}
