import { describe, expect, test } from 'vitest';
import {
  dueRuns,
  MOST_ATTEMPTS,
  MOST_COUNTED,
  SETTLE_MS,
  type Due,
  type Moment,
  type Scheduled,
} from '../../../main/schedule/due.ts';
import type { Schedule } from '../../../main/schedule/slots.ts';

const at = (text: string): number => Date.parse(`2026-05-${text}Z`);
const MINUTE = 60_000;
const NIGHTLY: Schedule = { kind: 'daily', times: ['03:00'] };

const scheduled = (handled: number, more: Partial<Scheduled> = {}): Scheduled => ({
  ...{ index: 'code', schedule: NIGHTLY, handled, attempts: 0, attemptedAt: null, unreachable: false, waits: false },
  ...more,
});

function due(one: Scheduled | readonly Scheduled[], now: number, moment: Partial<Moment> = {}): Due {
  const indexes = 'index' in one ? [one] : one;
  return dueRuns(indexes, {
    now,
    settledSince: at('01T00:00:00'),
    paused: false,
    gaps: [],
    timeZone: 'UTC',
    ...moment,
  });
}

describe('one slot', () => {
  test('is not due before it comes, and is then, at once', () => {
    const one = scheduled(at('05T03:00:00'));
    expect(due(one, at('06T02:59:59')).runs).toEqual([]);
    const slot = at('06T03:00:00');
    expect(due(one, slot)).toEqual({
      runs: [{ index: 'code', slot, caughtUp: false, at: slot }],
      skipped: [],
      handled: new Map(),
    });
    expect(due(scheduled(slot), slot).runs).toEqual([]);
  });

  test('late it is caught up, once things have settled', () => {
    const one = scheduled(at('05T03:00:00'));
    const woke = at('06T08:12:00');
    const { runs } = due(one, woke, { settledSince: woke });
    expect(runs).toEqual([{ index: 'code', slot: at('06T03:00:00'), caughtUp: true, at: woke + SETTLE_MS }]);
    // Not half a day later once more: the next is the next.
    expect(due(scheduled(at('06T03:00:00')), at('06T20:00:00')).runs).toEqual([]);
  });
});

describe('slots that went by', () => {
  test.each<[string, Partial<Moment>, Partial<Scheduled>, string]>([
    ['while it did not run', {}, {}, 'not-running'],
    ['in sleep', { gaps: [{ from: at('07T00:00:00'), to: at('10T08:00:00'), why: 'asleep' }] }, {}, 'asleep'],
    ['in a pause', { gaps: [{ from: at('07T00:00:00'), to: at('10T08:00:00'), why: 'paused' }] }, {}, 'paused'],
    [
      'by a jump of the clock',
      { gaps: [{ from: at('07T00:00:00'), to: at('10T08:00:00'), why: 'clock' }] },
      {},
      'clock',
    ],
    ['without a server', {}, { attempts: 40, attemptedAt: at('09T05:00:00'), unreachable: true }, 'unreachable'],
    ['in failures', {}, { attempts: 5, attemptedAt: at('09T05:00:00') }, 'failing'],
    ['behind other work', {}, { attempts: 1, attemptedAt: at('09T05:00:00'), waits: true }, 'busy'],
  ])('%s: one run, and the rest is told with its reason', (_, moment, more, reason) => {
    const found = due(scheduled(at('06T03:00:00'), more), at('10T08:00:00'), moment);
    expect(found.runs).toHaveLength(1);
    expect(found.runs[0]).toMatchObject({ slot: at('10T03:00:00'), caughtUp: true });
    const [from, to] = [at('07T03:00:00'), at('09T03:00:00')];
    expect(found.skipped).toEqual([{ index: 'code', from, to, count: 3, reason }]);
    expect(found.handled).toEqual(new Map([['code', to]]));
    // Recorded, they are not told again.
    expect(due(scheduled(to, more), at('10T08:00:00'), moment).skipped).toEqual([]);
  });

  test('one that was tried has its own reason, and what came after it that of its time', () => {
    const tried = scheduled(at('06T03:00:00'), { attempts: 1, attemptedAt: at('07T03:01:00'), unreachable: true });
    const gaps = [{ from: at('07T04:00:00'), to: at('10T08:00:00'), why: 'asleep' as const }];
    expect(due(tried, at('10T08:00:00'), { gaps }).skipped).toMatchObject([
      { from: at('07T03:00:00'), to: at('07T03:00:00'), count: 1, reason: 'unreachable' },
      { from: at('08T03:00:00'), to: at('09T03:00:00'), count: 2, reason: 'asleep' },
    ]);
  });

  test('a pause is what somebody wanted, whatever else there was', () => {
    const gaps = [
      { from: at('09T01:00:00'), to: at('09T08:00:00'), why: 'asleep' as const },
      { from: at('06T12:00:00'), to: at('10T08:00:00'), why: 'paused' as const },
    ];
    expect(due(scheduled(at('06T03:00:00')), at('10T08:00:00'), { gaps }).skipped).toMatchObject([
      { reason: 'paused' },
    ]);
  });

  test('ten years of them are one run too', () => {
    const minutes = scheduled(at('06T03:00:00'), { schedule: { kind: 'cron', expression: '* * * * *' } });
    const found = due(minutes, Date.parse('2036-05-06T03:00:30Z'));
    expect(found.runs).toHaveLength(1);
    expect(found.skipped).toMatchObject([{ count: MOST_COUNTED, to: Date.parse('2036-05-06T02:59:00Z') }]);
  });
});

test('while backups are paused nothing is due, and nothing is dealt with', () => {
  const found = due(scheduled(at('05T03:00:00')), at('09T12:00:00'), { paused: true });
  expect(found).toEqual({ runs: [], skipped: [], handled: new Map() });
});

test('a clock that goes back neither runs again nor waits for years', () => {
  const future = scheduled(Date.parse('2036-05-06T03:00:00Z'));
  const now = at('06T12:00:00');
  expect(due(future, now)).toEqual({ runs: [], skipped: [], handled: new Map([['code', now]]) });
  // Dealt with up to now, its next slot is as it was.
  expect(due(scheduled(now), at('07T03:00:00')).runs).toMatchObject([{ slot: at('07T03:00:00'), caughtUp: false }]);
});

test('one that is set back by a second is waited for', () => {
  const slot = at('06T03:00:00');
  expect(due(scheduled(slot), slot - 1000)).toEqual({ runs: [], skipped: [], handled: new Map() });
});

describe('a run that fails', () => {
  const slot = at('06T03:00:00');
  const failed = (attempts: number, unreachable: boolean): Due =>
    due(scheduled(at('05T03:00:00'), { attempts, attemptedAt: slot + MINUTE, unreachable }), slot + 90_000);

  test('is tried again, later and later', () => {
    const waits = [1, 2, 3, 4].map((attempts) => (failed(attempts, false).runs[0]?.at ?? 0) - slot - MINUTE);
    expect(waits).toEqual([1, 2, 4, 8].map((minutes) => minutes * MINUTE));
  });

  test('five times, and then with the next slot', () => {
    expect(failed(MOST_ATTEMPTS, false).runs).toEqual([]);
    const next = due(scheduled(at('05T03:00:00'), { attempts: 5, attemptedAt: slot }), at('07T03:00:00'));
    expect(next.runs).toMatchObject([{ slot: at('07T03:00:00'), caughtUp: false, at: at('07T03:00:00') }]);
    expect(next.skipped).toMatchObject([{ from: slot, to: slot, count: 1, reason: 'failing' }]);
  });

  test('for as long as it takes where the server does not answer, every fifteen minutes at last', () => {
    expect((failed(50, true).runs[0]?.at ?? 0) - slot - MINUTE).toBe(15 * MINUTE);
  });

  test('does not wait for years where the clock went back meanwhile', () => {
    const odd = scheduled(at('05T03:00:00'), { attempts: 2, attemptedAt: Date.parse('2036-01-01T00:00:00Z') });
    expect(due(odd, slot + MINUTE).runs[0]?.at).toBe(slot);
  });
});

test('several indexes run in the order in which they have waited', () => {
  const weekly: Schedule = { kind: 'weekly', days: [2], times: ['01:00'] };
  const found = due(
    [
      scheduled(at('05T03:00:00'), { index: 'b' }),
      scheduled(at('01T00:00:00'), { index: 'c', schedule: weekly }),
      scheduled(at('05T03:00:00'), { index: 'a' }),
      scheduled(at('01T00:00:00'), { index: 'off', schedule: { kind: 'off' } }),
    ],
    at('06T09:00:00'),
  );
  expect(found.runs.map(({ index }) => index)).toEqual(['c', 'a', 'b']);
});
