import { useEffect } from 'preact/hooks';
import type { BackupSummary, CollectionSummary, Input, RestoreResult } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { RestoreOutcome } from '../components/backup-outcome.tsx';
import { Button } from '../components/button.tsx';
import { Comparison } from '../components/comparison.tsx';
import { WorkDialog, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { useQuestion, useRun, type Jobs } from '../live.ts';
import { changesNothing } from '../restore-plan.ts';
import { restoreResultOf } from '../results.ts';
import { useShown } from '../use-shown.ts';
import { RestorePreview } from './restore-preview.tsx';
import { quoteName } from '../format.ts';

interface UndoDialogProps extends WorkDialogEnds, BackupWays {
  /** Name of the safety copy. */
  readonly backupName: string;
  /** What is known of it; undefined while the list is on its way. */
  readonly backup: BackupSummary | undefined;
  /** The index that goes back to what it was. */
  readonly collection: string;
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  readonly jobs: Jobs;
  readonly onUndo: (result: RestoreResult) => void;
}

/** Puts an index back to what it was before a restore: what that means in numbers, then the work. */
export function UndoDialog(props: UndoDialogProps) {
  const { backupName, collection, connection, jobs, onClose } = props;
  const runner = useRun(jobs);
  const preview = useQuestion(jobs);
  const request = (dryRun: boolean): Input<'restore:start'> => ({
    ...{ backup: backupName, connection, collection, dryRun },
    onConflict: 'exact',
    safetyCopy: true,
    // It was taken of this very index.
    allowModelMismatch: true,
  });
  const look = (): void => preview.start(ask('restore:start', request(true)));
  const start = (): void => runner.start(ask('restore:start', request(false)));
  useEffect(look, [backupName, collection, connection]);
  useShown(preview.jobId, props.onJob);

  const { run } = preview;
  const counts = run.status === 'done' ? restoreResultOf(run.job) : null;
  const ready = counts !== null && !changesNothing(counts);
  return (
    <WorkDialog
      wide
      asking={{
        step: counts === null ? 'comparing' : 'preview',
        title: `Undo the restore into ${quoteName(collection)}`,
        onSubmit: () => {
          if (ready) start();
        },
        body: (
          <>
            <p>
              The index becomes what it was before the restore. What has been added or changed since is lost from it,
              and kept in another safety copy.
            </p>
            <Comparison
              run={run}
              label="Comparing with the index"
              fixes={({ code }) => backupFixes(code, { label: 'Try again', run: look }, props)}
            />
            {counts !== null && (
              <RestorePreview
                counts={counts}
                backup={props.backup ?? null}
                target={props.collections.find(({ name }) => name === collection)}
                collection={collection}
              />
            )}
          </>
        ),
        actions: (
          <>
            <Button onClick={() => onClose(null, false)}>Cancel</Button>
            <Button look="primary" type="submit" disabled={!ready}>
              Undo restore
            </Button>
          </>
        ),
      }}
      runner={runner}
      work="restore"
      words={{
        noun: 'the undoing',
        running: `Undoing the restore into ${quoteName(collection)}`,
        done: 'Restore undone',
        failed: 'The restore could not be undone',
        cancel: 'Cancel undoing',
      }}
      outcome={(job) => {
        const result = restoreResultOf(job);
        return result === null ? null : <RestoreOutcome result={result} onUndo={() => props.onUndo(result)} />;
      }}
      fixes={({ code }) => backupFixes(code, { label: 'Try again', run: start }, props)}
      onCancelled={look}
      onClose={onClose}
      onJob={props.onJob}
    />
  );
}
