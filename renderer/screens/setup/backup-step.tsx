import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { ErrorCard, type Fix } from '../../components/error-card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Progress } from '../../components/progress.tsx';
import { formatBytes, formatQuantity } from '../../format.ts';
import { backupRemedyFor } from '../../remedies.ts';
import { backupResultOf } from '../../results.ts';
import { firstBackupSentence } from '../../setup-plan.ts';
import type { FirstBackupRow, FirstBackups } from '../../use-first-backups.ts';
import { StepFrame, type StepWays } from './step-frame.tsx';

interface BackupStepProps extends StepWays {
  readonly connection: string;
  readonly first: FirstBackups;
  /** Asks for all of them again, where none could be asked for. */
  readonly onStart: () => void;
  readonly onChooseVault: () => Promise<void>;
}

/** The first backup, as it goes. When all of it went well, the last page comes by itself. */
export function BackupStep({ connection, first, onStart, onChooseVault, onBack, onLeave, onNext }: BackupStepProps) {
  const { rows, error } = first;
  const states = rows.map(({ state }) => state);
  const all = rows.length > 0 && states.every((state) => state === 'done');
  const over = states.filter((state) => state === 'failed' || state === 'cancelled');
  const open = states.some((state) => state === 'waiting' || state === 'running');
  // Who comes back to look at it is not sent on again.
  const before = useRef(all);
  useEffect(() => {
    if (all && !before.current) onNext();
    before.current = all;
  }, [all]);
  const fixesFor = ({ collection, job }: FirstBackupRow): readonly Fix[] => {
    const again = { label: 'Try again', run: () => first.again(connection, collection) };
    const folder = backupRemedyFor(job?.error?.code ?? '') === 'another-folder';
    return folder ? [{ label: 'Choose folder…', run: () => void onChooseVault() }, again] : [again];
  };
  return (
    <StepFrame
      step={3}
      title={
        all
          ? 'The first backup is done'
          : open || rows.length === 0
            ? 'The first backup'
            : 'Not everything is backed up yet'
      }
      lead={
        open || all
          ? 'Every point is read, written, read back and compared. You may leave this page: it goes on.'
          : 'What is backed up counts already. The rest can be tried again, now or at the next run.'
      }
      onSubmit={onNext}
      onBack={onBack}
      stop={open && <Button onClick={first.cancel}>Cancel</Button>}
      onLeave={all ? undefined : onLeave}
      leaveLabel={open ? 'Go on in the background' : 'Finish later'}
      actions={
        <>
          {over.length > 1 && !open && (
            <Button
              look="primary"
              onClick={() =>
                first.start(
                  connection,
                  rows.map(({ collection }) => collection),
                )
              }
            >
              Try all again
            </Button>
          )}
          {!open && (
            <Button look={all ? 'primary' : 'plain'} type="submit">
              {all ? 'Continue' : 'Continue anyway'}
            </Button>
          )}
        </>
      }
    >
      {error !== null && <ErrorCard error={error} work="backup" fixes={[{ label: 'Try again', run: onStart }]} />}
      <p class="setup-tally" role="status">
        {rows.length > 0 && firstBackupSentence(states)}
      </p>
      <ul class="first-backups">
        {rows.map((row) => (
          <li key={row.collection} class={`card first-backup first-backup-${row.state}`}>
            <Row row={row} fixes={fixesFor(row)} />
          </li>
        ))}
      </ul>
    </StepFrame>
  );
}

function Row({ row, fixes }: { readonly row: FirstBackupRow; readonly fixes: readonly Fix[] }) {
  const { collection, job, state } = row;
  const result = job === undefined ? null : backupResultOf(job);
  return (
    <>
      <div class="first-backup-head">
        <Icon name={ICONS[state]} />
        <h2>{collection}</h2>
        <p class="muted">
          {state === 'waiting' && 'Waits for its turn'}
          {state === 'cancelled' && 'Cancelled'}
          {result !== null &&
            `${formatQuantity(result.totalVectors, 'point')}, ${formatBytes(result.bytesAdded)}, verified`}
        </p>
        {state === 'cancelled' && (
          <Button label={`Back up ${collection}`} onClick={() => fixes.at(-1)?.run()}>
            Back up
          </Button>
        )}
      </div>
      {state === 'running' && job !== undefined && <Progress progress={job.progress} />}
      {state === 'failed' && job?.error && <ErrorCard error={job.error} work="backup" fixes={fixes} />}
    </>
  );
}

const ICONS = { waiting: 'clock', running: 'refresh', done: 'check', failed: 'failed', cancelled: 'close' } as const;
