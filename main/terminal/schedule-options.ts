import { InvalidArgumentError } from 'commander';
import { Fault } from '../faults/fault.ts';
import { checkSchedule } from '../protection/choices.ts';
import type { Schedule } from '../schedule/slots.ts';
import { DAYS } from './schedule-words.ts';

/** When, as it was typed. */
export interface WhenOptions {
  readonly daily?: readonly string[];
  readonly hourly?: number;
  readonly weekly?: { readonly days: readonly number[]; readonly times: readonly string[] };
  readonly cron?: string;
  readonly off?: boolean;
  readonly asAll?: boolean;
}

/** null: no schedule of its own. undefined: nothing was said. Throws USAGE for two of them, or an expression that is none. */
export function scheduleFrom(options: WhenOptions): Schedule | null | undefined {
  const { daily, hourly, weekly, cron, off, asAll } = options;
  const given: (Schedule | null)[] = [];
  if (daily !== undefined) given.push({ kind: 'daily', times: [...daily] });
  if (hourly !== undefined) given.push({ kind: 'hourly', minute: hourly });
  if (weekly !== undefined) given.push({ kind: 'weekly', days: [...weekly.days], times: [...weekly.times] });
  if (cron !== undefined) given.push({ kind: 'cron', expression: cron.trim() });
  if (off === true) given.push({ kind: 'off' });
  if (asAll === true) given.push(null);
  if (given.length > 1)
    throw new Fault('USAGE', { reason: 'Give one of --daily, --hourly, --weekly, --cron, --off and --as-all.' });
  const [schedule] = given;
  if (schedule) checkSchedule(schedule);
  return schedule;
}

const MOST_TIMES = 24;

/** `2:30,14:00` -> `['02:30', '14:00']` */
export function times(value: string): string[] {
  const found = value.split(',').map((word) => {
    const [, hour = '', minute = ''] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(word) ?? [];
    if (hour === '' || Number(hour) > 23 || Number(minute) > 59)
      throw new InvalidArgumentError('It must be a time of day or several, as 02:30 or 02:30,14:00.');
    return `${hour.padStart(2, '0')}:${minute}`;
  });
  const sorted = [...new Set(found)].sort();
  if (sorted.length > MOST_TIMES) throw new InvalidArgumentError(`It must be ${MOST_TIMES} times at most.`);
  return sorted;
}

export function minute(value: string): number {
  const number = Number(value.replace(/^:/, ''));
  if (!/^:?\d{1,2}$/.test(value) || number > 59) throw new InvalidArgumentError('It must be a minute from 0 to 59.');
  return number;
}

/** `mon,thu@01:15` -> Monday and Thursday, as 1 and 4 */
export function weekly(value: string): { days: number[]; times: string[] } {
  const [names = '', at, ...rest] = value.split('@');
  if (at === undefined || rest.length > 0)
    throw new InvalidArgumentError('It must be days and times, as mon,thu@01:15.');
  return { days: days(names), times: times(at) };
}

function days(value: string): number[] {
  const found = value.split(',').map((word) => {
    const name = word.trim().toLowerCase();
    const at = DAYS.findIndex((day) => name.length >= 2 && day.toLowerCase().startsWith(name));
    if (at < 0) throw new InvalidArgumentError(`"${word.trim()}" is no day: mon, tue, wed, thu, fri, sat, sun.`);
    return at + 1;
  });
  return [...new Set(found)].sort((a, b) => a - b);
}
