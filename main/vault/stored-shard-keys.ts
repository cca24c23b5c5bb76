import type { Selection } from './compare.ts';
import { readSegment } from './segment-reader.ts';

/** The shard key that each of some points of a backup has, in four bytes a row. */
export class StoredShardKeys {
  readonly #keys: string[] = [];
  readonly #rows: Uint32Array[] = [];

  /** Reads them. Throws BACKUP_DAMAGED. */
  static async of(selection: Selection, signal: AbortSignal): Promise<StoredShardKeys> {
    const stored = new StoredShardKeys();
    const known = new Map<string, number>();
    for (const { path, rows } of selection.parts) {
      // One more than the number of the key; 0: none.
      const keys = new Uint32Array(rows.rows);
      stored.#rows.push(keys);
      const select = (row: number): boolean => rows.has(row);
      for await (const batch of readSegment(path, { signal, select, vectors: false }))
        for (const { row, shardKey } of batch) if (shardKey !== null) keys[row] = stored.#numberOf(shardKey, known);
    }
    return stored;
  }

  #numberOf(key: string, known: Map<string, number>): number {
    const number = known.get(key) ?? this.#keys.push(key);
    known.set(key, number);
    return number;
  }

  /** As JSON text in its canonical spelling; null for a point without one. */
  get(source: number, row: number): string | null {
    return this.#keys[(this.#rows[source]?.[row] ?? 0) - 1] ?? null;
  }
}
