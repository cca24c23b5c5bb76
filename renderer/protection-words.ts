/** How indexes stand, in words and shapes. Pure: the screens show what stands here. */
import type { BackupSummary, DayCell, DayState, Health, ProtectedIndex, ProtectionView } from '../preload/api.ts';
import { lastBackup } from './backups.ts';
import { daysBetween, formatAge, formatClock, quoteName } from './format.ts';

/** Told apart without colour; each is drawn once, in components/health.tsx. */
export type Shape = 'safe' | 'working' | 'attention' | 'failed' | 'waiting' | 'paused' | 'open';

export interface Standing {
  readonly label: string;
  readonly shape: Shape;
  /** After a number of indexes: "2 without a backup". */
  readonly counted: string;
}

const STANDINGS: Record<Health, Standing> = {
  safe: { label: 'Safe', shape: 'safe', counted: 'safe' },
  running: { label: 'Backing up', shape: 'working', counted: 'backing up' },
  due: { label: 'Due', shape: 'waiting', counted: 'due' },
  overdue: { label: 'Overdue', shape: 'failed', counted: 'overdue' },
  failing: { label: 'Failing', shape: 'failed', counted: 'failing' },
  paused: { label: 'Paused', shape: 'paused', counted: 'paused' },
  never: { label: 'No backup yet', shape: 'attention', counted: 'without a backup' },
  unprotected: { label: 'No schedule', shape: 'open', counted: 'without a schedule' },
};
const TEST_FAILED: Standing = { label: 'Test failed', shape: 'failed', counted: 'with a failed test' };
const GONE: Standing = { label: 'Gone', shape: 'attention', counted: 'gone' };
const CHANGED: Standing = { label: 'Changed', shape: 'attention', counted: 'changed' };

/** How an index stands, in a word or two; null: it is under no rule. */
export function standingOf(index: ProtectedIndex | null): Standing {
  if (index === null) return STANDINGS.unprotected;
  const { health, tested, change, schedule } = index;
  if (health === 'running' || health === 'failing' || health === 'overdue') return STANDINGS[health];
  if (tested?.ok === false) return TEST_FAILED;
  if (change !== null) return change.what === 'gone' ? GONE : CHANGED;
  // Nobody promised a backup of it.
  if (schedule.kind === 'off') return STANDINGS.unprotected;
  return STANDINGS[health];
}

/** Somebody should look at it. */
export function isTroubled(index: ProtectedIndex | null): boolean {
  if (index === null) return false;
  const { shape } = standingOf(index);
  return shape === 'failed' || index.change !== null || index.failure !== null;
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const dateAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/** A moment ahead: "today at 14:00", "tomorrow at 02:30", "Thursday at 02:30", "3 December 2026 at 02:30". */
export function formatSoon(iso: string, now: number): string {
  const at = Date.parse(iso);
  const days = daysBetween(now, at);
  const clock = formatClock(iso);
  if (days === 0) return `today at ${clock}`;
  if (days === 1) return `tomorrow at ${clock}`;
  if (days > 1 && days < 7) return `${weekday.format(at)} at ${clock}`;
  return `${dateAndYear.format(at)} at ${clock}`;
}

/** A day that has been: "today", "yesterday", "Sunday", "3 November 2026". */
export function formatDayAgo(iso: string, now: number): string {
  const at = Date.parse(iso);
  const days = daysBetween(at, now);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  return days < 7 ? weekday.format(at) : dateAndYear.format(at);
}

/** When the next run comes; null: it has no schedule. */
export function nextRunWords(index: ProtectedIndex | null, paused: boolean, now: number): string | null {
  if (index === null || index.schedule.kind === 'off') return null;
  const { health, nextRun, overdueSince } = index;
  if (health === 'running') return 'Running now';
  if (nextRun === null) return paused ? 'When you resume' : 'None is planned';
  if (overdueSince !== null && health === 'overdue') return `Overdue since ${since(overdueSince, now)}`;
  return health === 'due' ? 'About to run' : capital(formatSoon(nextRun, now));
}

/** "14:00", "yesterday", "Sunday" */
function since(iso: string, now: number): string {
  return daysBetween(Date.parse(iso), now) === 0 ? formatClock(iso) : formatDayAgo(iso, now);
}

/** "Today", "Not yet"; null: nothing is known of tests. */
export function testedWords(index: ProtectedIndex | null, now: number): { text: string; ok: boolean | null } | null {
  if (index === null || (index.tested === null && index.schedule.kind === 'off')) return null;
  const { tested } = index;
  if (tested === null) return { text: 'Not yet', ok: null };
  const when = capital(formatDayAgo(tested.at, now));
  return tested.ok ? { text: when, ok: true } : { text: `${when}, and it failed`, ok: false };
}

export interface LastGood {
  readonly text: string;
  readonly good: boolean;
  readonly at: string | null;
}

/** The newest backup that can be rested on; a newer one that is damaged is said too. `backups` newest first; null: not known. */
export function lastGoodWords(
  backups: readonly BackupSummary[] | null,
  lastGood: ProtectedIndex['lastGood'],
  now: number,
): LastGood {
  if (backups === null) {
    if (lastGood === null) return { text: 'Backups are not known right now', good: false, at: null };
    return { text: `Last backup ${formatAge(lastGood.at, now)}, verified`, good: true, at: lastGood.at };
  }
  const newest = lastBackup(backups);
  if (newest === undefined) return { text: 'Never backed up', good: false, at: null };
  const age = formatAge(newest.createdAt, now);
  if (newest.verifiedAt !== null) return { text: `Last backup ${age}, verified`, good: true, at: newest.createdAt };
  if (lastGood === null) return { text: `Last backup ${age}, damaged`, good: false, at: newest.createdAt };
  return {
    text: `Last good backup ${formatAge(lastGood.at, now)}; the one ${age} is damaged`,
    ...{ good: false, at: lastGood.at },
  };
}

/** The sentence with long names shortened: what it says of them stays in view. */
export function shortened(sentence: string): string {
  return sentence.replace(/“([^”]+)”/g, (_whole, name: string) => quoteName(name));
}

/** Under the sentence: what comes next, where the sentence does not say so itself. */
export function whatComes(
  { sentence, paused, nextRun }: Pick<ProtectionView, 'sentence' | 'paused' | 'nextRun'>,
  now: number,
): string | null {
  if (paused !== null) {
    if (sentence.includes('paused')) return null;
    return paused.until === null
      ? 'Nothing runs by itself until you resume.'
      : `Paused until ${formatSoon(paused.until, now)}.`;
  }
  if (nextRun === null) return null;
  const soon = formatSoon(nextRun, now);
  return sentence.includes(soon) ? null : `Next run ${soon}.`;
}

export const DAY_STATES: Record<DayState, string> = {
  ran: 'Backed up',
  'caught-up': 'Caught up later',
  skipped: 'Skipped',
  failed: 'Failed',
  overdue: 'Overdue',
  none: 'Nothing due',
};
const LEGEND: readonly DayState[] = ['ran', 'caught-up', 'skipped', 'failed', 'overdue', 'none'];

/** Which marks need a word, in the order of the legend. */
export function legendOf(strips: readonly (readonly DayCell[])[]): readonly DayState[] {
  const found = new Set(strips.flatMap((days) => days.map(({ state }) => state)));
  return LEGEND.filter((state) => found.has(state));
}

/** "Sunday, 22 November" of a day as the strip has it. */
export function dayName({ date: day }: Pick<DayCell, 'date'>, now: number): string {
  // Noon of where the person lives: the same day whatever the clocks do.
  const at = new Date(`${day}T12:00:00`);
  const days = daysBetween(at.getTime(), now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return `${weekday.format(at)}, ${date.format(at)}`;
}

/** Days on which something was not as it should be, newest first. */
export function troubledDays(days: readonly DayCell[]): readonly DayCell[] {
  return days.filter(({ state }) => state === 'failed' || state === 'overdue' || state === 'skipped').reverse();
}

/** "Last 30 days: 25 with a backup, 1 failed, 2 skipped" */
export function stripWords(days: readonly DayCell[]): string {
  const done = days.filter(({ state }) => state === 'ran' || state === 'caught-up').length;
  return [`Last ${days.length} days: ${done} with a backup`, ...counted(days)].join(', ');
}

/** "1 day failed, 2 skipped": what the days behind it can be opened for. */
export function troubleWords(days: readonly DayCell[]): string {
  const [first = '', ...others] = counted(days);
  return [first.replace(/^1 /, '1 day ').replace(/^(\d+) (?!day)/, '$1 days '), ...others].join(', ');
}

function counted(days: readonly DayCell[]): string[] {
  return (['failed', 'overdue', 'skipped'] as const).flatMap((state) => {
    const number = days.filter((day) => day.state === state).length;
    return number === 0 ? [] : [`${number} ${state}`];
  });
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
