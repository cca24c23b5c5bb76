import { expect, it } from 'vitest';
import { questionOf } from '../../../main/mcp/approval-question.ts';

const restore = {
  kind: 'restore',
  connection: 'local',
  collection: 'code',
  points: 1180,
  backup: 'code-1',
  createdAt: '2026-01-02T03:04:05.000Z',
  backupPoints: 1200,
  onConflict: 'exact',
  paths: null,
  safetyCopy: true,
  allowModelMismatch: false,
  effect: null,
} as const;

it('names target, backup and numbers of a restore', () => {
  const taken = new Date(restore.createdAt);
  const clock = [taken.getHours(), taken.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  expect(questionOf(restore)).toEqual({
    message: 'A coding agent wants to restore a backup into an index that has points',
    detail: [
      'Index: code on local, 1,180 points now',
      `Backup: code-1, 1,200 points, taken ${taken.getDate()} January 2026 at ${clock}`,
      '',
      'Points that differ would be replaced by what the backup holds, and points that it does not hold removed.',
      'The index is backed up first.',
    ].join('\n'),
    yes: 'Allow this restore',
  });
});

it('says it when there would be no safety copy, and when only some files are meant', () => {
  const { detail } = questionOf({ ...restore, onConflict: 'merge', paths: 'src/**', safetyCopy: false });
  expect(detail).toContain('Only points of files that match: src/**');
  expect(detail).toContain('merged');
  expect(detail).toContain('NO safety copy');
  expect(detail).not.toContain('backed up first');
});

it.each([
  ['overwrite', 'replaced by'],
  ['merge', 'merged with'],
] as const)('of an import that would %s', (onConflict, words) => {
  const facts = { connection: 'local', collection: 'code', points: 1, path: '/exports/a.json', effect: null };
  const copy = { safetyCopy: true };
  const { detail, yes } = questionOf({ kind: 'import', ...facts, ...copy, onConflict, allowModelMismatch: false });
  expect(detail).toContain('Index: code on local, 1 point now\nFile: /exports/a.json\n');
  expect(detail).toContain(words);
  expect(yes).toBe('Allow this import');
  expect(detail).not.toContain('ANOTHER MODEL');
  expect(questionOf({ kind: 'import', ...facts, ...copy, onConflict, allowModelMismatch: true }).detail).toContain(
    'ANOTHER MODEL',
  );
});

it('says it when vectors of another model may come', () => {
  expect(questionOf(restore).detail).not.toContain('ANOTHER MODEL');
  expect(questionOf({ ...restore, allowModelMismatch: true }).detail).toContain('ANOTHER MODEL');
});

it('tells what a dry run has counted', () => {
  const effect = { new: 3, updated: 12_000, removed: 0 };
  expect(questionOf({ ...restore, effect }).detail).toContain('In numbers: 12,000 replaced, 0 removed, 3 new.');
  expect(questionOf({ ...restore, onConflict: 'merge', effect }).detail).toContain('12,000 merged, 0 removed');
  expect(questionOf(restore).detail).not.toContain('In numbers');
});

it('says of an import too whether there will be a copy', () => {
  const facts = {
    kind: 'import',
    connection: 'local',
    collection: 'code',
    points: 1,
    path: '/exports/a.json',
  } as const;
  const more = { onConflict: 'merge', allowModelMismatch: false, effect: null } as const;
  expect(questionOf({ ...facts, ...more, safetyCopy: true }).detail).toContain('backed up first');
  expect(questionOf({ ...facts, ...more, safetyCopy: false }).detail).toContain('NO safety copy');
});
