import { gunzipSync } from 'node:zlib';
import type { PointId } from '../points/point-id.ts';
import { HASH_LENGTH } from './segment-columns.ts';
import { damaged, Flaw, SegmentFile, type SegmentGroup } from './segment-file.ts';
import { IdColumn, readIds } from './segment-ids.ts';
import { pagesOf, type SegmentPage } from './segment-pages.ts';

/**
 * Ids and hashes of a segment in their order, without anything asynchronous: a merge compares them with points that are
 * being read. One row group is in memory, 33 bytes a row.
 */
export class SegmentKeys {
  readonly rows: number;
  /** Of the row that `next` came to; filled again by the next. */
  readonly id: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  /** Number of that row in the segment. */
  row = -1;
  /** Its hash begins here in `hashes`. */
  hashAt = 0;
  hashes: Uint8Array = new Uint8Array(0);
  readonly #file: SegmentFile;
  readonly #last: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  #ids = new IdColumn(0);
  #group = -1;
  /** Rows of the groups that were read, the current one included. */
  #end = 0;
  #first = 0;
  #closed = false;

  /** Throws BACKUP_DAMAGED, as `next` does. */
  static open(path: string): SegmentKeys {
    return new SegmentKeys(SegmentFile.open(path));
  }

  private constructor(file: SegmentFile) {
    this.#file = file;
    this.rows = file.rows;
  }

  /** Goes to the next row; false behind the last one, and the file is closed then. */
  next(): boolean {
    if (this.row + 1 >= this.rows) {
      this.close();
      return false;
    }
    this.row++;
    while (this.row >= this.#end) this.#load();
    const at = this.row - this.#first;
    this.#ids.get(at, this.id);
    this.hashAt = at * HASH_LENGTH;
    return true;
  }

  /** The hash of the row; good until the next one. */
  get hash(): Uint8Array {
    return this.hashes.subarray(this.hashAt, this.hashAt + HASH_LENGTH);
  }

  close(): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }

  #load(): void {
    const group = this.#file.groups[++this.#group];
    if (group === undefined) throw new Error('rows were counted wrongly');
    try {
      this.#ids = new IdColumn(group.rows);
      let row = 0;
      for (const page of this.#pages(group, 0)) {
        readIds(idBody(page, inflateNow(page)), page.rows, this.#ids, row, this.#last);
        row += page.rows;
      }
      this.hashes = new Uint8Array(group.rows * HASH_LENGTH);
      let at = 0;
      for (const page of this.#pages(group, 1)) {
        this.hashes.set(hashBody(page, inflateNow(page)), at);
        at += page.rows * HASH_LENGTH;
      }
    } catch (error) {
      throw damaged(this.#file.path, error, { row: group.first });
    }
    this.#first = group.first;
    this.#end = group.first + group.rows;
  }

  #pages(group: SegmentGroup, column: number): readonly SegmentPage[] {
    const chunk = group.chunks[column];
    if (chunk === undefined) throw new Flaw('a column is missing');
    return pagesOf(this.#file.readNow(chunk.start, chunk.length), chunk, group.rows).pages;
  }
}

/** What an inflated page of ids must be. */
export function idBody(page: SegmentPage, body: Uint8Array): Uint8Array {
  if (page.encoding !== 'DELTA_BYTE_ARRAY' || page.values !== page.rows || page.nulls > 0)
    throw new Flaw('a page of ids is none');
  return body;
}

/** What an inflated page of hashes must be. */
export function hashBody(page: SegmentPage, body: Uint8Array): Uint8Array {
  if (page.encoding !== 'PLAIN' || page.nulls > 0 || body.length !== page.rows * HASH_LENGTH)
    throw new Flaw('a page of hashes is none');
  return body;
}

function inflateNow({ body, length, packed }: SegmentPage): Uint8Array {
  if (!packed) return body;
  const out = gunzipSync(body, { maxOutputLength: Math.max(1, length) });
  if (out.length !== length) throw new Flaw('a page has another length');
  return out;
}
