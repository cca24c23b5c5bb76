import type { FaultParams } from './fault.ts';
import { number, text } from './words.ts';

/** What is wrong with a file of a vault: sub-codes of BACKUP_DAMAGED, each with the words that follow the file's name. */
export const VAULT_REASONS = {
  missing: () => 'is missing',
  truncated: () => 'ends in the middle',
  checksum: () => 'was changed after it was written: its checksum does not match',
  unreadable: () => 'cannot be read',
  content: () => 'is not built as such a file is',
  point: (p) =>
    `holds a point${p['point'] === undefined ? '' : ` (${String(p['point'])})`} that is not as it was stored`,
  rows: (p) =>
    p['got'] === undefined
      ? 'holds another number of points than it should'
      : `holds ${number(p['got'])} points where ${number(p['expected'])} were expected`,
  order: () => 'holds its points out of order',
  manifest: () => 'no longer says what the backup consists of: it was changed or cut off',
  state: () => 'was changed or cut off, so whether the backup is pinned and when it was verified is not known',
  sums: () => 'does not list the files of the backup as they are',
  too_large: () => 'is far larger than such a file can be',
  newer: () => 'was made by a newer Vectorkeep',
} as const satisfies Record<string, (params: FaultParams) => string>;

export type VaultReason = keyof typeof VAULT_REASONS;

/** "segments/0a….parquet is missing", with what is known of it. */
export function describeVaultReason(params: FaultParams): string {
  const { reason, path } = params;
  // The name of a segment is 64 digits; the first few tell it apart, and the details have them all.
  const file = text(path, 'a file of it').replace(/([0-9a-f]{10})[0-9a-f]{54}/, '$1…');
  const known = typeof reason === 'string' && Object.hasOwn(VAULT_REASONS, reason);
  return `${file} ${known ? VAULT_REASONS[reason as VaultReason](params) : 'is damaged'}`;
}
