import { describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { minute, scheduleFrom, times, weekly, type WhenOptions } from '../../../main/terminal/schedule-options.ts';

test.each([
  ['02:30', ['02:30']],
  ['2:30', ['02:30']],
  ['14:00, 2:30,14:00', ['02:30', '14:00']],
  ['0:00,23:59', ['00:00', '23:59']],
])('times %s', (typed, meant) => {
  expect(times(typed)).toEqual(meant);
});

test.each(['', '24:00', '2:3', '2.30', '02:60', '02:30,', '-1:00', 'noon', '2:300'])('%s is no time', (typed) => {
  expect(() => times(typed)).toThrow('It must be a time of day or several');
});

test('twenty-four times a day are as many as there may be', () => {
  const typed = (many: number): string =>
    Array.from({ length: many }, (_, n) => `${n % 24}:${n < 24 ? 10 : 20}`).join();
  expect(times(typed(24))).toHaveLength(24);
  expect(() => times(typed(25))).toThrow('24 times at most');
});

test.each([
  ['20', 20],
  [':05', 5],
  ['0', 0],
])('minute %s', (typed, meant) => {
  expect(minute(typed)).toBe(meant);
});

test.each(['60', '-1', '', ':', '1.5', 'x', '100'])('%s is no minute', (typed) => {
  expect(() => minute(typed)).toThrow('from 0 to 59');
});

test.each([
  ['mon,thu@01:15', [1, 4], ['01:15']],
  ['Sunday@9:00,18:00', [7], ['09:00', '18:00']],
  ['fri, mo ,fri@1:00', [1, 5], ['01:00']],
])('week %s', (typed, days, at) => {
  expect(weekly(typed)).toEqual({ days, times: at });
});

test.each(['mon', 'mon 01:15', '@01:15', 'm@01:15', 'day@01:15', 'mon@', 'mon@1:00@2:00', 'mon,@1:00'])(
  '%s is no week',
  (typed) => {
    expect(() => weekly(typed)).toThrow(/It must be|is no day/);
  },
);

describe('what was said', () => {
  test.each<[WhenOptions, unknown]>([
    [{}, undefined],
    [{ daily: ['02:30'] }, { kind: 'daily', times: ['02:30'] }],
    [{ hourly: 0 }, { kind: 'hourly', minute: 0 }],
    [{ weekly: { days: [1], times: ['01:15'] } }, { kind: 'weekly', days: [1], times: ['01:15'] }],
    [{ cron: ' 30 2 * * 1-5 ' }, { kind: 'cron', expression: '30 2 * * 1-5' }],
    [{ off: true }, { kind: 'off' }],
    [{ asAll: true }, null],
  ])('%j', (options, schedule) => {
    expect(scheduleFrom(options)).toEqual(schedule);
  });

  test.each<[WhenOptions, object]>([
    [{ daily: ['02:30'], off: true }, { reason: expect.stringContaining('Give one of') as string }],
    [{ hourly: 0, asAll: true }, { reason: expect.stringContaining('Give one of') as string }],
    [{ cron: '* * * *' }, { field: 'schedule', reason: 'fields' }],
    [{ cron: '0 0 30 2 *' }, { field: 'schedule', reason: 'never' }],
    [{ cron: '' }, { field: 'schedule', reason: 'fields' }],
    [{ cron: '0 25 * * *' }, { field: 'schedule', reason: 'hour' }],
    [{ cron: `${'0,'.repeat(200)}0 * * * *` }, { field: 'schedule', reason: 'expression' }],
  ])('%j is refused', (options, params) => {
    let thrown: unknown;
    try {
      scheduleFrom(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Fault);
    expect((thrown as Fault).toData()).toEqual({ code: 'USAGE', params });
  });
});
