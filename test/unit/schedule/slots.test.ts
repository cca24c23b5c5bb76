import { describe, expect, test } from 'vitest';
import { cronTrouble, scheduleSchema, Slots, type Schedule } from '../../../main/schedule/slots.ts';

const at = (text: string): number => Date.parse(text);
const daily = (...times: string[]): Schedule => ({ kind: 'daily', times });

/** As clocks on the wall there show them, with their offset. */
function shown(moments: readonly (number | null)[], timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return moments.map((moment) => {
    if (moment === null) return 'never';
    const name = offset.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value;
    return `${format.format(moment)} ${name === 'GMT' ? 'GMT+00:00' : (name ?? '')}`;
  });
}

describe('the slots of a schedule', () => {
  test.each<[string, Schedule, string, string, string[]]>([
    // Clocks go forward: the time does not exist, and the day is not left out.
    [
      'forward in Berlin',
      daily('02:30'),
      'Europe/Berlin',
      '2026-03-27T12:00:00Z',
      ['2026-03-28 02:30 GMT+01:00', '2026-03-29 03:00 GMT+02:00', '2026-03-30 02:30 GMT+02:00'],
    ],
    [
      'forward in New York',
      daily('02:30'),
      'America/New_York',
      '2026-03-07T12:00:00Z',
      ['2026-03-08 03:00 GMT-04:00', '2026-03-09 02:30 GMT-04:00'],
    ],
    [
      'forward by half an hour',
      daily('02:15'),
      'Australia/Lord_Howe',
      '2026-10-03T00:00:00Z',
      ['2026-10-04 02:30 GMT+11:00', '2026-10-05 02:15 GMT+11:00'],
    ],
    [
      'forward at midnight',
      daily('00:00'),
      'America/Sao_Paulo',
      '2018-11-03T12:00:00Z',
      ['2018-11-04 01:00 GMT-02:00', '2018-11-05 00:00 GMT-02:00'],
    ],
    [
      'two times in the same gap run once',
      daily('02:10', '02:50'),
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29 03:00 GMT+02:00', '2026-03-30 02:10 GMT+02:00', '2026-03-30 02:50 GMT+02:00'],
    ],
    // Clocks go back: the time comes twice, and the run once.
    [
      'back in Berlin',
      daily('02:30'),
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25 02:30 GMT+02:00', '2026-10-26 02:30 GMT+01:00'],
    ],
    [
      'back in New York',
      daily('01:30'),
      'America/New_York',
      '2026-10-31T12:00:00Z',
      ['2026-11-01 01:30 GMT-04:00', '2026-11-02 01:30 GMT-05:00'],
    ],
    [
      'back by half an hour',
      daily('01:45'),
      'Australia/Lord_Howe',
      '2026-04-04T00:00:00Z',
      ['2026-04-05 01:45 GMT+11:00', '2026-04-06 01:45 GMT+10:30'],
    ],
    [
      'every hour that passes, forward',
      { kind: 'hourly', minute: 15 },
      'Europe/Berlin',
      '2026-03-29T00:00:00Z',
      ['2026-03-29 01:15 GMT+01:00', '2026-03-29 03:15 GMT+02:00', '2026-03-29 04:15 GMT+02:00'],
    ],
    [
      'every hour that passes, back',
      { kind: 'hourly', minute: 15 },
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      ['2026-10-25 02:15 GMT+02:00', '2026-10-25 02:15 GMT+01:00', '2026-10-25 03:15 GMT+01:00'],
    ],
    // Days and months.
    [
      'days of the week, Monday being 1',
      { kind: 'weekly', days: [1, 7], times: ['09:00', '21:30'] },
      'Asia/Kathmandu',
      '2026-11-21T00:00:00Z',
      [
        '2026-11-22 09:00 GMT+05:45',
        '2026-11-22 21:30 GMT+05:45',
        '2026-11-23 09:00 GMT+05:45',
        '2026-11-23 21:30 GMT+05:45',
        '2026-11-29 09:00 GMT+05:45',
      ],
    ],
    [
      'the 31st, of months that have one',
      { kind: 'cron', expression: '0 4 31 * *' },
      'UTC',
      '2026-01-31T05:00:00Z',
      ['2026-03-31 04:00 GMT+00:00', '2026-05-31 04:00 GMT+00:00', '2026-07-31 04:00 GMT+00:00'],
    ],
    [
      'the last day of a month',
      { kind: 'cron', expression: '0 4 L * *' },
      'UTC',
      '2027-12-31T05:00:00Z',
      ['2028-01-31 04:00 GMT+00:00', '2028-02-29 04:00 GMT+00:00', '2028-03-31 04:00 GMT+00:00'],
    ],
    ['off', { kind: 'off' }, 'UTC', '2026-01-01T00:00:00Z', ['never']],
  ])('%s', (_, schedule, timeZone, from, expected) => {
    const slots = Slots.of(schedule, timeZone);
    const found: (number | null)[] = [];
    for (let after: number | null = at(from); found.length < expected.length && after !== null;)
      found.push((after = slots.next(after)));
    expect(shown(found, timeZone)).toEqual(expected);
  });

  test('the last slot is found backwards, however far away', () => {
    const zone = 'Europe/Berlin';
    const monthly = Slots.of({ kind: 'cron', expression: '30 3 1 * *' }, zone);
    expect(monthly.last(at('1990-01-01T00:00:00Z'), at('2026-11-22T00:00:00Z'))).toBe(at('2026-11-01T02:30:00Z'));
    // Ten years of minutes are not walked through.
    const minutes = Slots.of({ kind: 'cron', expression: '* * * * *' }, zone);
    expect(minutes.last(at('2016-11-22T00:00:00Z'), at('2026-11-22T00:00:30Z'))).toBe(at('2026-11-22T00:00:00Z'));
    expect(minutes.count(at('2016-11-22T00:00:00Z'), at('2026-11-22T00:00:00Z'), 1000)).toBe(1000);
  });

  test('the bounds: behind the first moment, and the last one with it', () => {
    const hourly = Slots.of({ kind: 'hourly', minute: 0 }, 'UTC');
    const [ten, eleven, noon] = ['10', '11', '12'].map((hour) => at(`2026-05-05T${hour}:00:00Z`)) as [
      number,
      number,
      number,
    ];
    expect(hourly.last(ten, eleven)).toBe(eleven);
    expect(hourly.last(eleven, eleven)).toBeNull();
    expect(hourly.last(eleven, noon - 1)).toBeNull();
    expect(hourly.count(ten, noon, 10)).toBe(1);
    expect(hourly.following(ten, 2)).toEqual([eleven, noon]);
  });
});

test.each<unknown>([
  { kind: 'hourly', minute: 60 },
  { kind: 'daily', times: [] },
  { kind: 'daily', times: ['24:00'] },
  { kind: 'daily', times: ['9:00'] },
  { kind: 'weekly', days: [], times: ['09:00'] },
  { kind: 'weekly', days: [0], times: ['09:00'] },
  { kind: 'cron', expression: 'daily' },
  { kind: 'cron', expression: '* * * *' },
  { kind: 'cron', expression: '* * * * * *' },
  { kind: 'cron', expression: '0 0 30 2 *' },
  { kind: 'cron', expression: '*/0 * * * *' },
  { kind: 'sometimes' },
])('%j is no schedule', (schedule) => {
  expect(scheduleSchema.safeParse(schedule).success).toBe(false);
});

test.each([
  ['30 2 * * 1-5', null],
  ['*/5 0-6,22 1,15 JAN-MAR SUN', null],
  ['', 'fields'],
  ['30 2 * *', 'fields'],
  ['0 30 2 * * 1', 'fields'],
  ['60 2 * * *', 'minute'],
  ['x * * * *', 'minute'],
  ['0 24 * * *', 'hour'],
  ['0 2 32 * *', 'day'],
  ['0 2 0 * *', 'day'],
  ['0 2 * 13 *', 'month'],
  ['0 2 * * 8', 'weekday'],
  ['0 2 * * MOO', 'weekday'],
  ['99 99 * * *', 'minute'],
  ['0 2 30 2 *', 'never'],
  ['0 2 31 4,6 *', 'never'],
])('of %s the wrong part is named: %s', (expression, trouble) => {
  expect(cronTrouble(expression)).toBe(trouble);
});
