import type { Notice } from '../../faults/fault.ts';

/** What a backup came to. */
export interface BackupOutcome {
  readonly name: string;
  readonly collection: string;
  readonly createdAt: string;
  readonly totalVectors: number;
  readonly changes: { readonly new: number; readonly changed: number; readonly removed: number };
  readonly bytesAdded: number;
  readonly vaultBytes: number;
  readonly vaultId: string;
  readonly moved: boolean;
  /** It was there already: nothing was taken. */
  readonly reused: boolean;
  readonly notices: readonly Notice[];
}
