import { compareIds, NO_ID, type PointId } from '../points/point-id.ts';
import type { RowSet } from './row-set.ts';
import { SegmentKeys } from './segment-keys.ts';

/** A segment as somebody means it: the rows that are of interest. */
export interface RowSource {
  readonly path: string;
  /** Rows that are left out. */
  readonly dead: RowSet;
}

/**
 * Ids and hashes of the rows of several segments, in id order. Synchronous, since it is walked in step with points that
 * are being scanned; it reads a row group of each segment at a time. Throws BACKUP_DAMAGED.
 */
export class MergedRows {
  /** Where the walk stands: in which source, at which row. */
  source = -1;
  row = -1;
  id: PointId = NO_ID;
  hash: Uint8Array = new Uint8Array();
  /** The ones that are not at their end, by the id they stand at. */
  readonly #waiting: Walk[] = [];
  #current: Walk | null = null;
  readonly #all: Walk[] = [];

  constructor(sources: readonly RowSource[]) {
    try {
      for (const [index, { path, dead }] of sources.entries()) {
        const walk = { index, keys: SegmentKeys.open(path), dead };
        this.#all.push(walk);
        if (advance(walk)) this.#insert(walk);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** To the next row; false at the end. */
  next(): boolean {
    const walk = this.#ahead();
    this.#current = walk;
    if (walk === null) {
      this.source = this.row = -1;
      this.id = NO_ID;
      return false;
    }
    this.source = walk.index;
    this.row = walk.keys.row;
    this.id = walk.keys.id;
    this.hash = walk.keys.hash;
    return true;
  }

  close(): void {
    for (const { keys } of this.#all) keys.close();
    this.#all.length = 0;
  }

  #ahead(): Walk | null {
    const current = this.#current;
    const next = this.#waiting[0];
    if (current !== null && advance(current)) {
      // Mostly one segment holds nearly all rows.
      if (next === undefined || compareIds(current.keys.id, next.keys.id) < 0) return current;
      this.#insert(current);
    }
    return this.#waiting.shift() ?? null;
  }

  #insert(walk: Walk): void {
    let at = 0;
    for (let other = this.#waiting[at]; other !== undefined; other = this.#waiting[++at])
      if (compareIds(walk.keys.id, other.keys.id) < 0) break;
    this.#waiting.splice(at, 0, walk);
  }
}

interface Walk {
  readonly index: number;
  readonly keys: SegmentKeys;
  readonly dead: RowSet;
}

function advance({ keys, dead }: Walk): boolean {
  while (keys.next()) if (!dead.has(keys.row)) return true;
  return false;
}
