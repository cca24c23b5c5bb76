import { useEffect, useState } from 'preact/hooks';
import type { CollectionSummary } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorCard, type Fix } from '../components/error-card.tsx';
import { Choice, SelectField } from '../components/field.tsx';
import { Message } from '../components/message.tsx';
import { ExportOutcome } from '../components/outcome.tsx';
import { Progress, Working } from '../components/progress.tsx';
import { ask } from '../client.ts';
import { fileName, formatQuantity } from '../format.ts';
import { useRun, type Jobs, type Run } from '../live.ts';
import { remedyFor } from '../remedies.ts';
import { exportResultOf } from '../results.ts';

interface ExportDialogProps {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Index to begin with. */
  readonly preselected: string | null;
  readonly jobs: Jobs;
  /** `jobId` of work that goes on or was seen to its end here. */
  readonly onClose: (jobId: string | null, running: boolean) => void;
  /** A job that is shown here, and so need not be shown elsewhere. */
  readonly onJob: (jobId: string) => void;
  readonly onChangeConnection: () => void;
}

/** Which index, compressed or not, what else goes in; then where, then how it went. */
export function ExportDialog(props: ExportDialogProps) {
  const { connection, collections, jobs, onJob } = props;
  const [collection, setCollection] = useState(props.preselected ?? collections[0]?.name ?? '');
  const [compress, setCompress] = useState(true);
  const [companions, setCompanions] = useState<readonly string[]>([]);
  const [picking, setPicking] = useState(false);
  const { run, jobId, start, cancel, reset } = useRun(jobs);

  const chooseAndStart = async (): Promise<void> => {
    if (picking) return;
    setPicking(true);
    const picked = await ask('pick:export', { collection, compress });
    setPicking(false);
    if (!picked.ok) {
      start(Promise.resolve(picked));
      return;
    }
    if (picked.value === null) return;
    start(ask('export:start', { connection, collection, path: picked.value, compress, companions: [...companions] }));
  };
  const addCompanions = async (): Promise<void> => {
    const picked = await ask('pick:companions', undefined);
    if (picked.ok) setCompanions((before) => [...new Set([...before, ...picked.value])].slice(0, 32));
  };

  useEffect(() => {
    if (jobId !== null) onJob(jobId);
  }, [jobId, onJob]);
  // Cancelling is an answer, not a result to look at: back to the choices, as they were.
  useEffect(() => {
    if (run.status === 'cancelled') reset();
  }, [run.status, reset]);

  const running = run.status === 'starting' || run.status === 'running';
  const close = (): void => props.onClose(jobId, running);
  const again = (): void => void chooseAndStart();
  return (
    <Dialog
      title={titleFor(run, collection)}
      step={run.status === 'idle' || run.status === 'cancelled' ? 'choose' : running ? 'running' : run.status}
      onClose={close}
      closeLabel={running ? 'Hide; the export goes on' : 'Close'}
      {...(run.status === 'idle' ? { onSubmit: again } : {})}
      actions={<Actions run={run} picking={picking} onCancel={cancel} onClose={close} />}
    >
      {(run.status === 'idle' || run.status === 'cancelled') && (
        <>
          <SelectField
            label="Index"
            value={collection}
            onChange={setCollection}
            options={collections.map(({ name, points }) => ({
              value: name,
              label: `${name} (${formatQuantity(points, 'point')})`,
            }))}
          />
          <Choice
            kind="checkbox"
            label="Compress the file"
            hint="A .json.gz file is a good deal smaller; any unzip program opens it. Without, the file is plain JSON."
            checked={compress}
            onChange={setCompress}
          />
          <Companions
            paths={companions}
            onAdd={() => void addCompanions()}
            onRemove={(path) => setCompanions((before) => before.filter((other) => other !== path))}
          />
        </>
      )}
      {run.status === 'starting' && <Working label="Getting ready" />}
      {run.status === 'running' && <Progress progress={run.job.progress} />}
      {run.status === 'done' && <Done run={run} />}
      {run.status === 'failed' && (
        <ErrorCard
          error={run.error}
          work="export"
          fixes={fixesFor(run.error.code, again, props.onChangeConnection, picking)}
        />
      )}
    </Dialog>
  );
}

function titleFor(run: Run, collection: string): string {
  switch (run.status) {
    case 'idle':
    case 'cancelled':
      return 'Export an index';
    case 'starting':
    case 'running':
      return `Exporting “${collection}”`;
    case 'done':
      return 'Export finished';
    case 'failed':
      return 'Export failed';
  }
}

function fixesFor(code: string, again: () => void, changeConnection: () => void, busy: boolean): readonly Fix[] {
  const retry = { label: 'Try again…', run: again, busy };
  const change = { label: 'Change connection', run: changeConnection };
  switch (remedyFor(code)) {
    case 'connection':
      return [change, retry];
    case 'another-place':
      return [{ label: 'Choose another place…', run: again, busy }];
    default:
      return code.startsWith('QDRANT') ? [retry, change] : [retry];
  }
}

function Actions(props: {
  readonly run: Run;
  readonly picking: boolean;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}) {
  switch (props.run.status) {
    case 'idle':
    case 'cancelled':
      return (
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={props.picking}>
            Choose where to save…
          </Button>
        </>
      );
    case 'starting':
    case 'running':
      return (
        <>
          <Button look="quiet" onClick={props.onClose}>
            Hide
          </Button>
          <Button onClick={props.onCancel} disabled={props.run.status === 'starting'}>
            Cancel export
          </Button>
        </>
      );
    case 'done':
      return (
        <Button look="primary" onClick={props.onClose}>
          Done
        </Button>
      );
    case 'failed':
      return <Button onClick={props.onClose}>Close</Button>;
  }
}

function Done({ run }: { readonly run: Extract<Run, { status: 'running' | 'done' | 'cancelled' }> }) {
  const result = exportResultOf(run.job);
  return result === null ? <Message tone="good" title="The export is finished." /> : <ExportOutcome result={result} />;
}

function Companions(props: {
  readonly paths: readonly string[];
  readonly onAdd: () => void;
  readonly onRemove: (path: string) => void;
}) {
  return (
    <section class="companions" aria-labelledby="companions-title">
      <h3 id="companions-title">Companion files</h3>
      <p class="muted">
        Files your indexer keeps beside the index, such as the list of what it has read. They travel in the export file
        and stay in it on import; the documentation says how to take them out.
      </p>
      {props.paths.length > 0 && (
        <ul class="file-list">
          {props.paths.map((path) => (
            <li key={path}>
              <span class="path" title={path}>
                {fileName(path)}
              </span>
              <IconButton icon="close" label={`Leave out ${fileName(path)}`} onClick={() => props.onRemove(path)} />
            </li>
          ))}
        </ul>
      )}
      <Button icon="plus" onClick={props.onAdd}>
        Add files…
      </Button>
    </section>
  );
}
