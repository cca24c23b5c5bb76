import { expect, test } from 'vitest';
import { FAULT_CODES } from '../../../main/faults/fault.ts';
import { backupRemedyFor, errorDetails, reassurance, remedyFor } from '../../../renderer/remedies.ts';

const error = (code: string, details: Record<string, unknown> = {}) => ({ code, message: 'm', hint: 'h', details });

test('every code has a button and a word on the data', () => {
  for (const code of FAULT_CODES) {
    expect(remedyFor(code)).toBeTruthy();
    for (const work of ['reading', 'export', 'import', 'backup', 'restore', 'backups'] as const)
      expect(reassurance(error(code), work)).toMatch(/\.$/);
  }
});

test('an import that came some way does not claim to have written nothing', () => {
  expect(reassurance(error('QDRANT_UNREACHABLE', { written: 1200 }), 'import')).toContain('written so far');
  expect(reassurance(error('QDRANT_UNREACHABLE'), 'import')).toContain('written so far');
  expect(reassurance(error('QDRANT_UNREACHABLE', { written: 0 }), 'import')).toContain('indexes and the file');
  expect(reassurance(error('SCHEMA_MISMATCH'), 'import')).toContain('indexes and the file');
  // A file that changes, or cannot be read further, while its points are being sent.
  for (const code of ['BAD_ARCHIVE', 'FILE_NOT_READABLE']) {
    expect(reassurance(error(code, { written: 1200 }), 'import')).toContain('written so far');
    expect(reassurance(error(code), 'import')).toContain('indexes and the file');
  }
});

test('what is said of a restore, and what mends a backup', () => {
  expect(reassurance(error('QDRANT_UNREACHABLE', { written: 12 }), 'restore')).toContain('can be run again');
  expect(reassurance(error('SCHEMA_MISMATCH'), 'restore')).toBe('Your indexes and your backups are untouched.');
  expect(backupRemedyFor('BACKUP_DAMAGED')).toBe('another-backup');
  expect(backupRemedyFor('VAULT_GONE')).toBe('another-folder');
  expect(backupRemedyFor('VAULT_BUSY')).toBe('retry');
  // The place that is full is the folder of backups, and not a file to be named differently.
  expect(backupRemedyFor('NO_SPACE')).toBe('another-folder');
  expect(remedyFor('NO_SPACE')).toBe('another-place');
});

test('details for whoever helps', () => {
  expect(JSON.parse(errorDetails(error('NO_SPACE', { path: '/x' }), '0.1.0'))).toEqual({
    vectorkeep: '0.1.0',
    code: 'NO_SPACE',
    message: 'm',
    details: { path: '/x' },
  });
});
