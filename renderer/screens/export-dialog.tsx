import { useState } from 'preact/hooks';
import type { CollectionSummary } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import type { Fix } from '../components/error-card.tsx';
import { IndexField } from '../components/index-field.tsx';
import { ExportOutcome } from '../components/outcome.tsx';
import { WorkDialog, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { ask } from '../client.ts';
import { fileName } from '../format.ts';
import { useRun, type Jobs } from '../live.ts';
import { remedyFor } from '../remedies.ts';
import { exportResultOf } from '../results.ts';
import { useSaveAs } from '../use-save-as.tsx';

interface ExportDialogProps extends WorkDialogEnds {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Index to begin with. */
  readonly preselected: string | null;
  readonly jobs: Jobs;
  readonly onChangeConnection: () => void;
}

/** Which index, compressed or not, what else goes in; then where, then how it went. */
export function ExportDialog(props: ExportDialogProps) {
  const { connection, collections } = props;
  const [collection, setCollection] = useState(props.preselected ?? collections[0]?.name ?? '');
  const [companions, setCompanions] = useState<readonly string[]>([]);
  const runner = useRun(props.jobs);
  const file = useSaveAs(collection, runner, (to) =>
    ask('export:start', { connection, collection, companions: [...companions], ...to }),
  );
  const addCompanions = async (): Promise<void> => {
    const picked = await ask('pick:companions', undefined);
    if (picked.ok) setCompanions((before) => [...new Set([...before, ...picked.value])].slice(0, 32));
  };
  const fixesFor = (code: string): readonly Fix[] => {
    const retry = file.again('Try again…');
    const change = { label: 'Change connection', run: props.onChangeConnection };
    switch (remedyFor(code)) {
      case 'connection':
        return [change, retry];
      case 'another-place':
        return [file.again('Choose another place…')];
      default:
        return code.startsWith('QDRANT') ? [retry, change] : [retry];
    }
  };
  return (
    <WorkDialog
      asking={{
        step: 'choose',
        title: 'Export an index',
        onSubmit: file.save,
        body: (
          <>
            <IndexField value={collection} collections={collections} onChange={setCollection} />
            {file.choice}
            <Companions
              paths={companions}
              onAdd={() => void addCompanions()}
              onRemove={(path) => setCompanions((before) => before.filter((other) => other !== path))}
            />
          </>
        ),
        actions: (
          <>
            <Button onClick={() => props.onClose(null, false)}>Cancel</Button>
            {file.button}
          </>
        ),
      }}
      runner={runner}
      work="export"
      words={{
        noun: 'the export',
        running: `Exporting “${collection}”`,
        done: 'Export finished',
        failed: 'Export failed',
        cancel: 'Cancel export',
      }}
      outcome={(job) => {
        const result = exportResultOf(job);
        return result === null ? null : <ExportOutcome result={result} />;
      }}
      fixes={({ code }) => fixesFor(code)}
      onClose={props.onClose}
      onJob={props.onJob}
    />
  );
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
