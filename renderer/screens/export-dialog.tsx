import { useState } from 'preact/hooks';
import type { CollectionSummary } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import type { Fix } from '../components/error-card.tsx';
import { ExportWork } from '../components/export-work.tsx';
import { IndexField } from '../components/index-field.tsx';
import type { WorkDialogEnds } from '../components/work-dialog.tsx';
import { ask } from '../client.ts';
import { fileName, quoteName } from '../format.ts';
import type { Jobs } from '../live.ts';
import { remedyFor } from '../remedies.ts';

interface ExportDialogProps extends WorkDialogEnds {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Index to begin with. */
  readonly preselected: string | null;
  readonly jobs: Jobs;
  readonly onChangeConnection: () => void;
}

/** An index as one portable file, with what else should go into it. */
export function ExportDialog(props: ExportDialogProps) {
  const { connection, collections } = props;
  const [collection, setCollection] = useState(props.preselected ?? collections[0]?.name ?? '');
  const [companions, setCompanions] = useState<readonly string[]>([]);
  const addCompanions = async (): Promise<void> => {
    const picked = await ask('pick:companions', undefined);
    if (picked.ok) setCompanions((before) => [...new Set([...before, ...picked.value])].slice(0, 32));
  };
  const fixesFor = (code: string, again: (label: string) => Fix): readonly Fix[] => {
    const retry = again('Try again…');
    const change = { label: 'Change connection', run: props.onChangeConnection };
    switch (remedyFor(code)) {
      case 'connection':
        return [change, retry];
      case 'another-place':
        return [again('Choose another place…')];
      default:
        return code.startsWith('QDRANT') ? [retry, change] : [retry];
    }
  };
  return (
    <ExportWork
      title="Export an index"
      running={`Exporting ${quoteName(collection)}`}
      work="export"
      collection={collection}
      jobs={props.jobs}
      write={(file) => ask('export:start', { connection, collection, companions: [...companions], ...file })}
      fixes={fixesFor}
      onClose={props.onClose}
      onJob={props.onJob}
      more={
        <Companions
          paths={companions}
          onAdd={() => void addCompanions()}
          onRemove={(path) => setCompanions((before) => before.filter((other) => other !== path))}
        />
      }
    >
      <IndexField value={collection} collections={collections} onChange={setCollection} />
    </ExportWork>
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
