import { expect, test } from 'vitest';
import type { Schedule } from '../../../preload/api.ts';
import { anotherTime, draftedSchedule, scheduleDraft } from '../../../renderer/schedule-draft.ts';

test.each<Schedule>([
  { kind: 'off' },
  { kind: 'hourly', minute: 59 },
  { kind: 'daily', times: ['00:00', '23:59'] },
  { kind: 'weekly', days: [1, 7], times: ['09:00'] },
  { kind: 'cron', expression: '30 2 * * 1-5' },
])('%j is drafted and meant again', (schedule) => {
  expect(draftedSchedule(scheduleDraft(schedule))).toEqual({ ok: true, schedule });
});

test('the first draft is every day at midday', () => {
  expect(draftedSchedule(scheduleDraft(null))).toEqual({
    ok: true,
    schedule: { kind: 'daily', times: ['12:30'] },
  });
});

test('going to another kind and back loses nothing', () => {
  const draft = scheduleDraft({ kind: 'weekly', days: [2], times: ['09:00'] });
  expect(draftedSchedule({ ...draft, kind: 'daily' })).toEqual({
    ok: true,
    schedule: { kind: 'daily', times: ['09:00'] },
  });
});

test('times and days are kept once and in order', () => {
  const draft = {
    ...scheduleDraft(null),
    kind: 'weekly' as const,
    days: [5, 1, 5],
    times: ['18:00', '06:00', '18:00'],
  };
  expect(draftedSchedule(draft)).toEqual({
    ok: true,
    schedule: { kind: 'weekly', days: [1, 5], times: ['06:00', '18:00'] },
  });
});

test.each([
  ['minute', { kind: 'hourly', minute: '' }],
  ['minute', { kind: 'hourly', minute: '60' }],
  ['minute', { kind: 'hourly', minute: '1.5' }],
  ['minute', { kind: 'hourly', minute: '-1' }],
  ['times', { kind: 'daily', times: [''] }],
  ['times', { kind: 'daily', times: ['12:30', ''] }],
  ['days', { kind: 'weekly', days: [] }],
  ['times', { kind: 'weekly', days: [1], times: ['24:00'] }],
  ['expression', { kind: 'cron', expression: '' }],
  ['expression', { kind: 'cron', expression: '30 2 * *' }],
  ['expression', { kind: 'cron', expression: '0 30 2 * * 1' }],
] as const)('what is half typed is named at its field: %s of %j', (field, part) => {
  const drafted = draftedSchedule({ ...scheduleDraft(null), ...part });
  expect(drafted.ok ? null : drafted.problem.field).toBe(field);
});

test.each([
  [['12:30'], '13:30'],
  [['23:15'], '00:15'],
  [['12:30', '13:30'], '14:30'],
  [['13:30', '12:30'], '14:30'],
  [[''], '13:00'],
])('after %j comes %s', (times, time) => {
  expect(anotherTime(times)).toBe(time);
});
