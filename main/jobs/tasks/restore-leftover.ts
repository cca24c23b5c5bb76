import type { Control } from '../../qdrant/control.ts';
import { isThere } from './import-checks.ts';
import { compareWithIndex } from './live-comparison.ts';
import type { Work } from './restore-work.ts';

/**
 * Whether the target is what an earlier run of this restore made and could not finish, as somebody noted before it began.
 * Since then the index may have been made anew by others: it is ours as long as it holds nothing but points of the backup,
 * the same as there.
 */
export async function isLeftover(
  { task, backup, http, signal, meter }: Pick<Work, 'task' | 'backup' | 'http' | 'signal' | 'meter'>,
  control: Control,
): Promise<boolean> {
  const { collection, unfinished } = task;
  if (!unfinished || !(await isThere(control, collection))) return false;
  const { count, exact } = await control.measure(collection);
  if (exact && count === 0) return true;
  meter.begin('comparing', { points: count });
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  try {
    await compareWithIndex(http, {
      ...{ collection, backup, pathKey: null, signal: either, meter },
      onDifference: (what) => {
        if (what !== 'missing') others.abort();
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!others.signal.aborted) throw error;
  }
  return !others.signal.aborted;
}
