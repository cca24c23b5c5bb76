import { expect, test } from 'vitest';
import type { RestoreResult } from '../../../preload/api.ts';
import {
  changesNothing,
  differenceSentence,
  otherModel,
  patternProblem,
  proposedName,
  restoreSentence,
  safetySentence,
  verifiedSentence,
} from '../../../renderer/restore-plan.ts';

const result = (more: Partial<RestoreResult> = {}): RestoreResult => ({
  backupName: 'b',
  collection: 'code',
  totalVectors: 400,
  new: 0,
  updated: 0,
  skipped: 400,
  removed: 0,
  safetyBackup: null,
  targetFingerprint: null,
  verified: true,
  differences: { count: 0, points: [] },
  createdCollection: false,
  dryRun: false,
  companions: [],
  durationMs: 1,
  vectorsPerSecond: 1,
  warnings: [],
  ...more,
});

test('a lost index comes back under its name, another one beside it', () => {
  expect(proposedName('code', ['docs'])).toBe('code');
  expect(proposedName('code', ['code'])).toBe('code-restored');
  expect(proposedName('code', ['code', 'code-restored'])).toBe('code-restored-2');
});

test('a safety copy is promised exactly where something is overwritten or removed', () => {
  expect(safetySentence(result({ updated: 1 }), false)).toMatch(/^will be made/);
  expect(safetySentence(result({ removed: 1 }), false)).toMatch(/^will be made/);
  expect(safetySentence(result({ new: 5 }), false)).toMatch(/^not needed/);
  expect(safetySentence(result({ new: 5 }), true)).toMatch(/^not needed: a new index/);
});

test('what it did, and whether it was found to be so', () => {
  expect(changesNothing(result())).toBe(true);
  expect(changesNothing(result({ createdCollection: true }))).toBe(false);
  expect(restoreSentence(result())).toBe('Nothing to restore: the index “code” had all 400 points already');
  expect(restoreSentence(result({ new: 400, createdCollection: true }))).toBe(
    '400 points restored into the new index “code”',
  );
  expect(verifiedSentence(result({ verified: null }))).toBeNull();
  expect(verifiedSentence(result())).toMatch(/point for point/);
  const three = { count: 3, points: [] };
  expect(verifiedSentence(result({ differences: three }))).toMatch(/^Read back and compared\. 3 points differ/);
  expect(verifiedSentence(result({ differences: { count: 1, points: [] } }))).toMatch(/1 point differs/);
  expect(verifiedSentence(result({ verified: false, differences: three }))).toMatch(/not as they should be/);
  expect(differenceSentence({ point: '17', what: 'extra' })).toBe('Point 17 is not in the backup');
});

test('models and patterns', () => {
  expect(otherModel({ model: 'a' }, 'b')).toEqual({ backup: 'a', index: 'b' });
  for (const [backup, index] of [
    ['a', 'a'],
    ['a', null],
    [null, 'b'],
  ] as const) {
    expect(otherModel({ model: backup }, index)).toBeNull();
  }
  expect(patternProblem(' ')).toMatch(/which files/);
  expect(patternProblem('src/**')).toBeNull();
});
