import type { JobView } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Mark } from '../components/icon.tsx';
import { SampleProgress } from '../components/sample-progress.tsx';
import { runningOf } from '../results.ts';

interface FirstRunProps {
  readonly activity: readonly JobView[];
  readonly onSetUp: () => void;
  readonly onAddConnection: () => void;
}

/** Nothing is connected, and the setup was left. */
export function FirstRun({ activity, onSetUp, onAddConnection }: FirstRunProps) {
  const sample = runningOf(activity, 'sample');
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
        <SampleProgress job={sample} class="card first-run-sample" />
      )}
    </section>
  );
}
