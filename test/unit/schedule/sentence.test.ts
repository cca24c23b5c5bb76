import { describe, expect, test } from 'vitest';
import type { ProtectedIndex } from '../../../preload/api.ts';
import { ago, onDay, sentenceOf, soon, toneOf, until } from '../../../main/schedule/sentence.ts';

const timeZone = 'Europe/Berlin';
/** A Monday. */
const now = Date.parse('2026-11-23T12:30:00Z');
const at = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const DAY = 1440;

const safe: ProtectedIndex = {
  ...{ connection: 'work', collection: 'code', schedule: { kind: 'daily', times: ['02:30'] }, own: false },
  ...{ health: 'safe', lastGood: { backup: 'b', at: at(12), points: 9 }, nextRun: '2026-11-24T01:30:00Z' },
  ...{ overdueSince: null, failure: null, change: null, days: [] },
  tested: { at: at(DAY), ok: true, backup: 'b', message: null },
};
const others = (count: number): ProtectedIndex[] =>
  Array.from({ length: count }, (_, n) => ({ ...safe, collection: `docs-${n}` }));
const of = (...indexes: ProtectedIndex[]) => ({
  vaultTrouble: null,
  indexes,
  connected: true,
  paused: null,
  keeper: 'here' as const,
  timeZone,
});
const change = {
  ...{ what: 'shrank' as const, at: at(5), from: 1000, to: 700, backup: 'b' },
  message: '“code” shrank from 1,000 to 700 points. Its last good backup is kept.',
};

test.each<[string, Parameters<typeof sentenceOf>[0], string, string]>([
  [
    'nothing connected',
    { ...of(), connected: false },
    'attention',
    'Connect a Qdrant, and its indexes can be kept safe.',
  ],
  ['nothing protected', of(), 'attention', 'No index is backed up by itself yet.'],
  ['all off', of({ ...safe, schedule: { kind: 'off' } }), 'attention', 'No index is backed up by itself yet.'],
  ['one', of(safe), 'safe', '“code” is safe. Last backup 12 min ago, tested yesterday.'],
  ['six', of(safe, ...others(5)), 'safe', 'All 6 indexes are safe. Last backup 12 min ago, tested yesterday.'],
  ['not tested', of({ ...safe, tested: null }), 'safe', '“code” is safe. Last backup 12 min ago, not tested yet.'],
  [
    'no backup yet',
    of({ ...safe, health: 'never', lastGood: null }),
    ...(['attention', '“code” has no backup yet. The first comes tomorrow at 02:30.'] as const),
  ],
  [
    'failing comes first',
    of({ ...safe, health: 'failing', change }, { ...safe, health: 'overdue' }),
    ...(['failed', 'The last backup of “code” failed. Last good backup 12 min ago'] as const),
  ],
  [
    'several',
    of(...others(3).map((one) => ({ ...one, health: 'failing' as const }))),
    'failed',
    'The last backups of 3 indexes failed.',
  ],
  [
    'overdue',
    of({ ...safe, health: 'overdue', lastGood: { backup: 'b', at: at(3 * DAY), points: 1 } }, ...others(2)),
    ...(['failed', '“code” is overdue. Last backup 3 days ago'] as const),
  ],
  [
    'a drill that failed',
    of({ ...safe, tested: { at: at(5), ok: false, backup: 'b', message: 'x' } }),
    ...(['failed', 'The last backup of “code” did not come back as it was when it was tested.'] as const),
  ],
  [
    'paused',
    { ...of({ ...safe, health: 'paused' }), paused: { since: at(1), until: '2026-11-24T07:00:00Z' } },
    ...(['attention', 'Backups are paused until tomorrow at 08:00.'] as const),
  ],
  ['a change', of({ ...safe, change }, ...others(1)), 'attention', change.message],
  [
    'running for the first time is not safe yet',
    of(safe, { ...safe, collection: 'docs', health: 'running', lastGood: null }),
    ...(['working', '“docs” has no backup yet. The first is being taken.'] as const),
  ],
  [
    'due for the first time is not safe yet',
    of({ ...safe, health: 'due', lastGood: null, nextRun: '2026-11-23T12:00:00Z' }),
    ...(['attention', '“code” has no backup yet. The first is about to be taken.'] as const),
  ],
  [
    'failing, and the others have backups',
    of({ ...safe, health: 'failing', lastGood: null }, ...others(2)),
    ...(['failed', 'The last backup of “code” failed. It has no backup yet.'] as const),
  ],
  [
    'overdue, all without a backup',
    of(...others(2).map((one) => ({ ...one, health: 'overdue' as const, lastGood: null }))),
    ...(['failed', '2 indexes are overdue. None of them has a backup yet.'] as const),
  ],
  [
    'overdue, some without a backup',
    of(
      { ...safe, health: 'overdue', lastGood: null },
      ...others(2).map((one) => ({ ...one, health: 'overdue' as const })),
    ),
    ...(['failed', '3 indexes are overdue. Last backup 12 min ago, and 1 of them has none yet.'] as const),
  ],
  [
    'failing in a vault that cannot be read',
    { ...of({ ...safe, health: 'failing', lastGood: null }), vaultTrouble: 'The vault is not at /v.' },
    ...(['failed', 'The last backup of “code” failed. The vault is not at /v.'] as const),
  ],
  [
    'overdue in a vault that cannot be read may as well not be',
    { ...of({ ...safe, health: 'overdue', lastGood: null }), vaultTrouble: 'The vault is not at /v.' },
    ...(['failed', 'The vault is not at /v.'] as const),
  ],
  [
    'running because it is overdue is overdue still',
    of({ ...safe, health: 'running', overdueSince: at(30) }),
    ...(['working', '“code” is overdue. Last backup 12 min ago'] as const),
  ],
  [
    'running after a failure has failed still',
    of({ ...safe, health: 'running', failure: { at: at(9), code: 'X', message: '', hint: '' } }),
    ...(['working', 'The last backup of “code” failed. Last good backup 12 min ago'] as const),
  ],
  [
    'running',
    of({ ...safe, health: 'running' }),
    'working',
    '“code” is safe. Last backup 12 min ago, tested yesterday.',
  ],
])('%s', (_what, facts, tone, sentence) => {
  expect([toneOf(facts), sentenceOf(facts, now).replace(/\.$/, '')]).toEqual([tone, sentence.replace(/\.$/, '')]);
});

test('whatever is said of an index without a backup, it is not called safe', () => {
  const healths: ProtectedIndex['health'][] = [
    ...(['paused', 'running', 'failing', 'overdue', 'due', 'never', 'safe', 'unprotected'] as const),
  ];
  const paused = { since: at(1), until: null };
  for (const health of healths)
    for (const overdueSince of [null, at(1)])
      for (const tested of [null, safe.tested])
        for (const facts of [{}, { paused }, { vaultTrouble: 'No vault.' }]) {
          const empty = { ...safe, health, overdueSince, tested, lastGood: null };
          const whole = { ...of(empty, ...others(1)), ...facts };
          expect(sentenceOf(whole, now)).not.toMatch(/\b(is|are) safe/);
          expect(toneOf(whole)).not.toBe('safe');
        }
});

test('every sentence ends like one', () => {
  const ends = [of({ ...safe, health: 'failing' }), of({ ...safe, health: 'overdue' }), of(safe)];
  for (const facts of ends) expect(sentenceOf(facts, now)).toMatch(/[^.]\.$/);
});

describe('times', () => {
  test.each([
    [0, 'just now'],
    [59, '59 min ago'],
    [60, '1 hour ago'],
    [47 * 60, '47 hours ago'],
    [48 * 60, '2 days ago'],
  ])('%i minutes ago', (minutes, words) => expect(ago(now - minutes * 60_000, now)).toBe(words));

  test.each([
    ['2026-11-22T23:30:00Z', 'today'],
    ['2026-11-22T22:30:00Z', 'yesterday'],
    ['2026-11-17T12:00:00Z', 'Tuesday'],
    ['2026-11-16T12:00:00Z', 'on 16 November 2026'],
  ])('%s was %s', (time, words) => expect(onDay(Date.parse(time), now, timeZone)).toBe(words));

  test.each([
    ['2026-11-23T22:30:00Z', 'today at 23:30'],
    ['2026-11-23T23:30:00Z', 'tomorrow at 00:30'],
    ['2026-11-26T01:30:00Z', 'Thursday at 02:30'],
    ['2026-12-03T01:30:00Z', 'on 3 December 2026 at 02:30'],
  ])('%s is %s', (time, words) => expect(soon(Date.parse(time), now, timeZone)).toBe(words));

  test('until', () => {
    expect(until(null, now)).toBe('until you resume them');
    expect(until('2026-11-23T13:30:00Z', now, timeZone)).toBe('until 14:30');
  });
});
