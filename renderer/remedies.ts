/** What an error card says beside the error: whether data is safe, and which one button mends it. */
import type { ErrorReport } from '../preload/api.ts';

export type Remedy =
  | 'retry'
  | 'connection'
  | 'another-file'
  | 'another-place'
  | 'new-index'
  | 'refresh'
  | 'another-backup'
  | 'another-folder';

const byCode: Partial<Record<string, Remedy>> = {
  QDRANT_UNREACHABLE: 'retry',
  QDRANT_REFUSED: 'retry',
  NOT_QDRANT: 'connection',
  QDRANT_FORBIDDEN: 'connection',
  KEY_LOCKED: 'connection',
  CONNECTION_NOT_FOUND: 'connection',
  NO_LOCAL_SERVER: 'connection',
  BAD_ARCHIVE: 'another-file',
  FILE_NOT_FOUND: 'another-file',
  FILE_NOT_READABLE: 'another-file',
  FILE_EXISTS: 'another-place',
  NO_SPACE: 'another-place',
  WRITE_FAILED: 'another-place',
  SCHEMA_MISMATCH: 'new-index',
  MODEL_MISMATCH: 'new-index',
  COLLECTION_NOT_FOUND: 'refresh',
  BACKUP_DAMAGED: 'another-backup',
  BACKUP_NOT_FOUND: 'another-backup',
  VAULT_GONE: 'another-folder',
  NOT_A_VAULT: 'another-folder',
  VAULT_NEWER: 'another-folder',
  VAULT_BUSY: 'retry',
};

/** The button that fits a code; trying again is the answer where nothing better is known. */
export function remedyFor(code: string): Remedy {
  return byCode[code] ?? 'retry';
}

/** The same while backups are listed, taken or read: there the place that does not serve is the folder of backups. */
export function backupRemedyFor(code: string): Remedy {
  const remedy = remedyFor(code);
  return remedy === 'another-place' || code === 'FILE_NOT_READABLE' ? 'another-folder' : remedy;
}

export type Work = 'reading' | 'export' | 'import' | 'backup' | 'restore' | 'backups';

/** Is my data safe? One sentence for an error that came up while doing `work`. */
export function reassurance(error: ErrorReport, work: Work): string {
  if (work === 'export') return 'Your index is untouched.';
  if (work === 'reading') return 'Your indexes and exports are not affected.';
  if (work === 'backup') return 'Your index is untouched, and every backup from before still counts.';
  if (work === 'backups') return 'Your indexes are not affected, and no backup was changed.';
  const written = error.details['written'];
  // Where it is known how much was written, the code has no say: a file can also turn bad while it is being sent.
  const untouched =
    typeof written === 'number'
      ? written === 0 && error.details['sending'] !== true
      : refusedBeforeWriting.has(error.code);
  if (work === 'restore') {
    if (untouched) return 'Your indexes and your backups are untouched.';
    return 'No backup was changed, every point written so far is complete, and the same restore can be run again.';
  }
  if (untouched) return 'Your indexes and the file are untouched.';
  return 'The file is untouched, and every point written so far is complete.';
}

const refusedBeforeWriting = new Set([
  'BAD_ARCHIVE',
  'FILE_NOT_FOUND',
  'FILE_NOT_READABLE',
  'SCHEMA_MISMATCH',
  'MODEL_MISMATCH',
  'BUSY',
  'CONNECTION_NOT_FOUND',
  'KEY_LOCKED',
  'BACKUP_NOT_FOUND',
  'NOT_A_VAULT',
  'VAULT_NEWER',
]);

/** Text for "Copy details". Main leaves secrets out of `details`; nothing is added here but the version. */
export function errorDetails(error: ErrorReport, version: string): string {
  return JSON.stringify(
    { vectorkeep: version, code: error.code, message: error.message, details: error.details },
    null,
    2,
  );
}
