import { expect, test } from 'vitest';
import type { CollectionSummary, JobView, ProtectedIndex } from '../../../preload/api.ts';
import { changesIn, entriesOf, otherConnections, sharedFailures, withoutTold } from '../../../renderer/index-cards.ts';
import { indexOf } from '../../support/protection-views.ts';

const live = (name: string): CollectionSummary => ({ name, points: 3, dimensions: 4, model: null, status: 'green' });
const index = (collection: string, more: Partial<ProtectedIndex> = {}): ProtectedIndex =>
  indexOf(collection, { connection: 'Local', ...more });
const failing = (message = 'away'): Partial<ProtectedIndex> => ({
  health: 'failing',
  failure: { at: '2026-11-22T00:00:00Z', code: 'QDRANT_UNREACHABLE', message, hint: 'h' },
});

test('what is there and what is protected is one card each, trouble first, then by name', () => {
  const entries = entriesOf(
    [live('a10'), live('a2'), live('b')],
    [index('b', failing()), index('gone'), index('a2'), index('x', { connection: 'Elsewhere' })],
    'Local',
  );
  expect(entries.map(({ collection }) => collection)).toEqual(['b', 'a2', 'a10', 'gone']);
  expect(entries.map(({ gone }) => gone)).toEqual([false, false, false, true]);
  expect(entries.map(({ protection }) => protection !== null)).toEqual([true, true, false, true]);
  expect(entries.map((entry) => entry.live?.points)).toEqual([3, 3, 3, undefined]);
});

test('of a Qdrant that does not answer nothing is gone', () => {
  expect(entriesOf(null, [index('a')], 'Local')).toMatchObject([{ collection: 'a', live: null, gone: false }]);
  expect(entriesOf([], [], 'Local')).toEqual([]);
});

test('a failure that several have in common is told once', () => {
  const entries = entriesOf(
    null,
    [index('a', failing()), index('b', failing()), index('c', failing('other'))],
    'Local',
  );
  expect(sharedFailures(entries)).toEqual([
    { code: 'QDRANT_UNREACHABLE', message: 'away', hint: 'h', collections: ['a', 'b'] },
  ]);
});

test('what a card tells of is not told beside it', () => {
  const job = (title: string, more: Partial<JobView> = {}): JobView => ({
    ...{ id: title, kind: 'backup', title, connection: 'Local', status: 'failed', result: null, error: null },
    progress: {
      ...{ phase: 'reading', points: 0, totalPoints: null, bytes: 0, totalBytes: null },
      ...{ pointsPerSecond: 0, secondsLeft: null },
    },
    ...more,
  });
  const entries = entriesOf(null, [index('a', failing()), index('b')], 'Local');
  const jobs = [
    ...[job('a'), job('b'), job('a', { kind: 'export' }), job('a', { status: 'running' })],
    job('a', { connection: 'Elsewhere' }),
  ];
  expect(withoutTold(jobs, entries, 'Local')).toEqual(jobs.slice(1));
});

test('other connections are counted, the worst first', () => {
  const on = (connection: string, ...members: Partial<ProtectedIndex>[]): ProtectedIndex[] =>
    members.map((more, n) => index(`i${n}`, { connection, ...more }));
  const indexes = [
    ...on('Local', {}),
    ...on('A', {}, {}, { health: 'never' }, failing()),
    ...on('B', {}, {}),
    ...on('C', { health: 'overdue' }),
  ];
  expect(otherConnections({ indexes }, 'Local')).toMatchObject([
    { connection: 'A', shape: 'failed', words: '4 indexes: 1 failing, 1 without a backup, 2 safe' },
    { connection: 'B', shape: 'safe', words: '2 indexes, all safe', troubled: [] },
    { connection: 'C', shape: 'failed', words: '1 index, overdue', troubled: [{ collection: 'i0' }] },
  ]);
});

test('an index that changed is another reason to look', () => {
  const change = { what: 'shrank', at: 't', from: 9, to: 1, backup: null, message: '' } as const;
  expect(changesIn(null)).toBe(changesIn({ indexes: [index('a')] }));
  expect(changesIn({ indexes: [index('a', { change })] })).not.toBe('');
  expect(changesIn({ indexes: [index('a', { change: { ...change, to: 0 } })] })).not.toBe(
    changesIn({ indexes: [index('a', { change })] }),
  );
});
