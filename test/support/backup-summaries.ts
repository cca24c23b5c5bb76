/** Backups as they are listed, as tests of what shows them make them up. */
import type { BackupSummary } from '../../preload/api.ts';

/** What those tests take for now: Sunday, half past two in the afternoon. */
export const NOW = new Date(2026, 10, 22, 14, 30).getTime();

/** The moment so many hours after `NOW`; before it where `hours` is negative. */
export const at = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();

/** A verified backup of `code`, taken so many hours before `NOW`. */
export const backupOf = (hoursAgo: number, more: Partial<BackupSummary> = {}): BackupSummary => ({
  backupName: `b-${hoursAgo}`,
  collection: 'code',
  source: 'http://a',
  createdAt: at(-hoursAgo),
  reason: 'manual',
  totalVectors: 10,
  dimensions: 4,
  model: null,
  bytes: 1,
  bytesUnique: 1,
  verifiedAt: '2026-11-22T00:00:00Z',
  pinned: false,
  shrankFrom: null,
  companions: [],
  ...more,
});
