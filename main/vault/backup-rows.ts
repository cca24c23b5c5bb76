import { setImmediate } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import { Fingerprint } from '../points/point-hash.ts';
import { compareIds, idText, NO_ID } from '../points/point-id.ts';
import { segmentPath } from './layout.ts';
import { deadRows, type SegmentRef } from './manifest.ts';
import { MergedRows } from './merged-rows.ts';

/** The rows of a backup in id order. Close them. Throws BACKUP_DAMAGED. */
export function rowsOf(folder: string, segments: readonly SegmentRef[]): MergedRows {
  return new MergedRows(segments.map((ref) => ({ path: segmentPath(folder, ref.sha256), dead: deadRows(ref) })));
}

/** Rows between two looks at whether to go on, some ten milliseconds of work: a thread that does not answer is ended by force. */
const ROWS_AT_ONCE = 1 << 14;

/** Is it time to `breathe`, so many rows having been walked? */
export const isLong = (rows: number): boolean => rows % ROWS_AT_ONCE === 0;

/** Lets everything else in this thread have its turn, such as the message that the work is to stop: throws what `signal` is aborted with. */
export async function breathe(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}

/** What the rows of a backup are together. Throws BACKUP_DAMAGED, also {order, point} for a point that two rows claim. */
export async function sumRows(
  folder: string,
  segments: readonly SegmentRef[],
  signal: AbortSignal,
): Promise<Fingerprint> {
  const fingerprint = new Fingerprint();
  const last = { ...NO_ID };
  const rows = rowsOf(folder, segments);
  try {
    while (rows.next()) {
      if (fingerprint.count > 0 && compareIds(last, rows.id) >= 0)
        throw new Fault('BACKUP_DAMAGED', { reason: 'order', point: idText(rows.id) });
      Object.assign(last, rows.id);
      fingerprint.add(rows.hash);
      if (isLong(fingerprint.count)) await breathe(signal);
    }
  } finally {
    rows.close();
  }
  return fingerprint;
}
