import type { Fix } from './components/error-card.tsx';
import { backupRemedyFor } from './remedies.ts';

/** Where work on backups can go on when it has failed. */
export interface BackupWays {
  readonly onOtherBackup: () => void;
  readonly onChooseVault: () => void;
}

/** The buttons that mend a failure of work on backups; `again` is the same once more. */
export function backupFixes(code: string, again: Fix, { onOtherBackup, onChooseVault }: BackupWays): readonly Fix[] {
  switch (backupRemedyFor(code)) {
    case 'another-backup':
      return [{ label: 'Choose another backup', run: onOtherBackup }];
    case 'another-folder':
      return [{ label: 'Choose folder…', run: onChooseVault }, again];
    default:
      return [again];
  }
}
