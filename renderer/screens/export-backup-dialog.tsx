import { useState } from 'preact/hooks';
import type { BackupSummary } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { Button } from '../components/button.tsx';
import { Choice } from '../components/field.tsx';
import { ExportOutcome } from '../components/outcome.tsx';
import { WorkDialog, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { formatQuantity, formatTime } from '../format.ts';
import { useRun, type Jobs } from '../live.ts';
import { remedyFor } from '../remedies.ts';
import { exportResultOf } from '../results.ts';

interface ExportBackupDialogProps extends WorkDialogEnds {
  readonly backup: BackupSummary;
  readonly jobs: Jobs;
  readonly onChooseVault: () => void;
  readonly onOtherBackup: () => void;
}

/** A backup as one portable file, without any Qdrant. */
export function ExportBackupDialog(props: ExportBackupDialogProps) {
  const { backup, jobs, onClose } = props;
  const { collection, backupName, createdAt, totalVectors } = backup;
  const [compress, setCompress] = useState(true);
  const [picking, setPicking] = useState(false);
  const runner = useRun(jobs);
  const chooseAndStart = async (): Promise<void> => {
    if (picking) return;
    setPicking(true);
    const picked = await ask('pick:export', { collection, compress });
    setPicking(false);
    if (!picked.ok) runner.start(Promise.resolve(picked));
    else if (picked.value !== null)
      runner.start(ask('export-backup:start', { backup: backupName, path: picked.value, compress }));
  };
  const again = { label: 'Try again…', run: () => void chooseAndStart(), busy: picking };
  return (
    <WorkDialog
      asking={{
        step: 'choose',
        title: 'Export a backup as a file',
        onSubmit: () => void chooseAndStart(),
        body: (
          <>
            <p>
              {`“${collection}” as it was on ${formatTime(createdAt)}, with ${formatQuantity(totalVectors, 'point')}, in one file that can be imported anywhere.`}
            </p>
            <Choice
              kind="checkbox"
              label="Compress the file"
              hint="A .json.gz file is a good deal smaller; any unzip program opens it. Without, the file is plain JSON."
              checked={compress}
              onChange={setCompress}
            />
          </>
        ),
        actions: (
          <>
            <Button onClick={() => onClose(null, false)}>Cancel</Button>
            <Button look="primary" type="submit" busy={picking}>
              Choose where to save…
            </Button>
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
      fixes={({ code }) => {
        const remedy = remedyFor(code);
        if (remedy === 'another-backup') return [{ label: 'Choose another backup', run: props.onOtherBackup }];
        if (remedy === 'another-folder') return [{ label: 'Choose folder…', run: props.onChooseVault }, again];
        return remedy === 'another-place' ? [{ ...again, label: 'Choose another place…' }] : [again];
      }}
      onClose={onClose}
      onJob={props.onJob}
    />
  );
}
