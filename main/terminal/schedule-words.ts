/** Schedules, and the times they come to, as a terminal says them. Pure. */
import type { ProtectedIndex, ProtectionView, Retention } from '../../preload/api.ts';
import type { Schedule } from '../schedule/slots.ts';
import type { Tone } from './colour.ts';
import { count, localTime, plain } from './output.ts';

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** "every day at 02:30 and 14:00" */
export function scheduleWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'off':
      return 'off';
    case 'hourly':
      return `every hour at :${String(schedule.minute).padStart(2, '0')}`;
    case 'daily':
      return `every day at ${listed(schedule.times)}`;
    case 'weekly':
      return `every ${daysWords(schedule.days)} at ${listed(schedule.times)}`;
    case 'cron':
      return `cron ${plain(schedule.expression.trim().replace(/\s+/g, ' '))}`;
  }
}

function daysWords(days: readonly number[]): string {
  const sorted = [...days].sort((a, b) => a - b);
  if (sorted.join() === '1,2,3,4,5') return 'Monday to Friday';
  return sorted.length === DAYS.length ? 'day' : listed(sorted.map((day) => DAYS[day - 1] ?? ''));
}

/** "a, b and c" */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

const SHOWN = 3;
/** "code, docs, notes and 4 more" */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(plain);
  return names.length <= SHOWN + 1
    ? listed(names.map(plain))
    : `${shown.join(', ')} and ${count(names.length - SHOWN)} more`;
}

/** "Tue 2026-11-24 02:30" */
export function slotTime(iso: string): string {
  return `${new Intl.DateTimeFormat('en-GB', { weekday: 'short' }).format(new Date(iso))} ${localTime(iso)}`;
}

/** "keeps the newest 3, 7 daily and 4 weekly of each index" */
export function keepWords(keep: Retention | null): string {
  if (keep === null) return 'keeps all backups';
  const { keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly } = keep;
  const rules: (readonly [number | undefined, string])[] = [
    [keepHourly, 'hourly'],
    [keepDaily, 'daily'],
    [keepWeekly, 'weekly'],
    [keepMonthly, 'monthly'],
  ];
  const said = rules.flatMap(([number = 0, name]) => (number > 0 ? [`${count(number)} ${name}`] : []));
  if ((keepLast ?? 0) > 0) said.unshift(`the newest ${count(keepLast ?? 0)}`);
  return said.length === 0 ? 'keeps all backups' : `keeps ${listed(said)} of each index`;
}

/**
 * Its newest backup, and so whether it is overdue, is not known. `unread`: the vault cannot be read; what had been read
 * before is known all the same.
 */
export const isUnknown = ({ health, lastGood }: ProtectedIndex, unread: boolean): boolean =>
  unread && lastGood === null && ['overdue', 'due', 'never'].includes(health);

/** How an index stands: in capitals what somebody should do something about. */
export function standingOf(
  index: ProtectedIndex,
  unread = false,
): { readonly word: string; readonly tone: Tone; readonly rank: number } {
  const { health, tested, change, schedule } = index;
  if (isUnknown(index, unread) && schedule.kind !== 'off') return { word: 'unknown', tone: 'notice', rank: 1 };
  if (health === 'failing') return { word: 'FAILING', tone: 'bad', rank: 0 };
  if (health === 'overdue') return { word: 'OVERDUE', tone: 'bad', rank: 1 };
  if (tested?.ok === false) return { word: 'TEST FAILED', tone: 'bad', rank: 2 };
  if (change !== null) return { word: change.what, tone: 'notice', rank: 3 };
  if (health === 'running') return { word: 'backing up', tone: 'notice', rank: 6 };
  if (schedule.kind === 'off' || health === 'unprotected') return { word: 'no schedule', tone: 'quiet', rank: 8 };
  if (health === 'never') return { word: 'no backup yet', tone: 'notice', rank: 4 };
  if (health === 'due') return { word: 'due', tone: 'notice', rank: 5 };
  return health === 'paused' ? { word: 'paused', tone: 'notice', rank: 5 } : { word: 'safe', tone: 'good', rank: 7 };
}

/** Something is to be backed up by itself. */
export const isScheduled = ({ indexes, defaults }: Pick<ProtectionView, 'indexes' | 'defaults'>): boolean =>
  [...indexes, ...defaults].some(({ schedule }) => schedule.kind !== 'off');

/** Who runs them, where it is not this program; undefined: there is nothing to run. */
export function keeperWords(view: Pick<ProtectionView, 'indexes' | 'defaults' | 'keeper'>): string | undefined {
  if (!isScheduled(view) || view.keeper === 'here') return undefined;
  return view.keeper === 'other'
    ? 'The schedules are run by the app, or by another vectorkeep serve.'
    : 'Nobody runs the schedules now: start the app, or vectorkeep serve.';
}
