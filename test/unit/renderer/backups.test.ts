import { expect, test } from 'vitest';
import type { BackupSummary } from '../../../preload/api.ts';
import {
  backupsOf,
  freshness,
  groupByDate,
  isUndoable,
  lastBackup,
  originsOf,
  reasonLabel,
  safetySentence,
  shrunken,
  sourceOf,
} from '../../../renderer/backups.ts';

const NOW = new Date(2026, 10, 22, 14, 30).getTime();
const HOUR = 3_600_000;

const backup = (hoursAgo: number, more: Partial<BackupSummary> = {}): BackupSummary => ({
  backupName: `b-${hoursAgo}`,
  collection: 'code',
  source: 'http://a',
  createdAt: new Date(NOW - hoursAgo * HOUR).toISOString(),
  reason: 'manual',
  totalVectors: 10,
  dimensions: 4,
  model: null,
  bytes: 1,
  bytesUnique: 1,
  verifiedAt: '2026-11-22T00:00:00Z',
  pinned: false,
  shrankFrom: null,
  companions: [],
  ...more,
});

test('backups of an index are those of its Qdrant', () => {
  const all = [backup(1), backup(2, { source: 'builtin' }), backup(3, { collection: 'docs' })];
  expect(backupsOf(all, 'code', 'http://a').map(({ backupName }) => backupName)).toEqual(['b-1']);
  expect(backupsOf(all, 'code', null)).toHaveLength(2);
  expect(originsOf([...all, backup(4)])).toHaveLength(3);
  expect(sourceOf({ kind: 'builtin', url: '' })).toBe('builtin');
  expect(sourceOf({ kind: 'url', url: 'http://a' })).toBe('http://a');
});

test('how fresh: a safety copy counts only where there is nothing else', () => {
  const safety = backup(1, { reason: 'safety' });
  expect(lastBackup([safety, backup(2)])?.backupName).toBe('b-2');
  expect(lastBackup([safety])).toBe(safety);
  expect(freshness([], NOW)).toBe('Never backed up');
  expect(freshness([safety, backup(2)], NOW)).toBe('Last backup 2 h ago, verified');
  expect(freshness([backup(0.2, { verifiedAt: null })], NOW)).toBe('Last backup 12 min ago, damaged');
});

test('the sentence on Home counts verified backups', () => {
  const among =
    (...names: string[]) =>
    (name: string) =>
      names.includes(name);
  expect(safetySentence(['a', 'b'], among())).toBe('No index has a verified backup yet');
  expect(safetySentence(['a', 'b', 'c'], among('a'))).toBe('1 of 3 indexes has a verified backup');
  expect(safetySentence(['a', 'b', 'c'], among('a', 'c'))).toBe('2 of 3 indexes have a verified backup');
  expect(safetySentence(['a', 'b'], among('a', 'b'))).toBe('All 2 indexes have a verified backup');
  expect(safetySentence(['a'], among('a'))).toBe('The index has a verified backup');
  expect(safetySentence(['a'], among())).toBe('The index has no verified backup yet');
});

test('a restore can be undone for a day', () => {
  expect(isUndoable(backup(23, { reason: 'safety' }), NOW)).toBe(true);
  expect(isUndoable(backup(24, { reason: 'safety' }), NOW)).toBe(false);
  expect(isUndoable(backup(1), NOW)).toBe(false);
});

test('days are headings, months where there are many days', () => {
  const few = [backup(1), backup(5), backup(20), backup(50)];
  expect(groupByDate(few, NOW).map(({ title, backups }) => [title, backups.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
    ['Friday, 20 November 2026', 1],
  ]);
  const many = Array.from({ length: 40 }, (_, day) => backup(day * 24));
  expect(groupByDate(many, NOW).map(({ title, backups, months }) => [title, backups.length, months])).toEqual([
    ['November 2026', 22, true],
    ['October 2026', 18, true],
  ]);
  expect(groupByDate([], NOW)).toEqual([]);
});

test('an index that shrank is told of once', () => {
  const all = [backup(1, { shrankFrom: 100 }), backup(2, { shrankFrom: 200 }), backup(3)];
  expect(shrunken(all).map(({ backupName }) => backupName)).toEqual(['b-1']);
});

test('reasons in words; those of the person as they are', () => {
  expect(reasonLabel('before-reindex')).toBe('Before re-indexing');
  expect(reasonLabel('before the move')).toBe('before the move');
});
