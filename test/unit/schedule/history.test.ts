import { describe, expect, test } from 'vitest';
import { dueRuns, MOST_ATTEMPTS } from '../../../main/schedule/due.ts';
import { Histories, scheduledFrom, type HistoryRecord } from '../../../main/schedule/history.ts';
import type { Schedule } from '../../../main/schedule/slots.ts';

const code = { connection: 'work', collection: 'code' };
const at = (text: string): number => Date.parse(`2026-05-${text}Z`);
const iso = (text: string): string => new Date(at(text)).toISOString();
const NIGHTLY: Schedule = { kind: 'daily', times: ['03:00'] };

/** A run that failed with `fault`; null: it went well. */
const run = (when: string, slot: string | null, fault: string | null): HistoryRecord => ({
  ...{ kind: 'run', at: iso(when), index: code, slot: slot === null ? null : iso(slot), caughtUp: false },
  ...{ reason: 'daily', durationMs: 5, rotation: null, warnings: [], unreachable: fault === 'QDRANT_UNREACHABLE' },
  backup: fault === null ? { name: 'code-1', points: 1, changes: 0, bytesAdded: 0 } : null,
  fault: fault === null ? null : { code: fault, message: fault, hint: '' },
});
const drill = (fault: string | null, differences = 0): HistoryRecord => ({
  ...{ kind: 'drill', at: iso('06T04:00:00'), index: code, backup: 'code-1', points: 1, differences, durationMs: 5 },
  fault: fault === null ? null : { code: fault, message: fault, hint: '' },
});
function due(records: readonly HistoryRecord[], now: string, since = '01T00:00:00', schedule = NIGHTLY) {
  const history = new Histories(records).of(code);
  const scheduled = scheduledFrom(code, { schedule, since: at(since) }, history, at(now));
  return dueRuns([scheduled], { now: at(now), settledSince: 0, paused: false, gaps: [], timeZone: 'UTC' });
}

describe('attempts', () => {
  const failures = Array.from({ length: MOST_ATTEMPTS }, (_, n) => run(`06T03:0${n}:00`, '06T03:00:00', 'NO_SPACE'));

  test('those under another schedule do not count for this one', () => {
    expect(due([run('05T03:00:00', '05T03:00:00', null), ...failures], '06T05:00:00').runs).toEqual([]);
    const noon: Schedule = { kind: 'daily', times: ['12:00'] };
    expect(due(failures, '06T12:00:00', '06T06:00:00', noon).runs).toMatchObject([{ at: at('06T12:00:00') }]);
  });

  test('how often a server did not answer says nothing about how often a backup was tried', () => {
    const away = Array.from({ length: 11 }, (_, n) => run(`06T03:${10 + n}:00`, '06T03:00:00', 'QDRANT_UNREACHABLE'));
    const records = [run('05T03:00:00', '05T03:00:00', null), ...away, run('06T04:00:00', '06T03:00:00', 'NO_SPACE')];
    expect(due(records, '06T04:30:00').runs).toMatchObject([{ slot: at('06T03:00:00'), at: at('06T04:01:00') }]);
  });

  test('a backup that somebody asked for serves the slot whose run had failed', () => {
    const records = [run('06T03:00:00', '06T03:00:00', 'NO_SPACE'), run('06T09:00:00', null, null)];
    expect(due(records, '06T09:01:00')).toMatchObject({ runs: [], skipped: [] });
    expect(due(records, '07T03:00:00').runs).toMatchObject([{ slot: at('07T03:00:00') }]);
  });

  test('a run that somebody cancelled is over, and what failed before it is still what failed', () => {
    const records = [run('06T03:00:00', '06T03:00:00', 'NO_SPACE'), run('06T03:01:00', '06T03:00:00', 'CANCELLED')];
    expect(due(records, '06T09:00:00').runs).toEqual([]);
    expect(new Histories(records).of(code).lastFailure?.fault?.code).toBe('NO_SPACE');
  });
});

test('an index that comes under the schedule of all begins then', () => {
  const begun: HistoryRecord = { kind: 'begun', at: iso('20T12:00:00'), index: code };
  expect(due([begun], '20T13:00:00')).toMatchObject({ runs: [], skipped: [] });
});

test('a test that could not be done says nothing about a backup; one that found damage does', () => {
  const last = (...records: HistoryRecord[]) => new Histories(records).of(code).lastDrill;
  expect(last(drill(null), drill('VAULT_GONE'))).toMatchObject({ fault: null });
  expect(last(drill('KEY_LOCKED'))).toBeNull();
  expect(last(drill(null), drill('BACKUP_DAMAGED'))).toMatchObject({ fault: { code: 'BACKUP_DAMAGED' } });
  expect(last(drill(null, 3))).toMatchObject({ differences: 3 });
});
