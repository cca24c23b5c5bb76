import { useState } from 'preact/hooks';
import type { BackupSummary } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { Button } from '../components/button.tsx';
import { Choice, ChoiceGroup } from '../components/field.tsx';
import { VerifyOutcome } from '../components/verify-outcome.tsx';
import { WorkDialog, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { formatQuantity, formatTime } from '../format.ts';
import { useRun, type Jobs } from '../live.ts';
import { verifyResultOf } from '../results.ts';

interface VerifyDialogProps extends WorkDialogEnds, BackupWays {
  /** null: all. */
  readonly backup: BackupSummary | null;
  /** How many there are. */
  readonly all: number;
  readonly jobs: Jobs;
  readonly nameOf: (backupName: string) => string;
}

/** Whether backups are what they were when they were taken: by the checksums of files, or point by point. */
export function VerifyDialog(props: VerifyDialogProps) {
  const { backup, all, jobs, onClose, nameOf } = props;
  const [full, setFull] = useState(true);
  const runner = useRun(jobs);
  const which = backup === null ? 'all backups' : 'this backup';
  const start = (): void =>
    runner.start(ask('verify:start', { full, ...(backup === null ? {} : { backup: backup.backupName }) }));
  return (
    <WorkDialog
      asking={{
        step: 'choose',
        title: `Verify ${which}`,
        onSubmit: start,
        body: (
          <>
            <p>
              {backup === null
                ? `${formatQuantity(all, 'backup')} will be read, and no backup is changed.`
                : `The backup of “${backup.collection}” of ${formatTime(backup.createdAt)} will be read, and no backup is changed.`}
            </p>
            <ChoiceGroup legend="How closely?">
              <Choice
                kind="radio"
                group="how"
                label="Every point"
                hint="Each point is read and compared with what was written down when the backup was taken."
                checked={full}
                onChange={() => setFull(true)}
              />
              <Choice
                kind="radio"
                group="how"
                label="Checksums of files"
                hint="Finds every damaged or missing file, in a fraction of the time."
                checked={!full}
                onChange={() => setFull(false)}
              />
            </ChoiceGroup>
          </>
        ),
        actions: (
          <>
            <Button onClick={() => onClose(null, false)}>Cancel</Button>
            <Button look="primary" type="submit">
              Verify
            </Button>
          </>
        ),
      }}
      runner={runner}
      work="backups"
      words={{
        noun: 'the check',
        running: `Verifying ${which}`,
        done: 'Verification finished',
        failed: 'Verification failed',
        cancel: 'Cancel verification',
      }}
      outcome={(job) => {
        const result = verifyResultOf(job);
        if (result === null) return null;
        return (
          <VerifyOutcome
            result={result}
            nameOf={nameOf}
            actions={
              <Button look="primary" onClick={props.onOtherBackup}>
                Choose another backup
              </Button>
            }
          />
        );
      }}
      fixes={({ code }) => backupFixes(code, { label: 'Try again', run: start }, props)}
      onClose={onClose}
      onJob={props.onJob}
    />
  );
}
