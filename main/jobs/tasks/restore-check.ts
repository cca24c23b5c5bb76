import { idText } from '../../points/point-id.ts';
import { PartsHasher } from '../../points/point-parts.ts';
import type { Selection } from '../../vault/compare.ts';
import { keptPromise, type RestoreStrategy } from '../../vault/restore-plan.ts';
import { StoredParts } from '../../vault/stored-parts.ts';
import { compareWithIndex, type Place } from './live-comparison.ts';
import type { PathFilter } from './path-filter.ts';
import type { Work } from './restore-work.ts';

/** How many points differ, and the first of them by name. */
export interface Differences {
  readonly count: number;
  readonly points: { readonly point: string; readonly what: 'missing' | 'different' | 'extra' }[];
}

/** Differences that are named. */
const NAMED = 100;

/** What was restored, and how. */
export interface Restored {
  readonly chosen: Selection;
  /** Points that were there before, and not the same. */
  readonly different: Selection;
  readonly filter: PathFilter | null;
  readonly strategy: RestoreStrategy;
  /** The target should hold nothing else. */
  readonly only: boolean;
  /** Whether a point whose hash is another one is the same all the same. */
  readonly same?: (place: Place) => boolean;
}

type Means = Pick<Work, 'backup' | 'http' | 'signal' | 'meter'> & {
  readonly target: Pick<Work['target'], 'name'>;
  readonly task: Pick<Work['task'], 'pathKey'>;
};

/** Reads the target and compares it with the backup, point by point. */
export async function checkRestored(
  { task, backup, target, http, signal, meter }: Means,
  { chosen, different, filter, strategy, only, same }: Restored,
): Promise<{ verified: boolean; differences: Differences }> {
  const counts = { missing: 0, different: 0, extra: 0, tolerated: 0 };
  const points: Differences['points'] = [];
  const merged = strategy === 'merge' ? await StoredParts.of(different, signal) : null;
  const hasher = new PartsHasher();
  // What else the point held may still be there; what the backup has must be.
  const holds = ({ source, row, hash, live }: Place): boolean => {
    const parts = merged?.get(source, row) ?? null;
    if (parts === null || hash === null || live === null) return false;
    return hasher.hash(live.point, live.buf, parts).equals(hash);
  };
  await compareWithIndex(http, {
    ...{ collection: target.name, backup, pathKey: backup.manifest.path_key ?? task.pathKey, signal, meter },
    onDifference: (what, id, place) => {
      const { path, source, row } = place;
      if (what === 'extra') {
        if (filter !== null && !filter(path)) return;
      } else {
        if (!chosen.has(source, row)) return;
        if (what === 'different' && same?.(place) === true) return;
        const kept = strategy === 'skip' || (strategy === 'merge' && holds(place));
        if (what === 'different' && kept && different.has(source, row)) counts.tolerated++;
      }
      counts[what]++;
      if (points.length < NAMED) points.push({ point: idText(id), what });
    },
  });
  return {
    verified: keptPromise({ ...counts, same: 0 }, only),
    differences: { count: counts.missing + counts.different + counts.extra, points },
  };
}
