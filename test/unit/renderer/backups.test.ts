import { expect, test } from 'vitest';
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
import { backupOf, NOW } from '../../support/backup-summaries.ts';

test('backups of an index are those of its Qdrant', () => {
  const all = [backupOf(1), backupOf(2, { source: 'builtin' }), backupOf(3, { collection: 'docs' })];
  expect(backupsOf(all, 'code', 'http://a').map(({ backupName }) => backupName)).toEqual(['b-1']);
  expect(backupsOf(all, 'code', null)).toHaveLength(2);
  expect(originsOf([...all, backupOf(4)])).toHaveLength(3);
  expect(sourceOf({ kind: 'builtin', url: '' })).toBe('builtin');
  expect(sourceOf({ kind: 'url', url: 'http://a' })).toBe('http://a');
});

test('how fresh: a safety copy counts only where there is nothing else', () => {
  const safety = backupOf(1, { reason: 'safety' });
  expect(lastBackup([safety, backupOf(2)])?.backupName).toBe('b-2');
  expect(lastBackup([safety])).toBe(safety);
  expect(freshness([], NOW)).toBe('Never backed up');
  expect(freshness([safety, backupOf(2)], NOW)).toBe('Last backup 2 h ago, verified');
  expect(freshness([backupOf(0.2, { verifiedAt: null })], NOW)).toBe('Last backup 12 min ago, damaged');
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
  expect(isUndoable(backupOf(23, { reason: 'safety' }), NOW)).toBe(true);
  expect(isUndoable(backupOf(24, { reason: 'safety' }), NOW)).toBe(false);
  expect(isUndoable(backupOf(1), NOW)).toBe(false);
});

test('days are headings, months where there are many days', () => {
  const few = [backupOf(1), backupOf(5), backupOf(20), backupOf(50)];
  expect(groupByDate(few, NOW).map(({ title, backups }) => [title, backups.length])).toEqual([
    ['Today', 2],
    ['Yesterday', 1],
    ['Friday, 20 November 2026', 1],
  ]);
  const many = Array.from({ length: 40 }, (_, day) => backupOf(day * 24));
  expect(groupByDate(many, NOW).map(({ title, backups, months }) => [title, backups.length, months])).toEqual([
    ['November 2026', 22, true],
    ['October 2026', 18, true],
  ]);
  expect(groupByDate([], NOW)).toEqual([]);
});

test('an index that shrank is told of once', () => {
  const all = [backupOf(1, { shrankFrom: 100 }), backupOf(2, { shrankFrom: 200 }), backupOf(3)];
  expect(shrunken(all).map(({ backupName }) => backupName)).toEqual(['b-1']);
});

test('reasons in words; those of the person as they are', () => {
  expect(reasonLabel('before-reindex')).toBe('Before re-indexing');
  expect(reasonLabel('before the move')).toBe('before the move');
});
