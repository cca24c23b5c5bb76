import { expect, test } from 'vitest';
import type { BackupSummary, Retention } from '../../../preload/api.ts';
import {
  draftedRotation,
  goingBackups,
  keepWords,
  pruneSentence,
  ROTATION_PRESETS,
  rotationDraft,
  sameRetention,
} from '../../../renderer/rotation.ts';

const presets: readonly (readonly [string, Retention | null])[] = [
  ['all', null],
  ['last-7', { keepLast: 7 }],
  ['last-14', { keepLast: 14 }],
  ['last-30', { keepLast: 30 }],
  ['month', { keepDaily: 30 }],
  ['year', { keepHourly: 24, keepDaily: 30, keepMonthly: 12 }],
];

test.each(presets)('the choice %s means its numbers, and is found again by them', (id, keep) => {
  expect(rotationDraft(keep).choice).toBe(id);
  expect(draftedRotation({ ...rotationDraft({ keepLast: 1 }), choice: id })).toEqual({ ok: true, keep });
});

test('no other choice is offered', () => {
  expect(ROTATION_PRESETS.map(({ id }) => id)).toEqual(presets.map(([id]) => id));
});

test('other numbers are one’s own', () => {
  const keep = { keepLast: 3, keepDaily: 30 };
  const draft = rotationDraft(keep);
  expect(draft.choice).toBe('own');
  expect(draft.own).toMatchObject({ keepLast: '3', keepDaily: '30', keepWeekly: '' });
  expect(draftedRotation(draft)).toEqual({ ok: true, keep });
});

const own = (numbers: Partial<Record<keyof Retention, string>>) =>
  draftedRotation({ choice: 'own', own: { ...rotationDraft(null).own, ...numbers } });

test('zero is nothing, and nothing at all is no rule', () => {
  expect(own({ keepLast: '0', keepWeekly: ' 4 ' })).toEqual({ ok: true, keep: { keepWeekly: 4 } });
  expect(own({ keepLast: '0' })).toMatchObject({ ok: false, field: 'keepLast' });
});

test.each(['-1', '1.5', 'x', '10000'])('%j is no number of backups', (typed) => {
  expect(own({ keepDaily: typed })).toMatchObject({ ok: false, field: 'keepDaily' });
});

test.each<[Retention | null, string]>([
  [null, 'Keeps all backups'],
  [{ keepLast: 0 }, 'Keeps all backups'],
  [{ keepLast: 1 }, 'Keeps the last one'],
  [{ keepLast: 7 }, 'Keeps the last 7'],
  [{ keepDaily: 30 }, 'Keeps one for each of the last 30 days'],
  [{ keepLast: 3, keepDaily: 30 }, 'Keeps the last 3 and one for each of the last 30 days'],
  [
    { keepHourly: 24, keepDaily: 30, keepMonthly: 12 },
    'Keeps one for each of the last 24 hours, 30 days and 12 months',
  ],
])('%j: %s', (keep, words) => {
  expect(keepWords(keep)).toBe(words);
});

test('a rule of zero is no rule', () => {
  expect(sameRetention({ keepLast: 0, keepDaily: 30 }, { keepDaily: 30 })).toBe(true);
  expect(sameRetention({ keepDaily: 30 }, null)).toBe(false);
});

test.each([
  [0, 0, 'No backup would be deleted'],
  [1, 900, '1 backup would be deleted, 900 bytes freed'],
  [12, 1_234_000_000, '12 backups would be deleted, 1.23 GB freed'],
])('%i of %i bytes: %s', (count, bytesFreed, sentence) => {
  expect(pruneSentence({ removed: Array.from({ length: count }, String), bytesFreed })).toBe(sentence);
});

test('what would go is listed newest first, and what is not known by its name', () => {
  const backup = (backupName: string, createdAt: string) => ({ backupName, collection: 'code', createdAt });
  const known = [backup('a', '2026-11-01T00:00:00Z'), backup('b', '2026-11-02T00:00:00Z')] as BackupSummary[];
  expect(goingBackups(['a', 'gone', 'b'], known).map(({ name }) => name)).toEqual(['b', 'a', 'gone']);
});
