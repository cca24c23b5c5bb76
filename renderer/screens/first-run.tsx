import type { AppState, JobView } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { Icon, Mark } from '../components/icon.tsx';
import { Progress } from '../components/progress.tsx';
import { ask } from '../client.ts';
import { isRunning } from '../results.ts';

interface FirstRunProps {
  readonly state: AppState;
  readonly activity: readonly JobView[];
  readonly onDismiss: (jobId: string) => void;
  readonly onAddConnection: () => void;
  readonly onSample: () => void;
}

/** Nothing is connected yet: two ways to begin. */
export function FirstRun({ state, activity, onSample, onAddConnection, onDismiss }: FirstRunProps) {
  const sample = activity.findLast((job) => job.kind === 'sample');
  return (
    <section class="first-run">
      <Mark />
      <h1>Keep your vector indexes</h1>
      <p class="lead">
        Vectorkeep takes verified backups of your Qdrant indexes, exports them to portable files, and brings them back
        exactly as they were, here or on another Qdrant.
      </p>
      <div class="ways">
        <article class="card way">
          <Icon name="server" />
          <h2>Connect to your Qdrant</h2>
          <p class="muted">
            On this computer, in your network, or Qdrant Cloud. You need its address, and a key if it asks for one.
          </p>
          <Button look="primary" onClick={onAddConnection}>
            Connect…
          </Button>
        </article>
        <article class="card way">
          <Icon name="sample" />
          <h2>Try it with sample data</h2>
          {state.builtinAvailable ? (
            <SampleWay sample={sample} onSample={onSample} onDismiss={onDismiss} />
          ) : (
            <p class="muted">There is no built-in Qdrant for this system yet. Connect to one of your own to try it.</p>
          )}
        </article>
      </div>
    </section>
  );
}

function SampleWay(props: {
  readonly sample: JobView | undefined;
  readonly onSample: () => void;
  readonly onDismiss: (jobId: string) => void;
}) {
  const { sample, onSample } = props;
  if (sample !== undefined && isRunning(sample)) {
    return (
      <>
        <Progress progress={sample.progress} />
        <Button onClick={() => void ask('jobs:cancel', { jobId: sample.id })}>Cancel</Button>
      </>
    );
  }
  if (sample?.status === 'failed' && sample.error !== null) {
    const again = (): void => {
      props.onDismiss(sample.id);
      onSample();
    };
    return <ErrorCard error={sample.error} work="reading" fixes={[{ label: 'Try again', run: again }]} />;
  }
  return (
    <>
      <p class="muted">
        A Qdrant comes with Vectorkeep. It starts on this computer with a small index of source code in it.
      </p>
      <Button onClick={onSample}>Start with sample data</Button>
    </>
  );
}
