import type { BackupSummary } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { ExportWork } from '../components/export-work.tsx';
import type { WorkDialogEnds } from '../components/work-dialog.tsx';
import { formatQuantity, formatTime, quoteName } from '../format.ts';
import type { Jobs } from '../live.ts';
import { remedyFor } from '../remedies.ts';

interface ExportBackupDialogProps extends WorkDialogEnds, BackupWays {
  readonly backup: BackupSummary;
  readonly jobs: Jobs;
}

/** A backup as one portable file, without any Qdrant. */
export function ExportBackupDialog(props: ExportBackupDialogProps) {
  const { collection, backupName, createdAt, totalVectors } = props.backup;
  return (
    <ExportWork
      title="Export a backup as a file"
      running={`Exporting ${quoteName(collection)} from its backup`}
      work="backups"
      collection={collection}
      jobs={props.jobs}
      write={(file) => ask('export-backup:start', { backup: backupName, ...file })}
      fixes={(code, again) =>
        remedyFor(code) === 'another-place'
          ? [again('Choose another place…')]
          : backupFixes(code, again('Try again…'), props)
      }
      onClose={props.onClose}
      onJob={props.onJob}
    >
      <p>
        {`“${collection}” as it was on ${formatTime(createdAt)}, with ${formatQuantity(totalVectors, 'point')}, in one file that can be imported anywhere.`}
      </p>
    </ExportWork>
  );
}
