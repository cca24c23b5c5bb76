import { partsOf, type PointParts } from '../points/point-parts.ts';
import type { Selection } from './compare.ts';
import { readSegment } from './segment-reader.ts';

/** Points of one index mostly have the same parts. Of those beyond this many kinds nothing is remembered. */
const MOST_KINDS = 100_000;

/** Which parts each of some points of a backup has, in four bytes a row. */
export class StoredParts {
  readonly #kinds: PointParts[] = [];
  readonly #rows: Uint32Array[] = [];

  /** Reads them. Throws BACKUP_DAMAGED. */
  static async of(selection: Selection, signal: AbortSignal): Promise<StoredParts> {
    const stored = new StoredParts();
    const known = new Map<string, number>();
    for (const { path, rows } of selection.parts) {
      // One more than the number of the kind; 0: not known.
      const kinds = new Uint32Array(rows.count === 0 ? 0 : rows.rows);
      stored.#rows.push(kinds);
      if (rows.count === 0) continue;
      const select = (row: number): boolean => rows.has(row);
      for await (const batch of readSegment(path, { signal, select }))
        for (const point of batch) kinds[point.row] = stored.#kindOf(partsOf(point, point.buf), known);
    }
    return stored;
  }

  #kindOf(parts: PointParts, known: Map<string, number>): number {
    const text = JSON.stringify([parts.vectors, [...parts.keys].sort(([a], [b]) => (a < b ? -1 : 1))]);
    const kind = known.get(text);
    if (kind !== undefined) return kind;
    if (this.#kinds.length >= MOST_KINDS) return 0;
    this.#kinds.push(parts);
    known.set(text, this.#kinds.length);
    return this.#kinds.length;
  }

  /** null for a point that was not chosen, or is of one kind too many. */
  get(source: number, row: number): PointParts | null {
    return this.#kinds[(this.#rows[source]?.[row] ?? 0) - 1] ?? null;
  }
}
