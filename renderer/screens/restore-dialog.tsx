import type { BackupSummary, CollectionSummary, ErrorReport, RestoreResult } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { RestoreOutcome } from '../components/backup-outcome.tsx';
import { Button } from '../components/button.tsx';
import { Comparison } from '../components/comparison.tsx';
import type { Fix } from '../components/error-card.tsx';
import { OtherModels } from '../components/other-models.tsx';
import { WorkDialog, type Asking, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { formatQuantity, quoteName } from '../format.ts';
import { useRun, type Jobs } from '../live.ts';
import { backupRemedyFor } from '../remedies.ts';
import { changesNothing } from '../restore-plan.ts';
import { restoreResultOf } from '../results.ts';
import { useRestorePlan, type RestorePlan } from '../use-restore-plan.ts';
import { RestorePreview } from './restore-preview.tsx';
import { RestoreQuestions } from './restore-questions.tsx';
import { useShown } from '../use-shown.ts';

interface RestoreDialogProps extends WorkDialogEnds, Pick<BackupWays, 'onChooseVault'> {
  readonly backup: BackupSummary;
  /** Backups of the same index, newest first. */
  readonly candidates: readonly BackupSummary[];
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  readonly jobs: Jobs;
  readonly onUndo: (result: RestoreResult) => void;
  readonly onChangeConnection: () => void;
}

/** Three questions, then what the answers would do in numbers, then the work, then what it did. */
export function RestoreDialog(props: RestoreDialogProps) {
  const { connection, collections, candidates, jobs } = props;
  const runner = useRun(jobs);
  const plan = useRestorePlan({ connection, collections, candidates, first: props.backup, jobs });
  useShown(plan.preview.jobId, props.onJob);

  const start = (): void => runner.start(ask('restore:start', plan.request()));
  const back = (): void => {
    runner.reset();
    plan.preview.reset();
  };
  const toNew = (): void => {
    back();
    plan.answer({ isNew: true });
  };
  const fixes = ({ code }: ErrorReport, again: Fix): readonly Fix[] => {
    switch (backupRemedyFor(code)) {
      case 'new-index':
        return [{ label: 'Restore into a new index', run: toNew }];
      case 'connection':
        return [{ label: 'Change connection', run: props.onChangeConnection }, again];
      default:
        return backupFixes(code, again, { ...props, onOtherBackup: back });
    }
  };
  const stage = { plan, fixes, back, start, ...props };
  return (
    <WorkDialog
      wide
      asking={
        plan.preview.run.status === 'idle' || plan.preview.run.status === 'cancelled'
          ? questions(stage)
          : preview(stage)
      }
      runner={runner}
      work="restore"
      words={{
        noun: 'the restore',
        running: `Restoring into ${quoteName(plan.collection)}`,
        done: 'Restore finished',
        failed: 'Restore failed',
        cancel: 'Cancel restore',
      }}
      outcome={(job) => {
        const result = restoreResultOf(job);
        return result === null ? null : <RestoreOutcome result={result} onUndo={() => props.onUndo(result)} />;
      }}
      fixes={(error) => fixes(error, { label: 'Try again', run: start })}
      onCancelled={plan.look}
      onClose={props.onClose}
      onJob={props.onJob}
    />
  );
}

interface Stage extends RestoreDialogProps {
  readonly plan: RestorePlan;
  readonly fixes: (error: ErrorReport, again: Fix) => readonly Fix[];
  readonly back: () => void;
  readonly start: () => void;
}

function questions({ plan, candidates, connection, collections, onClose }: Stage): Asking {
  return {
    step: 'questions',
    title: `Restore ${quoteName(plan.backup.collection)}`,
    onSubmit: () => {
      if (plan.answered) plan.look();
    },
    body: <RestoreQuestions plan={plan} candidates={candidates} connection={connection} collections={collections} />,
    actions: (
      <>
        <Button onClick={() => onClose(null, false)}>Cancel</Button>
        <Button look="primary" type="submit" disabled={!plan.answered}>
          See what would happen
        </Button>
      </>
    ),
  };
}

function preview({ plan, collections, fixes, back, start, onClose }: Stage): Asking {
  const { run } = plan.preview;
  const { counts, models, answers, backup, collection } = plan;
  const target = answers.isNew ? undefined : collections.find(({ name }) => name === collection);
  const ready =
    counts !== null &&
    (models === null || answers.modelsAllowed) &&
    (answers.isNew || !changesNothing(counts) || answers.companionsTo !== null);
  const removed = counts?.removed ?? 0;
  return {
    step: counts === null ? 'comparing' : 'preview',
    title: `Restore ${quoteName(backup.collection)}: what would happen`,
    onSubmit: () => {
      if (ready) start();
    },
    body: (
      <>
        <Comparison
          run={run}
          label="Comparing with the index"
          fixes={(error) => fixes(error, { label: 'Try again', run: plan.look })}
        />
        {counts !== null && (
          <RestorePreview counts={counts} backup={backup} target={target} collection={collection}>
            {models !== null && (
              <OtherModels
                from="backup"
                own={models.backup}
                index={models.index}
                allow="Restore anyway"
                allowed={answers.modelsAllowed}
                onAllow={(modelsAllowed) => plan.answer({ modelsAllowed })}
              />
            )}
          </RestorePreview>
        )}
      </>
    ),
    actions: (
      <>
        <Button look="quiet" onClick={back}>
          Back
        </Button>
        <Button onClick={() => onClose(null, false)}>Cancel</Button>
        <Button look={removed > 0 ? 'danger' : 'primary'} type="submit" disabled={!ready}>
          {removed > 0 ? `Restore, and remove ${formatQuantity(removed, 'point')}` : 'Restore'}
        </Button>
      </>
    ),
  };
}
