/** What an error card says beside the error: whether data is safe, and which one button mends it. */
import type { ErrorReport } from '../preload/api.ts';

export type Remedy = 'retry' | 'connection' | 'another-file' | 'another-place' | 'new-index' | 'refresh';

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
};

/** The button that fits a code; trying again is the answer where nothing better is known. */
export function remedyFor(code: string): Remedy {
  return byCode[code] ?? 'retry';
}

export type Work = 'reading' | 'export' | 'import';

/** Is my data safe? One sentence for an error that came up while doing `work`. */
export function reassurance(error: ErrorReport, work: Work): string {
  if (work === 'export') return 'Your index is untouched.';
  if (work === 'reading') return 'Your indexes and exports are not affected.';
  const written = error.details['written'];
  // Where it is known how much was written, the code has no say: a file can also turn bad while it is being sent.
  const untouched = typeof written === 'number' ? written === 0 : refusedBeforeWriting.has(error.code);
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
]);

/** Text for "Copy details". Main leaves secrets out of `details`; nothing is added here but the version. */
export function errorDetails(error: ErrorReport, version: string): string {
  return JSON.stringify(
    { vectorkeep: version, code: error.code, message: error.message, details: error.details },
    null,
    2,
  );
}
