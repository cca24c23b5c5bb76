import { compareIds, type PointId } from '../points/point-id.ts';
import type { StoredBackup } from './catalog.ts';
import { segmentPath } from './layout.ts';
import { deadRows } from './manifest.ts';
import type { MergedRows } from './merged-rows.ts';
import { RowSet } from './row-set.ts';
import { breathe, isLong, rowsOf } from './backup-rows.ts';

/** Some points of a backup, by the rows of its segments. */
export class Selection {
  readonly parts: readonly { readonly path: string; readonly rows: RowSet }[];
  readonly #backup: StoredBackup;

  constructor(backup: StoredBackup) {
    this.#backup = backup;
    const { folder, manifest } = backup;
    this.parts = manifest.segments.map(({ sha256, rows }) => ({
      path: segmentPath(folder, sha256),
      rows: new RowSet(rows),
    }));
  }

  /** All points of a backup. */
  static all(backup: StoredBackup): Selection {
    const all = new Selection(backup);
    for (const [source, ref] of backup.manifest.segments.entries()) {
      const dead = deadRows(ref);
      for (let row = 0; row < ref.rows; row++) if (!dead.has(row)) all.add(source, row);
    }
    return all;
  }

  add(source: number, row: number): void {
    this.parts[source]?.rows.add(row);
  }

  has(source: number, row: number): boolean {
    return this.parts[source]?.rows.has(row) === true;
  }

  /** The points that are also in another selection of the same backup. */
  and(other: Selection): Selection {
    const both = new Selection(this.#backup);
    for (const [source, { rows }] of this.parts.entries())
      for (let row = 0; row < rows.rows; row++) if (rows.has(row) && other.has(source, row)) both.add(source, row);
    return both;
  }

  get count(): number {
    return this.parts.reduce((sum, { rows }) => sum + rows.count, 0);
  }
}

/** `hash` is the one that the backup has, good during the call; none for what is extra. */
export type OnDifference = (
  what: 'missing' | 'different' | 'extra',
  id: PointId,
  source: number,
  row: number,
  hash: Uint8Array | null,
) => void;

/**
 * A backup beside other points: the live index, or another backup. Call `see` for each of them in id order, then `finish`,
 * and `close` at any end.
 */
export class Comparison {
  /** Points of the backup that the other side does not have. */
  readonly missing: Selection;
  /** Points of the backup that the other side has otherwise. */
  readonly different: Selection;
  same = 0;
  /** Points that only the other side has. */
  extra = 0;
  readonly #rows: MergedRows;
  readonly #onDifference: OnDifference | undefined;
  #ahead: boolean;

  /** `onDifference` is told of each in id order; `source` and `row` are -1 for what only the other side has. */
  constructor(backup: StoredBackup, onDifference?: OnDifference) {
    this.#onDifference = onDifference;
    this.missing = new Selection(backup);
    this.different = new Selection(backup);
    this.#rows = rowsOf(backup.folder, backup.manifest.segments);
    this.#ahead = this.#rows.next();
  }

  see(id: PointId, hash: Uint8Array): 'extra' | 'different' | 'same' {
    const rows = this.#rows;
    while (this.#ahead && compareIds(rows.id, id) < 0) this.#miss();
    if (!this.#ahead || compareIds(rows.id, id) !== 0) {
      this.extra++;
      this.#onDifference?.('extra', id, -1, -1, null);
      return 'extra';
    }
    const same = Buffer.compare(rows.hash, hash) === 0;
    if (same) this.same++;
    else {
      this.different.add(rows.source, rows.row);
      this.#onDifference?.('different', id, rows.source, rows.row, rows.hash);
    }
    this.#ahead = rows.next();
    return same ? 'same' : 'different';
  }

  #miss(): void {
    const { source, row, id, hash } = this.#rows;
    this.missing.add(source, row);
    this.#onDifference?.('missing', id, source, row, hash);
    this.#ahead = this.#rows.next();
  }

  /** The other side has no more points. Throws what `signal` is aborted with. */
  async finish(signal: AbortSignal): Promise<void> {
    for (let seen = 1; this.#ahead; seen++) {
      this.#miss();
      if (isLong(seen)) await breathe(signal);
    }
    this.close();
  }

  close(): void {
    this.#ahead = false;
    this.#rows.close();
  }
}

/** What became of the points of `from` in `to`; of those that are added and changed, the rows in `to`. */
export async function compareBackups(
  from: StoredBackup,
  to: StoredBackup,
  signal: AbortSignal,
): Promise<{ readonly comparison: Comparison; readonly added: Selection; readonly changed: Selection }> {
  const added = new Selection(to);
  const changed = new Selection(to);
  const comparison = new Comparison(from);
  const rows = rowsOf(to.folder, to.manifest.segments);
  try {
    for (let seen = 1; rows.next(); seen++) {
      if (isLong(seen)) await breathe(signal);
      const what = comparison.see(rows.id, rows.hash);
      if (what === 'extra') added.add(rows.source, rows.row);
      else if (what === 'different') changed.add(rows.source, rows.row);
    }
    await comparison.finish(signal);
  } finally {
    rows.close();
    comparison.close();
  }
  return { comparison, added, changed };
}
