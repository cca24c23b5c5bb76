import { expect, test } from 'vitest';
import { checkSchedule, drillSetting, pauseSetting } from '../../../main/protection/choices.ts';

const now = new Date(2026, 10, 23, 14, 30).getTime();
const local = (iso: string | null): string => (iso === null ? '' : new Date(iso).toString().slice(0, 21));

test('a pause of an hour, until tomorrow morning, and for ever', () => {
  expect(local(pauseSetting(null, 'hour', now).until)).toBe('Mon Nov 23 2026 15:30');
  expect(local(pauseSetting(null, 'tomorrow', now).until)).toBe('Tue Nov 24 2026 08:00');
  expect(pauseSetting(null, 'resumed', now)).toEqual({ since: new Date(now).toISOString(), until: null });
});

test('one that is made longer began when it began', () => {
  const first = pauseSetting(null, 'hour', now);
  expect(pauseSetting(first, 'tomorrow', now + 60_000).since).toBe(first.since);
});

test('until tomorrow on the last day of a year', () => {
  expect(local(pauseSetting(null, 'tomorrow', new Date(2026, 11, 31, 23, 59).getTime()).until)).toBe(
    'Fri Jan 01 2027 08:00',
  );
});

test('drills whose times stay go on as they did', () => {
  const weekly = { kind: 'weekly' as const, days: [7], times: ['11:00'] };
  const before = { schedule: weekly, since: '2026-01-01T00:00:00.000Z', onConnections: false };
  expect(drillSetting(before, { schedule: { ...weekly }, onConnections: true }, now)).toEqual({
    ...{ ...before, onConnections: true },
  });
  const moved = drillSetting(before, { schedule: { ...weekly, days: [1] }, onConnections: false }, now);
  expect(moved.since).toBe(new Date(now).toISOString());
});

test.each([
  ['', 'fields'],
  ['* * * *', 'fields'],
  ['* * * * * *', 'fields'],
  ['61 * * * *', 'minute'],
  ['0 0 31 2 *', 'never'],
  ['every day', 'fields'],
  ['@daily', 'fields'],
])('the expression %j is none: %s', (expression, reason) => {
  expect(() => checkSchedule({ kind: 'cron', expression })).toThrow(new RegExp(`USAGE.*schedule.*${reason}`));
});
