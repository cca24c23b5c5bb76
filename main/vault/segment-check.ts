import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openFile } from '../files/open-file.ts';
import { Fingerprint, PointHasher, type FingerprintSums } from '../points/point-hash.ts';
import { compareIds, idText, NO_ID, type PointId } from '../points/point-id.ts';
import { damaged, Flaw, SegmentBytes, SegmentFile, type SegmentGroup, type SegmentShape } from './segment-file.ts';
import { GroupLoader } from './segment-group.ts';
import { pointsOf } from './segment-reader.ts';

/** A row group of a segment, which may be without its end yet. Plain data: another thread can be told. */
export interface GroupToCheck {
  readonly path: string;
  readonly shape: SegmentShape;
  readonly group: SegmentGroup;
}

/** What the points of a row group are together, and the ids that come first and last if there are any. */
export interface CheckedGroup {
  readonly sums: FingerprintSums;
  readonly first: PointId;
  readonly last: PointId;
}

/** Throws BACKUP_DAMAGED. */
export type CheckGroup = (what: GroupToCheck) => Promise<CheckedGroup>;

/**
 * Decodes every point of a row group and compares its hash with the one beside it. Throws BACKUP_DAMAGED, {row, point}
 * naming the first that is not as it was stored.
 */
export async function checkGroup({ path, shape, group }: GroupToCheck): Promise<CheckedGroup> {
  const bytes = SegmentBytes.open(path);
  try {
    const loaded = await new GroupLoader(bytes, shape).load(group, null);
    const hasher = new PointHasher();
    const fingerprint = new Fingerprint();
    for (const point of pointsOf(loaded)) {
      const hash = hasher.hash(point, point.buf);
      if (!hash.equals(point.hash))
        throw damaged(path, new Flaw('its hash is another', 'point'), { row: point.row, point: idText(point.id) });
      fingerprint.add(hash);
    }
    const [first, last] = [{ ...NO_ID }, { ...NO_ID }];
    loaded.ids.get(0, first);
    loaded.ids.get(loaded.rows - 1, last);
    return { sums: fingerprint.sums, first, last };
  } catch (error) {
    throw damaged(path, error, { row: group.first });
  } finally {
    bytes.close();
  }
}

interface Failure {
  readonly group: SegmentGroup;
  readonly error: unknown;
}

/** Row groups of a segment that are checked, in any order, by whoever has time. */
export class GroupChecks {
  /** Those that were added, in their order. */
  readonly groups: SegmentGroup[] = [];
  readonly #path: string;
  readonly #shape: SegmentShape;
  readonly #signal: AbortSignal | undefined;
  readonly #fingerprint = new Fingerprint();
  readonly #checked = new Map<SegmentGroup, CheckedGroup>();
  #next = 0;
  #failure: Failure | null = null;

  constructor(path: string, shape: SegmentShape, signal?: AbortSignal) {
    this.#path = path;
    this.#shape = shape;
    this.#signal = signal;
  }

  add(group: SegmentGroup): void {
    this.groups.push(group);
  }

  /** Takes groups until there are no more, or one was not as it should be. Never rejects: `result` tells. */
  async work(check: CheckGroup): Promise<void> {
    for (;;) {
      const group = this.groups[this.#next];
      if (group === undefined || this.#failure !== null || this.#signal?.aborted === true) return;
      this.#next++;
      try {
        const checked = await check({ path: this.#path, shape: this.#shape, group });
        this.#fingerprint.merge(checked.sums);
        this.#checked.set(group, checked);
      } catch (error) {
        // The first of them is named, whichever was looked at first.
        this.#failed({ group, error });
      }
    }
  }

  #failed(failure: Failure): void {
    if (this.#failure === null || this.#failure.group.first > failure.group.first) this.#failure = failure;
  }

  /** Of all points, once nobody works any more. Throws BACKUP_DAMAGED. */
  get result(): Fingerprint {
    this.#signal?.throwIfAborted();
    if (this.#failure !== null) throw this.#failure.error;
    let before: CheckedGroup | undefined;
    for (const group of this.groups.filter(({ rows }) => rows > 0)) {
      const one = this.#checked.get(group);
      if (before !== undefined && one !== undefined && compareIds(before.last, one.first) >= 0)
        throw damaged(this.#path, new Flaw('ids are out of order', 'order'), { row: group.first });
      before = one;
    }
    return this.#fingerprint;
  }
}

/** While the points of one group are looked at, the next is read and inflated by other threads. */
export const workHere = async (checks: GroupChecks): Promise<void> => {
  await Promise.all([checks.work(checkGroup), checks.work(checkGroup)]);
};

/** A second thread is worth its start from here on. */
const MANY_GROUPS = 4;

export interface CheckOptions {
  readonly signal?: AbortSignal | undefined;
  /** Who else has time. */
  readonly helper?: CheckGroup | undefined;
}

/** Checks every row group: what all points are together, dead or not. Throws BACKUP_DAMAGED. */
export async function checkSegment(path: string, { signal, helper }: CheckOptions = {}): Promise<Fingerprint> {
  const file = SegmentFile.open(path);
  file.close();
  const { vectors, sharded, groups } = file;
  const checks = new GroupChecks(path, { vectors, sharded }, signal);
  for (const group of groups) checks.add(group);
  const helped = helper !== undefined && groups.length >= MANY_GROUPS;
  await Promise.all([workHere(checks), ...(helped ? [checks.work(helper), checks.work(helper)] : [])]);
  return checks.result;
}

const PIECE = 1 << 20;

/** sha256 of a file, hexadecimal, a megabyte in memory. Throws BACKUP_DAMAGED {missing, unreadable}. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  let file: FileHandle | null = null;
  try {
    file = await openFile(path);
    const { size } = await file.stat();
    const piece = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, PIECE)));
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return sum.digest('hex');
      sum.update(piece.subarray(0, bytesRead));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw damaged(path, error);
  } finally {
    await file?.close();
  }
}
