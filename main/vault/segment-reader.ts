import type { PointValues, VectorValues } from '../points/point-values.ts';
import { HASH_LENGTH } from './segment-columns.ts';
import { damaged, SegmentFile } from './segment-file.ts';
import { GroupLoader, type LoadedGroup } from './segment-group.ts';

export interface ReadSegmentOptions {
  readonly signal?: AbortSignal;
  /** Which rows are wanted, by their number in the segment; all unless given. Pages without a wanted row are not inflated. */
  readonly select?: (row: number) => boolean;
  /** False: ids, hashes, payloads and shard keys alone. */
  readonly vectors?: boolean;
}

/** A point of a segment. The object and what it refers to are good until the next point is asked for. */
export interface StoredPoint extends PointValues {
  /** Its number in the segment. */
  readonly row: number;
  /** The hash that stands beside it; whether it is the point's own is for the reader to see. */
  readonly hash: Uint8Array;
  /** Where the payload's span lies. It is JSON that was scanned, with a zero behind it. */
  readonly buf: Uint8Array;
}

/** The wanted rows of one row group, in their order. */
export type SegmentBatch = Iterable<StoredPoint>;

/**
 * Reads points of a segment. While those of one row group are looked at, the next group is read and inflated in other
 * threads; two groups are in memory. Throws BACKUP_DAMAGED {reason, path} for anything that no whole segment has, and
 * what `signal` is aborted with.
 */
export async function* readSegment(
  path: string,
  { signal, select, vectors = true }: ReadSegmentOptions = {},
): AsyncGenerator<SegmentBatch, void, undefined> {
  const file = SegmentFile.open(path);
  const loader = new GroupLoader(file, { vectors });
  let ahead: Promise<LoadedGroup | null> | undefined;
  try {
    const groups = file.groups[Symbol.iterator]();
    const load = (): Promise<LoadedGroup | null> | undefined => {
      for (let next = groups.next(); next.done !== true; next = groups.next()) {
        const group = next.value;
        const wanted = wantedRows(group.first, group.rows, select);
        if (wanted === 'none') continue;
        const loading = loader.load(group, wanted === 'all' ? null : wanted).catch((error: unknown) => {
          throw damaged(path, error, { row: group.first });
        });
        loading.catch(() => undefined);
        return loading;
      }
      return undefined;
    };
    ahead = load();
    while (ahead !== undefined) {
      signal?.throwIfAborted();
      const loaded = await ahead;
      signal?.throwIfAborted();
      ahead = load();
      if (loaded !== null) yield pointsOf(loaded);
    }
  } finally {
    // Nothing may read a file that is closed.
    await ahead?.catch(() => undefined);
    file.close();
  }
}

function wantedRows(first: number, rows: number, select: ReadSegmentOptions['select']): Uint8Array | 'all' | 'none' {
  if (select === undefined) return 'all';
  const wanted = new Uint8Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (!select(first + row)) continue;
    wanted[row] = 1;
    count++;
  }
  return count === 0 ? 'none' : wanted;
}

function* pointsOf({ first, rows, wanted, ids, hashes, payloads, shardKeys, vectors }: LoadedGroup): SegmentBatch {
  const span = { start: 0, end: 0 };
  const present: VectorValues[] = [];
  const hash = new Uint8Array(HASH_LENGTH);
  const none = new Uint8Array(1);
  // Filled again for every row.
  const point: Writable<StoredPoint> = {
    ...{ id: { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 }, row: 0, hash, vectors: present },
    ...{ payload: null, buf: none, shardKey: null },
  };
  for (let row = 0; row < rows; row++) {
    if (wanted !== null && wanted[row] === 0) continue;
    ids.get(row, point.id);
    const payload = payloads.at(row);
    if (payload !== null) {
      span.start = payload.start;
      span.end = payload.end;
    }
    present.length = 0;
    for (const column of vectors) {
      const vector = column(row);
      if (vector !== null) present.push(vector);
    }
    for (let n = 0, at = row * HASH_LENGTH; n < HASH_LENGTH; n++, at++) hash[n] = hashes[at] as number;
    point.row = first + row;
    point.payload = payload === null ? null : span;
    point.buf = payload === null ? none : payload.buf;
    point.shardKey = shardKeys?.text(row) ?? null;
    yield point;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
