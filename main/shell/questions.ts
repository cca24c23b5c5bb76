/** What the app asks before it does what cannot be taken back. Pure. */
import type { JobView, PruneResult, Retention } from '../../preload/api.ts';
import { bytes } from '../terminal/output.ts';

export interface Words {
  readonly message: string;
  readonly detail: string;
  /** Leaves everything as it is. */
  readonly no: string;
  readonly yes: string;
}

/** What becomes of work that is cancelled, by its kind. */
const LEFT: readonly { readonly kinds: readonly JobView['kind'][]; readonly words: string }[] = [
  {
    kinds: ['backup'],
    words:
      'A cancelled backup leaves nothing behind, and your earlier backups stay as they are. One that was planned is made up for after the next start.',
  },
  { kinds: ['export', 'export-backup'], words: 'A cancelled export leaves nothing behind.' },
  { kinds: ['import', 'restore'], words: 'A cancelled import or restore can be run again.' },
  { kinds: ['drill'], words: 'A cancelled test harms no backup, and the copy it made is removed.' },
  { kinds: ['move'], words: 'If the move of your backups is cancelled, they stay where they are.' },
];
const MOST_TITLES = 10;

/** Asked when somebody quits while there is work. `jobs` with titles as "Exporting code-index". */
export function quitQuestion(jobs: readonly Pick<JobView, 'kind' | 'title'>[]): Words {
  const titles = jobs.slice(0, MOST_TITLES).map(({ title }) => title);
  const others = jobs.length - titles.length;
  const list = [...titles, ...(others > 0 ? [`and ${others} more`] : [])].join('\n');
  const left = LEFT.filter(({ kinds }) => jobs.some(({ kind }) => kinds.includes(kind))).map(({ words }) => words);
  return {
    message: jobs.length === 1 ? 'Vectorkeep is still working' : `Vectorkeep is still working on ${jobs.length} things`,
    detail: [list, ['Quitting cancels the work.', ...left].join(' ')].join('\n\n'),
    no: 'Keep working',
    yes: 'Cancel the work and quit',
  };
}

/** What choosing a rotation would delete; null where nobody can say it now, and then `why`. */
export type RotationLoss =
  Pick<PruneResult, 'removed' | 'bytesFreed'> | { readonly removed: null; readonly why: string };

/** Asked before a rotation is chosen that would delete backups; null: it deletes none. */
export function rotationQuestion(keep: Retention, loss: RotationLoss): Words | null {
  const last = keep.keepLast ?? 0;
  const words = {
    message: `Keep only the last ${last} backups of each index?`,
    no: 'Leave it as it is',
    yes: 'Keep fewer',
  };
  if (loss.removed === null) {
    return {
      ...words,
      detail: `Older backups are deleted after the next backup. How many cannot be said now: ${loss.why}`,
    };
  }
  const count = loss.removed.length;
  if (count === 0) return null;
  const backups = count === 1 ? '1 backup is' : `${count.toLocaleString('en')} backups are`;
  return {
    ...words,
    detail: `After the next backup ${backups} deleted for good, which frees ${bytes(loss.bytesFreed)}. Pinned backups stay.`,
  };
}
