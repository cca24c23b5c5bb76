import { useState } from 'preact/hooks';
import type { JobView, RestoreResult } from '../../preload/api.ts';
import { BackupOutcome, RestoreOutcome } from '../components/backup-outcome.tsx';
import { Button, IconButton } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { MoveOutcome } from '../components/move-outcome.tsx';
import { ExportOutcome, ImportOutcome } from '../components/outcome.tsx';
import { ErrorCard, type Fix } from '../components/error-card.tsx';
import { Progress } from '../components/progress.tsx';
import { DrillOutcome } from '../components/drill-outcome.tsx';
import { VerifyOutcome } from '../components/verify-outcome.tsx';
import { ask } from '../client.ts';
import { formatQuantity } from '../format.ts';
import type { Work } from '../remedies.ts';
import {
  backupResultOf,
  drillResultOf,
  moveResultOf,
  exportResultOf,
  importResultOf,
  isRunning,
  restoreResultOf,
  titleOf,
  verifyResultOf,
} from '../results.ts';

/** What can be done about work that has ended. */
export interface ActivityWays {
  readonly onDismiss: (jobId: string) => void;
  /** Buttons that mend a failure. */
  readonly fixesFor: (job: JobView) => readonly Fix[];
  readonly onUndo: (result: RestoreResult) => void;
  readonly nameOf: (backupName: string) => string;
}

interface ActivityProps extends ActivityWays {
  readonly jobs: readonly JobView[];
}

/** Work that goes on behind the dialogs, whoever started it, and how it ended. */
export function Activity(props: ActivityProps) {
  const { jobs, onDismiss } = props;
  const [shown, setShown] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const detail = jobs.find((job) => job.id === shown);
  const visible = all || jobs.length <= MANY ? jobs : inFront(jobs);
  if (jobs.length === 0) return null;
  return (
    <section class="activity" aria-labelledby="activity-title">
      <h2 id="activity-title">Activity</h2>
      <ul class="activity-list">
        {visible.map((job) => (
          <li key={job.id} class="card activity-item">
            {isRunning(job) ? (
              <Going job={job} />
            ) : (
              <Ended job={job} onDismiss={onDismiss} onShow={() => setShown(job.id)} />
            )}
          </li>
        ))}
      </ul>
      {visible.length < jobs.length && (
        <div class="row">
          <Button look="quiet" onClick={() => setAll(true)}>
            {`Show ${formatQuantity(jobs.length - visible.length, 'more', 'more')}`}
          </Button>
        </div>
      )}
      {detail !== undefined && (
        <Dialog
          title={titleOf(detail)}
          onClose={() => setShown(null)}
          actions={
            <Button look={detail.error === null ? 'primary' : 'plain'} onClick={() => setShown(null)}>
              Close
            </Button>
          }
        >
          <Detail job={detail} ways={props} onLeave={() => setShown(null)} />
        </Dialog>
      )}
    </section>
  );
}

/** More than these, and only what is in front of the queue is shown. */
const MANY = 4;

/** What is being worked at, then how other work ended; of what only waits for its turn, one where there is nothing else. */
function inFront(jobs: readonly JobView[]): readonly JobView[] {
  const waits = ({ status, progress }: JobView): boolean =>
    status === 'queued' || (status === 'running' && progress.phase === 'waiting');
  const front = jobs.filter((job) => !waits(job)).toSorted((a, b) => Number(isRunning(b)) - Number(isRunning(a)));
  return (front.length === 0 ? jobs : front).slice(0, front.length === 0 ? 1 : MANY - 1);
}

function Going({ job }: { readonly job: JobView }) {
  return (
    <>
      <div class="activity-head">
        <h3>{titleOf(job)}</h3>
        <Button label={`Cancel: ${titleOf(job)}`} onClick={() => void ask('jobs:cancel', { jobId: job.id })}>
          Cancel
        </Button>
      </div>
      <Progress progress={job.progress} />
    </>
  );
}

const endings = {
  done: { icon: 'check', word: 'Finished' },
  failed: { icon: 'failed', word: 'Failed' },
  cancelled: { icon: 'close', word: 'Cancelled' },
} as const;

interface EndedProps {
  readonly job: JobView;
  readonly onDismiss: (jobId: string) => void;
  readonly onShow: () => void;
}

function Ended({ job, onDismiss, onShow }: EndedProps) {
  if (job.status === 'queued' || job.status === 'running') return null;
  const { icon, word } = endings[job.status];
  return (
    <div class={`activity-head activity-${job.status}`}>
      <Icon name={icon} />
      <h3>
        {titleOf(job)} <span class="muted">{word}</span>
      </h3>
      {job.status !== 'cancelled' && (
        <Button look="quiet" label={`Details: ${titleOf(job)}`} onClick={onShow}>
          Details
        </Button>
      )}
      <IconButton icon="close" label={`Dismiss: ${titleOf(job)}`} onClick={() => onDismiss(job.id)} />
    </div>
  );
}

const WORK: Record<JobView['kind'], Work> = {
  export: 'export',
  import: 'import',
  validate: 'import',
  sample: 'import',
  backup: 'backup',
  restore: 'restore',
  verify: 'backups',
  diff: 'backups',
  'export-backup': 'backups',
  drill: 'backups',
  move: 'backups',
};

interface DetailProps {
  readonly job: JobView;
  readonly ways: ActivityWays;
  readonly onLeave: () => void;
}

function Detail({ job, ways, onLeave }: DetailProps) {
  const exported = exportResultOf(job);
  const imported = importResultOf(job);
  const backedUp = backupResultOf(job);
  const restored = restoreResultOf(job);
  const verified = verifyResultOf(job);
  const tested = drillResultOf(job);
  const moved = moveResultOf(job);
  if (job.error !== null) {
    const fixes = ways.fixesFor(job).map((fix) => ({
      ...fix,
      run: () => {
        onLeave();
        ways.onDismiss(job.id);
        fix.run();
      },
    }));
    return <ErrorCard error={job.error} work={WORK[job.kind]} fixes={fixes} />;
  }
  if (backedUp !== null) return <BackupOutcome result={backedUp} />;
  if (restored !== null) {
    const undo = (): void => {
      onLeave();
      ways.onUndo(restored);
    };
    return <RestoreOutcome result={restored} onUndo={undo} />;
  }
  if (verified !== null) return <VerifyOutcome result={verified} nameOf={ways.nameOf} />;
  if (tested !== null) return <DrillOutcome result={tested} />;
  if (moved !== null) return <MoveOutcome result={moved} />;
  if (exported !== null) return <ExportOutcome result={exported} />;
  if (imported !== null) return <ImportOutcome result={imported} />;
  return null;
}
