import { expect, test } from 'vitest';
import type { ArchiveSummary, CollectionSummary, ImportResult } from '../../../preload/api.ts';
import * as plan from '../../../renderer/import-plan.ts';

const summary = { collection: 'code', model: 'a' } as ArchiveSummary;
const index = (name: string, model: string | null = null): CollectionSummary => ({
  name,
  points: 1,
  dimensions: 4,
  model,
  status: 'green',
});

test('the first target is the one that was meant, else where the file is from, else a new one', () => {
  const both = [index('code'), index('docs')];
  expect(plan.firstTarget(summary, both, 'docs')).toMatchObject({ kind: 'existing', existing: 'docs' });
  expect(plan.firstTarget(summary, both, null)).toMatchObject({
    kind: 'existing',
    existing: 'code',
    newName: 'code-2',
  });
  expect(plan.firstTarget(summary, [index('docs')], null)).toMatchObject({ kind: 'new', newName: 'code' });
  expect(plan.firstTarget({ ...summary, collection: null }, [], null)).toMatchObject({
    kind: 'new',
    newName: 'imported',
  });
});

test('new names', () => {
  expect(plan.freeName('a', ['a', 'a-2'])).toBe('a-3');
  expect(plan.newNameProblem('', [])).not.toBeNull();
  expect(plan.newNameProblem(' a', [])).not.toBeNull();
  expect(plan.newNameProblem('a/b', [])).not.toBeNull();
  expect(plan.newNameProblem('a', ['a'])).not.toBeNull();
  expect(plan.newNameProblem('a', ['b'])).toBeNull();
});

test('each strategy has its numbers once they are known', () => {
  const dryRun = { new: 412, updated: 0, skipped: 38 } as ImportResult;
  expect(plan.strategies(dryRun).map(({ id, effect }) => [id, effect])).toEqual([
    ['skip', '412 new, 38 already there'],
    ['overwrite', '412 new, 38 replaced'],
    ['merge', '412 new, 38 updated'],
  ]);
  expect(plan.strategies(null).every(({ effect }) => effect === null)).toBe(true);
});

test('the headline of a result sets the name off, and says when there was nothing to do', () => {
  const done = { collection: 'code', totalVectors: 2080, new: 2080, updated: 0, skipped: 0 } as ImportResult;
  expect(plan.importSentence({ ...done, createdCollection: true })).toBe(
    '2,080 points imported into the new index “code”',
  );
  expect(plan.importSentence({ ...done, new: 0, updated: 1 })).toBe('2,080 points imported into the index “code”');
  expect(plan.importSentence({ ...done, new: 0, skipped: 2080 })).toBe(
    'Nothing to import: all 2,080 points were in the index “code” already',
  );
});

test('models differ only when both are known', () => {
  expect(plan.differentModels(summary, index('x', 'b'))).toEqual({ file: 'a', index: 'b' });
  expect(plan.differentModels(summary, index('x', 'a'))).toBeNull();
  expect(plan.differentModels(summary, index('x'))).toBeNull();
  expect(plan.differentModels({ ...summary, model: null }, index('x', 'b'))).toBeNull();
  expect(plan.differentModels(summary, undefined)).toBeNull();
});
