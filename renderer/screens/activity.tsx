import { useState } from 'preact/hooks';
import type { JobView } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Icon } from '../components/icon.tsx';
import { ExportOutcome, ImportOutcome } from '../components/outcome.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { Progress } from '../components/progress.tsx';
import { ask } from '../client.ts';
import { exportResultOf, importResultOf, isRunning, titleOf } from '../results.ts';

interface ActivityProps {
  readonly jobs: readonly JobView[];
  readonly onDismiss: (jobId: string) => void;
}

/** Work that goes on behind the dialogs, whoever started it, and how it ended. */
export function Activity({ jobs, onDismiss }: ActivityProps) {
  const [shown, setShown] = useState<string | null>(null);
  const detail = jobs.find((job) => job.id === shown);
  if (jobs.length === 0) return null;
  return (
    <section class="activity" aria-labelledby="activity-title">
      <h2 id="activity-title">Activity</h2>
      <ul class="activity-list">
        {jobs.map((job) => (
          <li key={job.id} class="card activity-item">
            {isRunning(job) ? (
              <Going job={job} />
            ) : (
              <Ended job={job} onDismiss={onDismiss} onShow={() => setShown(job.id)} />
            )}
          </li>
        ))}
      </ul>
      {detail !== undefined && (
        <Dialog
          title={titleOf(detail)}
          onClose={() => setShown(null)}
          actions={
            <Button look="primary" onClick={() => setShown(null)}>
              Close
            </Button>
          }
        >
          <Detail job={detail} />
        </Dialog>
      )}
    </section>
  );
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

function Detail({ job }: { readonly job: JobView }) {
  const exported = exportResultOf(job);
  const imported = importResultOf(job);
  if (job.error !== null) {
    return <ErrorCard error={job.error} work={job.kind === 'export' ? 'export' : 'import'} fixes={[]} />;
  }
  if (exported !== null) return <ExportOutcome result={exported} />;
  if (imported !== null) return <ImportOutcome result={imported} />;
  return null;
}
