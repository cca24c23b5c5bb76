import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { PointId } from '../points/point-id.ts';
import { HASH_LENGTH } from './segment-columns.ts';
import { Flaw, type SegmentFile, type SegmentGroup } from './segment-file.ts';
import { IdColumn, readIds } from './segment-ids.ts';
import { hashBody, idBody } from './segment-keys.ts';
import { pagesOf, type InflatedColumn, type InflatedPage, type SegmentPage } from './segment-pages.ts';
import { TextColumn, vectorColumns, type VectorColumn } from './segment-rows.ts';

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);

/** What all pages of a row group may be together, as they lie in the file and inflated. */
const LARGEST_GROUP = 512 << 20;
const SMALL_PAGE = 16 << 10;

/** A row group in memory. Rows are counted from its first. */
export interface LoadedGroup {
  readonly first: number;
  readonly rows: number;
  /** 1 for each row that is wanted; null for all. What stands at others may be missing. */
  readonly wanted: Uint8Array | null;
  readonly ids: IdColumn;
  readonly hashes: Uint8Array;
  readonly payloads: TextColumn;
  readonly shardKeys: TextColumn | null;
  /** By the code units of their names, as points have them. */
  readonly vectors: readonly VectorColumn[];
}

/** Reads row groups of a segment, one behind the other. */
export class GroupLoader {
  readonly #file: SegmentFile;
  readonly #vectors: boolean;
  readonly #last: PointId = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };

  constructor(file: SegmentFile, { vectors }: { readonly vectors: boolean }) {
    this.#file = file;
    this.#vectors = vectors;
  }

  /** Throws a Flaw, or what reading and inflating throw. Its file is not read any more when it has ended. */
  async load(group: SegmentGroup, wanted: Uint8Array | null): Promise<LoadedGroup> {
    const { sharded, vectors } = this.#file;
    const others = sharded ? 4 : 3;
    const columns = await this.#inflate(group, wanted, this.#vectors ? group.chunks.length : others);
    const [idColumn, hashColumn, payloadColumn, shardColumn] = columns;
    if (idColumn === undefined || hashColumn === undefined || payloadColumn === undefined)
      throw new Flaw('a column is missing');
    const ids = new IdColumn(group.rows);
    for (const { first, page, body } of idColumn.pages)
      readIds(idBody(page, body ?? NOTHING), page.rows, ids, first, this.#last);
    const hashes = new Uint8Array(group.rows * HASH_LENGTH);
    for (const { first, page, body } of hashColumn.pages)
      hashes.set(hashBody(page, body ?? NOTHING), first * HASH_LENGTH);
    return {
      ...{ first: group.first, rows: group.rows, wanted, ids, hashes },
      payloads: TextColumn.payloads(payloadColumn, wanted),
      shardKeys: sharded && shardColumn !== undefined ? TextColumn.shardKeys(shardColumn) : null,
      vectors: this.#vectors
        ? vectorColumns(vectors, columns.slice(others), (row) => wanted?.[row] !== 0, group.rows)
        : [],
    };
  }

  /** The first `count` columns. While one is read from the file the pages of those before are inflated. */
  async #inflate(group: SegmentGroup, wanted: Uint8Array | null, count: number): Promise<InflatedColumn[]> {
    const inflating: Promise<InflatedColumn>[] = [];
    let bytes = 0;
    for (const [index, chunk] of group.chunks.slice(0, count).entries()) {
      bytes += chunk.length;
      if (bytes > LARGEST_GROUP) throw new Flaw('a row group is too large', 'too_large');
      const { dictionary, pages } = pagesOf(await this.#file.read(chunk.start, chunk.length), chunk, group.rows);
      for (const { length, values } of pages) bytes += length + values;
      bytes += dictionary?.length ?? 0;
      if (bytes > LARGEST_GROUP) throw new Flaw('a row group is too large', 'too_large');
      // Ids and hashes are wanted of all rows: they are the order.
      const column = inflateColumn(dictionary, pages, index < 2 ? null : wanted);
      column.catch(() => undefined);
      inflating.push(column);
    }
    return await Promise.all(inflating);
  }
}

const NOTHING = new Uint8Array(0);

async function inflateColumn(
  dictionary: SegmentPage | null,
  pages: readonly SegmentPage[],
  wanted: Uint8Array | null,
): Promise<InflatedColumn> {
  let end = 0;
  const bodies = pages.map(async (page): Promise<InflatedPage> => {
    const first = end;
    end += page.rows;
    const needed = wanted === null || wanted.subarray(first, end).includes(1);
    return { first, page, body: needed ? await inflate(page) : null };
  });
  // Together, so that no failure of one is missed while another is waited for.
  const [common, ...inflated] = await Promise.all([dictionary === null ? null : inflate(dictionary), ...bodies]);
  return { dictionary: common, pages: inflated };
}

/** In the thread pool, unless it is sooner done than handed over. Never more bytes than the page claims, which is checked. */
async function inflate({ body, length, packed }: Pick<SegmentPage, 'body' | 'length' | 'packed'>): Promise<Uint8Array> {
  if (!packed) return body;
  // In one piece.
  const options = { maxOutputLength: Math.max(1, length), chunkSize: Math.max(64, length + 1) };
  const out = length < SMALL_PAGE ? zlib.gunzipSync(body, options) : await gunzip(body, options);
  if (out.length !== length) throw new Flaw('a page has another length');
  return out;
}
