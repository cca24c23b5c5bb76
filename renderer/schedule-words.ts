/** Schedules and the times they come to, as people say them. Pure. */
import type { Schedule } from '../preload/api.ts';
import { daysBetween, formatClock, formatDay, formatTime } from './format.ts';

/** Monday first, as the numbers of the contract: 1 is Monday. */
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** More times than these are counted and not named. */
const MOST_TIMES = 4;
const WORKDAYS = '1,2,3,4,5';
const WEEK = '1,2,3,4,5,6,7';

/** "Every day at 02:30", "Every Monday and Thursday at 12:00", "Off" */
export function scheduleWords(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'off':
      return 'Off';
    case 'hourly':
      return `Every hour ${minuteWords(schedule.minute)}`;
    case 'daily':
      return `Every day at ${timesWords(schedule.times)}`;
    case 'weekly':
      return `Every ${daysWords(schedule.days)} at ${timesWords(schedule.times)}`;
    case 'cron':
      return `By the expression ${schedule.expression.trim().replace(/\s+/g, ' ')}`;
  }
}

/** The same inside a sentence: "every day at 02:30". */
export function scheduleInSentence(schedule: Schedule): string {
  const words = scheduleWords(schedule);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function minuteWords(minute: number): string {
  if (minute === 0) return 'on the hour';
  if (minute === 30) return 'at half past';
  return `at ${minute} ${minute === 1 ? 'minute' : 'minutes'} past`;
}

function daysWords(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (sorted.join() === WEEK) return 'day';
  if (sorted.join() === WORKDAYS) return 'Monday to Friday';
  return listed(sorted.map((day) => WEEKDAYS[day - 1] ?? ''));
}

function timesWords(times: readonly string[]): string {
  const sorted = [...new Set(times)].sort();
  return sorted.length <= MOST_TIMES ? listed(sorted) : `${sorted.length} times`;
}

/** "a", "a and b", "a, b and c" */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** A time to come, in local time: "today at 12:30", "tomorrow at 12:30", "Thu, 26 Nov at 12:30"; far away with its year. */
export function formatNext(iso: string, now: number): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  const days = daysBetween(now, at);
  if (days === 0) return `today at ${formatClock(iso)}`;
  if (days === 1) return `tomorrow at ${formatClock(iso)}`;
  return days > 0 && days < 300 ? `${formatDay(iso)} at ${formatClock(iso)}` : formatTime(iso);
}
