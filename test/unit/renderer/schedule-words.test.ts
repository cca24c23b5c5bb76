import { expect, test } from 'vitest';
import type { Schedule } from '../../../preload/api.ts';
import { formatNext, listed, scheduleInSentence, scheduleWords } from '../../../renderer/schedule-words.ts';

test.each<[Schedule, string]>([
  [{ kind: 'off' }, 'Off'],
  [{ kind: 'hourly', minute: 0 }, 'Every hour on the hour'],
  [{ kind: 'hourly', minute: 1 }, 'Every hour at 1 minute past'],
  [{ kind: 'hourly', minute: 30 }, 'Every hour at half past'],
  [{ kind: 'hourly', minute: 45 }, 'Every hour at 45 minutes past'],
  [{ kind: 'daily', times: ['02:30'] }, 'Every day at 02:30'],
  [{ kind: 'daily', times: ['14:00', '02:30', '14:00'] }, 'Every day at 02:30 and 14:00'],
  [{ kind: 'daily', times: ['01:00', '02:00', '03:00', '04:00', '05:00'] }, 'Every day at 5 times'],
  [{ kind: 'weekly', days: [1], times: ['12:30'] }, 'Every Monday at 12:30'],
  [{ kind: 'weekly', days: [7, 4], times: ['12:30'] }, 'Every Thursday and Sunday at 12:30'],
  [{ kind: 'weekly', days: [5, 4, 3, 2, 1], times: ['12:30'] }, 'Every Monday to Friday at 12:30'],
  [{ kind: 'weekly', days: [1, 2, 3, 4, 5, 6, 7], times: ['12:30'] }, 'Every day at 12:30'],
  [{ kind: 'cron', expression: ' 30  2 * * 1-5 ' }, 'By the expression 30 2 * * 1-5'],
])('%j is %j', (schedule, words) => {
  expect(scheduleWords(schedule)).toBe(words);
});

test('inside a sentence only the beginning is another', () => {
  expect(scheduleInSentence({ kind: 'weekly', days: [1, 3], times: ['12:30'] })).toBe(
    'every Monday and Wednesday at 12:30',
  );
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('%j is listed as %j', (words, text) => {
  expect(listed(words)).toBe(text);
});

test.each([
  ['2026-11-23T18:30:00', 'today at 18:30'],
  ['2026-11-24T00:05:00', 'tomorrow at 00:05'],
  ['2026-11-30T12:30:00', 'Mon 30 Nov at 12:30'],
  ['2028-02-29T12:30:00', '29 February 2028, 12:30'],
])('%s is %j', (local, words) => {
  const now = new Date('2026-11-23T08:00:00').getTime();
  expect(formatNext(new Date(local).toISOString(), now).replace(/^(\w{3}), /, '$1 ')).toBe(words);
});
