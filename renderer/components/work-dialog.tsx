import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ErrorReport, JobView } from '../../preload/api.ts';
import type { Runner } from '../live.ts';
import type { Work } from '../remedies.ts';
import { useShown } from '../use-shown.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorCard, type Fix } from './error-card.tsx';
import { Progress, Working } from './progress.tsx';

/** What the dialog shows while the person is still choosing. */
export interface Asking {
  readonly step: string;
  readonly title: string;
  readonly body: ComponentChildren;
  readonly notices?: ComponentChildren;
  readonly actions: ComponentChildren;
  readonly onSubmit?: () => void;
}

/** How a dialog is told that it may go: with the work it started, and whether that still goes on. */
export interface WorkDialogEnds {
  readonly onClose: (jobId: string | null, running: boolean) => void;
  /** A job that is shown here, and so need not be shown elsewhere. */
  readonly onJob: (jobId: string) => void;
}

interface WorkDialogProps extends WorkDialogEnds {
  readonly asking: Asking;
  readonly runner: Runner;
  readonly work: Work;
  readonly words: {
    /** "the restore", for what goes on when the dialog is hidden */
    readonly noun: string;
    readonly running: string;
    readonly done: string;
    readonly failed: string;
    /** "Cancel restore" */
    readonly cancel: string;
  };
  readonly outcome: (job: JobView) => ComponentChildren;
  /** Beside Done. */
  readonly after?: (job: JobView) => ComponentChildren;
  readonly fixes: (error: ErrorReport) => readonly Fix[];
  readonly wide?: boolean;
  /** It was cancelled, and may have come some way: what is shown of the choices may not be true any more. */
  readonly onCancelled?: () => void;
}

/** Choices, then progress with a way to cancel and to hide, then how it went. */
export function WorkDialog(props: WorkDialogProps) {
  const { asking, runner, words, onJob } = props;
  const { run, jobId, reset } = runner;
  useShown(jobId, onJob);
  // Cancelling is an answer, not a result to look at: back to the choices, as they were.
  useEffect(() => {
    if (run.status !== 'cancelled') return;
    reset();
    props.onCancelled?.();
  }, [run.status, reset]);

  const running = run.status === 'starting' || run.status === 'running';
  const close = (): void => props.onClose(jobId, running);
  const choosing = run.status === 'idle' || run.status === 'cancelled';
  const title = choosing ? asking.title : running ? words.running : run.status === 'done' ? words.done : words.failed;
  return (
    <Dialog
      wide={props.wide ?? false}
      title={title}
      step={choosing ? asking.step : running ? 'running' : run.status}
      onClose={close}
      closeLabel={running ? `Hide; ${words.noun} goes on` : 'Close'}
      notices={choosing ? asking.notices : undefined}
      {...(choosing && asking.onSubmit !== undefined ? { onSubmit: asking.onSubmit } : {})}
      actions={choosing ? asking.actions : <Actions {...props} running={running} close={close} />}
    >
      {choosing && asking.body}
      {run.status === 'starting' && <Working label="Getting ready" />}
      {run.status === 'running' && <Progress progress={run.job.progress} />}
      {run.status === 'done' && props.outcome(run.job)}
      {run.status === 'failed' && <ErrorCard error={run.error} work={props.work} fixes={props.fixes(run.error)} />}
    </Dialog>
  );
}

function Actions(props: WorkDialogProps & { readonly running: boolean; readonly close: () => void }) {
  const { runner, words, close } = props;
  if (props.running) {
    return (
      <>
        <Button look="quiet" onClick={close}>
          Hide
        </Button>
        <Button onClick={runner.cancel} disabled={runner.run.status === 'starting'}>
          {words.cancel}
        </Button>
      </>
    );
  }
  if (runner.run.status !== 'done') return <Button onClick={close}>Close</Button>;
  return (
    <>
      {props.after?.(runner.run.job)}
      <Button look="primary" onClick={close}>
        Done
      </Button>
    </>
  );
}
