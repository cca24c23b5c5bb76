/** What a vault should do, in memory and without files: an index, its backups as plain copies, and numbers by counting. */
import type { RestoreStrategy } from '../../main/vault/restore-plan.ts';

export interface ModelPoint {
  readonly vector: readonly number[];
  readonly payload: Readonly<Record<string, unknown>>;
}

/** By the text of the id. */
export type ModelIndex = ReadonlyMap<string, ModelPoint>;

export interface ModelBackup {
  readonly name: string;
  readonly collection: string;
  readonly points: ModelIndex;
  readonly safety: boolean;
  /** Points of the backup before, when this has half of them or fewer. */
  readonly shrankFrom: number | null;
  pinned: boolean;
  accepted: boolean;
}

export interface Difference {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly same: number;
}

export class VaultModel {
  readonly indexes = new Map<string, Map<string, ModelPoint>>();
  /** Oldest first. */
  backups: ModelBackup[] = [];

  index(collection: string): Map<string, ModelPoint> {
    const known = this.indexes.get(collection) ?? new Map<string, ModelPoint>();
    this.indexes.set(collection, known);
    return known;
  }

  /** The newest backup of a collection, which the next one builds on. */
  newest(collection: string): ModelBackup | undefined {
    return this.backups.findLast((backup) => backup.collection === collection);
  }

  backUp(collection: string, name: string, { safety, pinned = false }: { safety: boolean; pinned?: boolean }): void {
    const points = new Map(this.index(collection));
    const usual = this.backups.findLast((backup) => backup.collection === collection && !backup.safety);
    const before = (usual ?? this.newest(collection))?.points.size ?? 0;
    const shrankFrom = before > 0 && points.size * 2 <= before ? before : null;
    this.backups.push({ name, collection, points, safety, shrankFrom, pinned, accepted: false });
  }

  /** What a restore does, in numbers. */
  plan(backup: ModelBackup, collection: string, strategy: RestoreStrategy) {
    const { added, changed, removed, same } = difference(backup.points, this.index(collection));
    const updated = strategy === 'skip' ? 0 : changed;
    const gone = strategy === 'exact' ? added : 0;
    return { new: removed, updated, skipped: same + changed - updated, removed: gone, destroys: updated + gone > 0 };
  }

  restore({ points }: ModelBackup, collection: string, strategy: RestoreStrategy): void {
    const index = this.index(collection);
    if (strategy === 'exact') index.clear();
    for (const [id, point] of points) {
      const there = index.get(id);
      if (there === undefined || strategy === 'overwrite' || strategy === 'exact') index.set(id, point);
      else if (strategy === 'merge' && !same(there, point))
        index.set(id, { vector: point.vector, payload: { ...there.payload, ...point.payload } });
    }
  }

  /** A smaller index is fine, and so is what led to it. */
  accept(backup: ModelBackup): void {
    backup.accepted = true;
    for (const before of this.backups.slice(0, this.backups.indexOf(backup)))
      if (before.collection === backup.collection && before.shrankFrom !== null) before.accepted = true;
  }

  /** Removes what the newest N of each collection, pins, safety copies of this week, a floor and a freeze do not keep. Gives their names, oldest first. */
  prune(keepLast: number, damaged: ReadonlySet<string>): string[] {
    const kept = new Set(this.backups.filter(({ pinned, safety }) => pinned || safety));
    for (const collection of new Set(this.backups.map((backup) => backup.collection))) {
      const all = this.backups.filter((backup) => backup.collection === collection);
      const usual = all.filter(({ safety }) => !safety);
      const whole = all.filter(({ name }) => !damaged.has(name));
      const floor = whole.findLast(({ safety }) => !safety) ?? whole.at(-1) ?? all.at(-1);
      if (floor !== undefined) kept.add(floor);
      const frozen = all.some(({ safety, shrankFrom, accepted }) => !safety && shrankFrom !== null && !accepted);
      for (const backup of frozen || keepLast === 0 ? all : usual.slice(-keepLast)) kept.add(backup);
    }
    const removed = this.backups.filter((backup) => !kept.has(backup)).map(({ name }) => name);
    this.backups = this.backups.filter((backup) => kept.has(backup));
    return removed;
  }
}

/** What became of the points of `from` in `to`. */
export function difference(from: ModelIndex, to: ModelIndex): Difference {
  const counts = { added: 0, changed: 0, removed: 0, same: 0 };
  for (const [id, point] of to) {
    const before = from.get(id);
    if (before === undefined) counts.added++;
    else counts[same(before, point) ? 'same' : 'changed']++;
  }
  for (const id of from.keys()) if (!to.has(id)) counts.removed++;
  return counts;
}

const same = (a: ModelPoint, b: ModelPoint): boolean => canonical(a) === canonical(b);

const canonical = ({ vector, payload }: ModelPoint): string =>
  JSON.stringify([vector, Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1))]);
