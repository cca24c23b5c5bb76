import { describe, expect, test } from 'vitest';
import {
  acceptShrinkWords,
  backupReport,
  diffReport,
  listReport,
  pruneReport,
  verifyReport,
} from '../../../main/terminal/backup-reports.ts';
import type { BackupResult, BackupSummary, DiffResult, VerifyResult } from '../../../main/service/types.ts';

const at = (hour: number): string => new Date(2026, 10, 22, hour, 3).toISOString();

const HERE = { vault: [], qdrant: [], home: [] };

const taken: BackupResult = {
  ...{ backupName: 'code-1', collection: 'code', createdAt: at(14), totalVectors: 20_000 },
  ...{ new: 40, changed: 200, removed: 1, bytesAdded: 820_000, vaultBytes: 56_200_000, verified: true, moved: false },
  ...{ rotation: null, durationMs: 4200, warnings: [] },
};

test('a backup says what it found and what it added', () => {
  expect(backupReport(taken)).toEqual([
    'Backed up code: 20,000 points, 40 new, 200 changed, 1 removed',
    'code-1: 820 kB added, read back and compared, in 4.2 s; the vault has 56.2 MB',
  ]);
  expect(backupReport({ ...taken, new: 0, changed: 0, removed: 0 })[0]).toBe(
    'Backed up code: 20,000 points, nothing has changed since the backup before',
  );
});

describe('the list', () => {
  const backup: BackupSummary = {
    ...{ backupName: 'code-20261122T140302Z', collection: 'code', source: 'http://localhost:6333', createdAt: at(14) },
    ...{ reason: 'manual', totalVectors: 20_000, dimensions: 4, model: null, bytes: 53_100_000, bytesUnique: 9 },
    ...{ verifiedAt: at(15), pinned: true, shrankFrom: null, companions: [] },
  };
  const older = { ...backup, backupName: 'code-20261121T140302Z', createdAt: at(9), verifiedAt: null, pinned: false };
  const list = { vault: '/mnt/vault', vaultBytes: 56_200_000, warnings: [], backups: [backup, older] };

  test('is a table for each index, by connection', () => {
    const notes = { ...backup, backupName: 'notes-1', collection: 'notes', source: 'builtin', totalVectors: 1 };
    expect(listReport({ ...list, backups: [backup, notes, older] }, undefined, null, HERE)).toEqual([
      'code at http://localhost:6333',
      'Backup                 Taken             Points     Size  Frees  Verified          Pin     Reason',
      'code-20261122T140302Z  2026-11-22 14:03  20,000  53.1 MB    9 B  2026-11-22 15:03  pinned  manual',
      'code-20261121T140302Z  2026-11-22 09:03  20,000  53.1 MB    9 B  DAMAGED                   manual',
      'code-20261121T140302Z was found damaged',
      '',
      'notes at the built-in Qdrant',
      'Backup   Taken             Points     Size  Frees  Verified          Pin     Reason',
      'notes-1  2026-11-22 14:03       1  53.1 MB    9 B  2026-11-22 15:03  pinned  manual',
      '',
      '3 backups; the vault has 56.2 MB: /mnt/vault',
    ]);
  });

  test('fits a terminal, the names of backups last of all to be shortened', () => {
    const lines = listReport(list, undefined, 60, HERE);
    expect(lines[2]).toBe('code-20261122T140302Z  2026-11-22 14:03  20,000  53.1 MB');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(listReport(list, undefined, 40, HERE)[2]).toBe('code-20261122T140302Z  2026-11-22 14:03');
  });

  test('tells of an index that shrank, and how to say that this is right', () => {
    const shrank = { ...backup, totalVectors: 300, shrankFrom: 20_000 };
    expect(
      listReport({ ...list, backups: [shrank] }, undefined, null, {
        ...HERE,
        vault: ['--vault', 'my vault'],
      }).slice(3, 5),
    ).toEqual([
      'code-20261122T140302Z has 300 points, the one before had 20,000. All are kept until you say that this is right:',
      "  vectorkeep prune --accept-shrink code-20261122T140302Z --vault 'my vault'",
    ]);
  });

  test('of nothing says where it looked', () => {
    const none = { ...list, backups: [] };
    expect(listReport(none, undefined, null, HERE)).toEqual(['No backups in /mnt/vault']);
    expect(listReport(none, 'code\u001b[2J', 80, HERE)).toEqual(['No backups of code in /mnt/vault']);
  });
});

describe('a verification', () => {
  const whole: VerifyResult = {
    ...{ backups: [{ backupName: 'a', ok: true, problems: [] }], problems: [], leftovers: [], full: false },
    durationMs: 300,
  };
  const problem = (message: string) => ({ code: 'BACKUP_DAMAGED', message, path: 'x' });

  test('has a line for each backup and its problems under it', () => {
    expect(verifyReport(whole, 80)).toEqual([
      'Backup  Checksums',
      'a       whole',
      '1 backup verified in 0.3 s: all whole',
    ]);
    const damaged = { backupName: 'b', ok: false, problems: [problem('b is damaged.')] };
    const said = verifyReport(
      {
        ...whole,
        ...{ full: true, backups: [...whole.backups, damaged], problems: [problem('README.txt is gone.')] },
        leftovers: Array.from({ length: 12 }, (_, nth) => `left-${nth}`),
      },
      80,
    );
    expect(said.slice(0, 6)).toEqual([
      ...['Backup  Every point', 'a       whole', 'b       DAMAGED', '  b is damaged.'],
      ...['The vault itself:', '  README.txt is gone.'],
    ]);
    expect(said.slice(-3)).toEqual([
      ...['  left-9', '  and 2 more (--json lists them)', '2 backups verified in 0.3 s: 1 whole, 1 damaged'],
    ]);
  });

  test('of nothing', () => {
    expect(verifyReport({ ...whole, backups: [] }, 80)).toEqual(['There are no backups to verify']);
  });
});

describe('a difference', () => {
  const diff: DiffResult = {
    ...{ from: 'a', to: 'code', added: 3, changed: 1, removed: 0, same: 1000, elsewhere: 2, durationMs: 1 },
    paths: [
      { path: 'src/a.ts', added: 0, changed: 1, removed: 0 },
      { path: 'src/b.ts', added: 3, changed: 0, removed: 0 },
    ],
  };

  test('is a sentence and the files that differ most', () => {
    expect(diffReport(diff, 80)).toEqual([
      'From a to code: 3 added, 1 changed, 0 removed, 1,000 the same',
      'File      Added  Changed  Removed',
      'src/b.ts      3        0        0',
      'src/a.ts      0        1        0',
      'and 2 points of no file, or of files beyond these',
    ]);
    const paths = Array.from({ length: 30 }, (_, nth) => ({ path: `${nth}`, added: nth, changed: 0, removed: 0 }));
    expect(diffReport({ ...diff, paths, elsewhere: 0 }, 80).at(-1)).toBe('and 10 more files (--json lists them)');
    expect(diffReport({ ...diff, paths: [] }, 80)).toHaveLength(1);
  });

  test('of none', () => {
    expect(diffReport({ ...diff, added: 0, changed: 0, paths: [], elsewhere: 0 }, 80)).toEqual([
      'From a to code: no difference in 1,000 points',
    ]);
  });
});

test('what rotation removes and why the rest stays', () => {
  const kept = [
    { backupName: 'b', why: ['daily', 'floor'] },
    { backupName: 'c', why: ['pinned', 'new-reason'] },
  ];
  const result = { removed: ['a'], kept, bytesFreed: 1_200_000, dryRun: false, warnings: [] };
  expect(pruneReport(result, 80)).toEqual([
    'Removed 1 backup and freed 1.20 MB:',
    '  a',
    'Kept  Because',
    'b     daily, last good one',
    'c     pinned, new-reason',
  ]);
  expect(pruneReport({ ...result, dryRun: true }, 80)[0]).toBe('Would remove 1 backup and free 1.20 MB:');
  expect(pruneReport({ ...result, removed: [] }, 80)[0]).toBe('Nothing to remove: all 2 backups are kept');
  expect(pruneReport({ ...result, removed: [], kept: [] }, 80)).toEqual(['There are no backups']);
});

test('a command to copy is one for a shell', () => {
  expect(acceptShrinkWords("it's", { vault: ['--vault', '/a b'], qdrant: ['--url', 'u'], home: [] })).toBe(
    String.raw`vectorkeep prune --accept-shrink 'it'\''s' --vault '/a b'`,
  );
});
