import { stat } from 'node:fs/promises';
import type { Catalog } from './catalog.ts';
import { segmentPath } from './layout.ts';
import { deadRows, type Manifest, type SegmentRef } from './manifest.ts';
import type { RowSource } from './merged-rows.ts';
import type { RowSet } from './row-set.ts';
import { SAFETY } from './rotation.ts';
import { sha256OfFile } from './segment-check.ts';

/** Of a segment with more dead rows than this share, the others are written anew. */
const MOSTLY_DEAD = 0.3;
/** With more segments than this, the smallest are put together. */
const MOST_SEGMENTS = 32;
const FEWER_SEGMENTS = 16;

/** The backup that a new one builds on, and what becomes of its segments. */
export interface Parent {
  readonly manifest: Manifest | null;
  /**
   * Points of the newest backup before that is no safety copy: one of those may show what an accident left, and must not
   * become what is usual. 0: there is none.
   */
  readonly usualPoints: number;
  /** Segments that cannot be built on: gone or damaged. */
  readonly damaged: number;
  /** The rows to compare with. */
  readonly sources: readonly RowSource[];
  /** Whether an unchanged row of that source may stay where it is. */
  stays(source: number): boolean;
  /** That row is not of the new backup. */
  bury(source: number, row: number): void;
  /** What the new backup takes over. After all rows were compared. */
  remaining(): SegmentRef[];
}

/**
 * The newest backup of a collection that is not later than `at`: one that a wrong clock dated into the future would stay
 * the newest for years, and every backup would store again what changed since. Its segments are compared with their
 * checksums first: upon damage nothing is built, so those points are stored anew, and the next backup is whole again.
 */
export async function chooseParent(
  { backups }: Catalog,
  { folder, at, signal }: { readonly folder: string; readonly at: Date; readonly signal: AbortSignal },
): Promise<Parent> {
  const all = backups.filter((backup) => backup.folder === folder).map((backup) => backup.manifest);
  const earlier = all.filter((one) => Date.parse(one.created_at) <= at.getTime());
  const before = earlier.length > 0 ? earlier : all;
  const manifest = before.at(-1) ?? null;
  const usual = before.findLast(({ reason }) => reason !== SAFETY) ?? manifest;
  const usable: { ref: SegmentRef; dead: RowSet }[] = [];
  for (const ref of manifest?.segments ?? []) {
    const path = segmentPath(folder, ref.sha256);
    const size = await stat(path).then(
      (found) => found.size,
      () => null,
    );
    const found = size === ref.bytes ? await sha256OfFile(path, signal).catch(() => null) : null;
    signal.throwIfAborted();
    if (found === ref.sha256) usable.push({ ref, dead: deadRows(ref) });
  }
  const folded = toFold(usable);
  return {
    manifest,
    usualPoints: usual?.total_vectors ?? 0,
    damaged: (manifest?.segments.length ?? 0) - usable.length,
    sources: usable.map(({ ref, dead }) => ({ path: segmentPath(folder, ref.sha256), dead: dead.copy() })),
    stays: (source) => !folded.has(source),
    bury: (source, row) => usable[source]?.dead.add(row),
    remaining: () =>
      usable
        .filter(({ ref, dead }, source) => !folded.has(source) && dead.count < ref.rows)
        .map(({ ref, dead }) => ({ ...ref, dead: dead.toString() })),
  };
}

/** Which segments are written anew, by their place in the list. Pure. */
export function toFold(segments: readonly { readonly ref: SegmentRef; readonly dead: RowSet }[]): Set<number> {
  const live = segments.map(({ ref, dead }, source) => ({ source, rows: ref.rows - dead.count }));
  const fold = new Set<number>();
  for (const [source, { ref, dead }] of segments.entries()) if (dead.count > ref.rows * MOSTLY_DEAD) fold.add(source);
  if (segments.length > MOST_SEGMENTS) {
    live.sort((a, b) => a.rows - b.rows);
    for (const { source } of live.slice(0, segments.length - FEWER_SEGMENTS)) fold.add(source);
  }
  return fold;
}
