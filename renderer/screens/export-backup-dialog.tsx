import type { BackupSummary } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { Button } from '../components/button.tsx';
import { ExportOutcome } from '../components/outcome.tsx';
import { WorkDialog, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { formatQuantity, formatTime } from '../format.ts';
import { useRun, type Jobs } from '../live.ts';
import { remedyFor } from '../remedies.ts';
import { exportResultOf } from '../results.ts';
import { useSaveAs } from '../use-save-as.tsx';

interface ExportBackupDialogProps extends WorkDialogEnds, BackupWays {
  readonly backup: BackupSummary;
  readonly jobs: Jobs;
}

/** A backup as one portable file, without any Qdrant. */
export function ExportBackupDialog(props: ExportBackupDialogProps) {
  const { collection, backupName, createdAt, totalVectors } = props.backup;
  const runner = useRun(props.jobs);
  const file = useSaveAs(collection, runner, (to) => ask('export-backup:start', { backup: backupName, ...to }));
  return (
    <WorkDialog
      asking={{
        step: 'choose',
        title: 'Export a backup as a file',
        onSubmit: file.save,
        body: (
          <>
            <p>
              {`“${collection}” as it was on ${formatTime(createdAt)}, with ${formatQuantity(totalVectors, 'point')}, in one file that can be imported anywhere.`}
            </p>
            {file.choice}
          </>
        ),
        actions: (
          <>
            <Button onClick={() => props.onClose(null, false)}>Cancel</Button>
            {file.button}
          </>
        ),
      }}
      runner={runner}
      work="backups"
      words={{
        noun: 'the export',
        running: `Exporting “${collection}” from its backup`,
        done: 'Export finished',
        failed: 'Export failed',
        cancel: 'Cancel export',
      }}
      outcome={(job) => {
        const result = exportResultOf(job);
        return result === null ? null : <ExportOutcome result={result} />;
      }}
      fixes={({ code }) =>
        remedyFor(code) === 'another-place'
          ? [file.again('Choose another place…')]
          : backupFixes(code, file.again('Try again…'), props)
      }
      onClose={props.onClose}
      onJob={props.onJob}
    />
  );
}
