import type { JobView } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Mark } from '../components/icon.tsx';
import { Progress } from '../components/progress.tsx';
import { ask } from '../client.ts';
import { isRunning } from '../results.ts';

interface FirstRunProps {
  readonly activity: readonly JobView[];
  readonly onSetUp: () => void;
  readonly onAddConnection: () => void;
}

/** Nothing is connected, and the setup was left. */
export function FirstRun({ activity, onSetUp, onAddConnection }: FirstRunProps) {
  const sample = activity.findLast((job) => job.kind === 'sample' && isRunning(job));
  return (
    <section class="first-run">
      <Mark />
      <h1>Keep your vector indexes</h1>
      <p class="lead">
        Vectorkeep takes verified backups of your Qdrant indexes, exports them to portable files, and brings them back
        exactly as they were, here or on another Qdrant.
      </p>
      {sample === undefined ? (
        <div class="row">
          <Button look="primary" icon="shield" onClick={onSetUp}>
            Set up protection…
          </Button>
          <Button onClick={onAddConnection}>Connect…</Button>
        </div>
      ) : (
        <div class="card first-run-sample">
          <Progress progress={sample.progress} />
          <div class="row">
            <Button onClick={() => void ask('jobs:cancel', { jobId: sample.id })}>Cancel</Button>
          </div>
        </div>
      )}
    </section>
  );
}
