import { expect, test } from 'vitest';
import { daysOf, type StripFacts } from '../../../main/schedule/days.ts';
import type { HistoryRecord } from '../../../main/schedule/history.ts';

const index = { connection: 'work', collection: 'code' };
const timeZone = 'Europe/Berlin';
/** A Monday, at half past one in the afternoon in Berlin. */
const now = Date.parse('2026-11-23T12:30:00Z');
const facts: StripFacts = {
  ...{ schedule: { kind: 'daily', times: ['02:30'] }, since: 0, records: [], backups: [] },
  ...{ overdueSince: null, timeZone },
};
const run = (at: string, code: string | null = null, caughtUp = false): HistoryRecord => ({
  ...{ kind: 'run', at, index, slot: at, caughtUp, reason: 'daily', durationMs: 5, unreachable: false },
  backup: code === null ? { name: 'code-1', points: 4, changes: 1, bytesAdded: 9 } : null,
  fault: code === null ? null : { code, message: 'Could not reach Qdrant.', hint: '' },
  ...{ rotation: null, warnings: [] },
});
const skipped = (from: string, to: string): HistoryRecord => ({
  ...{ kind: 'skipped', at: to, index, from, to, count: 2, reason: 'not-running' },
});

/** The last `count` days. */
const lately = (given: Partial<StripFacts>, count: number) =>
  daysOf({ ...facts, ...given }, now)
    .slice(-count)
    .map(({ date, state }) => `${date.slice(5)} ${state}`);

test('thirty days, today last', () => {
  const cells = daysOf(facts, now);
  expect(cells).toHaveLength(30);
  expect([cells[0]?.date, cells[29]?.date]).toEqual(['2026-10-25', '2026-11-23']);
  expect(new Set(cells.map(({ state, text }) => `${state}: ${text}`))).toEqual(new Set(['none: No run was due.']));
});

test('a day is what its last run came to, and the day is that of the person', () => {
  const records = [
    run('2026-11-20T23:30:00Z'),
    run('2026-11-22T01:30:00Z', 'NO_SPACE'),
    run('2026-11-22T02:30:00Z', null, true),
    run('2026-11-23T01:30:00Z', 'QDRANT_UNREACHABLE'),
  ];
  expect(lately({ records }, 4)).toEqual(['11-20 none', '11-21 ran', '11-22 caught-up', '11-23 failed']);
  const [, , yesterday, today] = daysOf({ ...facts, records }, now).slice(-4);
  expect(yesterday?.text).toBe('1 backup, 1 caught up. 1 run failed: Could not reach Qdrant.');
  expect(today?.text).toBe('1 run failed: Could not reach Qdrant.');
});

test('what was skipped is skipped on its own day, with the reason', () => {
  const records = [skipped('2026-11-19T01:30:00Z', '2026-11-21T01:30:00Z'), run('2026-11-22T07:00:00Z', null, true)];
  expect(lately({ records }, 5)).toEqual([
    ...['11-19 skipped', '11-20 skipped', '11-21 skipped', '11-22 caught-up', '11-23 none'],
  ]);
  expect(daysOf({ ...facts, records }, now).at(-3)?.text).toBe('1 run skipped: Vectorkeep was not running.');
});

test('backups that others took count, and a day without any after a slot is overdue', () => {
  const backups = [Date.parse('2026-11-20T08:00:00Z')];
  const overdueSince = Date.parse('2026-11-21T02:30:00Z');
  expect(lately({ backups, overdueSince }, 4)).toEqual([
    ...['11-20 ran', '11-21 overdue', '11-22 overdue', '11-23 overdue'],
  ]);
});

test('a stretch over years costs no time', () => {
  const records = [skipped('2016-01-01T00:00:00Z', '2026-11-23T02:30:00Z')];
  const every: StripFacts = { ...facts, schedule: { kind: 'cron', expression: '* * * * *' }, records };
  expect(daysOf(every, now).at(0)?.state).toBe('skipped');
});
