import { describe, expect, test } from 'vitest';
import { healthOf, overdueSince, type IndexFacts } from '../../../main/schedule/health.ts';
import type { Schedule } from '../../../main/schedule/slots.ts';

const at = (text: string): number => Date.parse(`2026-05-${text}Z`);
const NIGHTLY: Schedule = { kind: 'daily', times: ['03:00'] };
const facts = (more: Partial<IndexFacts> = {}): IndexFacts => ({
  ...{ schedule: NIGHTLY, since: at('01T12:00:00'), lastGood: at('05T03:02:00'), failedAt: null },
  ...{ running: false, paused: false, timeZone: 'UTC', ...more },
});

test.each<[string, Partial<IndexFacts>, string, string]>([
  ['between two slots', {}, '05T12:00:00', 'safe'],
  ['at a slot', {}, '06T03:00:00', 'due'],
  ['as long as a run may take', {}, '06T03:59:59', 'due'],
  ['and no longer', {}, '06T04:00:00', 'overdue'],
  ['of an hourly schedule', { schedule: { kind: 'hourly', minute: 0 } }, '05T04:15:00', 'overdue'],
  ['before that', { schedule: { kind: 'hourly', minute: 0 } }, '05T04:14:59', 'due'],
  ['of one that runs every minute', { schedule: { kind: 'cron', expression: '* * * * *' } }, '05T03:08:00', 'overdue'],
  ['after a failure', { failedAt: at('05T03:10:00') }, '05T03:11:00', 'failing'],
  ['while it runs', { running: true, failedAt: at('05T03:10:00') }, '09T00:00:00', 'running'],
  ['while backups are paused', { paused: true, failedAt: at('05T03:10:00') }, '09T00:00:00', 'paused'],
  ['before the first backup', { lastGood: null }, '01T13:00:00', 'never'],
  ['when the first slot has come', { lastGood: null }, '02T03:00:00', 'due'],
  ['without a first backup', { lastGood: null }, '02T04:00:00', 'overdue'],
  ['without a schedule', { schedule: { kind: 'off' } }, '20T00:00:00', 'unprotected'],
  ['without schedule and backup', { schedule: { kind: 'off' }, lastGood: null }, '20T00:00:00', 'never'],
  ['with a backup that a wrong clock dated', { lastGood: Date.parse('2036-01-01') }, '02T04:00:00', 'overdue'],
  ['protected since today, backed up long ago', { since: at('20T12:00:00') }, '20T13:00:00', 'safe'],
])('%s', (_, more, now, expected) => {
  expect(healthOf(facts(more), at(now))).toBe(expected);
});

describe('an index is overdue', () => {
  test('from a moment on that is known before', () => {
    expect(overdueSince(facts(), at('05T12:00:00'))).toBe(at('06T04:00:00'));
    expect(overdueSince(facts({ schedule: { kind: 'off' } }), at('05T12:00:00'))).toBeNull();
  });

  test('by the last verified backup, whenever it was tried last', () => {
    // A backup that somebody took by hand serves the slot as well.
    expect(healthOf(facts({ lastGood: at('06T03:30:00') }), at('06T20:00:00'))).toBe('safe');
  });
});
