import { expect, test } from 'vitest';
import { restoreReport } from '../../../main/terminal/restore-report.ts';
import type { RestoreResult } from '../../../main/service/types.ts';

const result: RestoreResult = {
  ...{ backupName: 'code-1', collection: 'code', totalVectors: 20_000, new: 12, updated: 3, skipped: 19_985 },
  ...{ removed: 4, safetyBackup: 'code-2', targetFingerprint: null, verified: true },
  ...{
    differences: { count: 0, points: [] },
    createdCollection: false,
    dryRun: false,
    companions: [],
    durationMs: 3200,
    vectorsPerSecond: 1,
    warnings: [],
  },
};
const report = (changes: Partial<RestoreResult>, paths?: string): readonly string[] =>
  restoreReport({ ...result, ...changes }, paths, {
    vault: ['--vault', 'my vault'],
    qdrant: ['--url', 'http://localhost:6333'],
    home: [],
  });

test('a restore says what it did, that it was checked, and how to undo it', () => {
  expect(report({})).toEqual([
    'Restored code-1 into code: 20,000 points, 12 new, 3 updated, 19,985 skipped, 4 removed',
    'Read back: just as in the backup',
    'In 3.2 s',
    'What was there before is kept as code-2. To undo:',
    "  vectorkeep restore code-2 --on-conflict exact --to code --vault 'my vault' --url http://localhost:6333",
  ]);
});

test('a new index has nothing to undo, and companion files are named', () => {
  expect(report({ createdCollection: true, safetyBackup: null, companions: ['/x/state.json'] })).toEqual([
    'Restored code-1 into the new index code: 20,000 points, 12 new, 3 updated, 19,985 skipped, 4 removed',
    'Read back: just as in the backup',
    ...['Companion files:', '  /x/state.json'],
    'In 3.2 s',
  ]);
});

test('a dry run says would, and that nothing was written', () => {
  expect(report({ dryRun: true, verified: null, safetyBackup: null })).toEqual([
    'Would restore code-1 into code: 20,000 points, 12 new, 3 updated, 19,985 skipped, 4 removed',
    'Nothing was written',
  ]);
  const differences = { count: 120, points: [] };
  expect(report({ dryRun: true, verified: null, safetyBackup: null, differences }).at(-1)).toBe(
    'The index now differs from the backup in 120 points',
  );
  const none = { new: 0, updated: 0, removed: 0, safetyBackup: null };
  expect(report({ ...none, dryRun: true })[0]).toBe(
    'Nothing to restore into code: all 20,000 points are there already',
  );
  expect(report({ ...none, totalVectors: 1 })[0]).toBe('Nothing to restore into code: the point was there already');
  expect(report({ ...none, totalVectors: 0 }, 'src/**')[0]).toBe(
    'Nothing to restore into code: no file of the backup matches src/**',
  );
});

test('differences are named, the first ten', () => {
  const points = Array.from({ length: 100 }, (_, nth) => ({ point: String(nth), what: 'different' as const }));
  const [, checked, head, ...rest] = report({ differences: { count: 1200, points } });
  expect([checked, head]).toEqual([
    'Read back: as it should be after this restore',
    'The index differs from the backup in 1,200 points:',
  ]);
  expect(rest.slice(0, 11)).toEqual([
    ...points.slice(0, 10).map(({ point }) => `  ${point}  different`),
    '  and 1,190 more (--json names the first 100)',
  ]);
  const bad = report({
    verified: false,
    differences: {
      count: 2,
      points: [
        { point: '\u001b[2J7', what: 'missing' },
        { point: '8', what: 'extra' },
      ],
    },
  });
  expect(bad.slice(1, 5)).toEqual([
    'NOT VERIFIED: read back, the index is not as it should be after this restore',
    'The index differs from the backup in 2 points:',
    ...['  7  not in the index', '  8  not in the backup'],
  ]);
});
