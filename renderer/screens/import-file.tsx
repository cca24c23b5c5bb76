import { useState } from 'preact/hooks';
import type { ArchiveSummary } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Facts } from '../components/facts.tsx';
import { Icon } from '../components/icon.tsx';
import { Message } from '../components/message.tsx';
import { fileName, formatBytes, formatDimensions, formatQuantity, formatTime } from '../format.ts';

interface PickFileProps {
  readonly onChoose: () => void;
  readonly onFile: (path: string) => void;
  readonly onNotAFile: () => void;
}

/** Where a file is dropped or chosen. The button is the way for the keyboard; dropping is an extra. */
export function PickFile({ onChoose, onFile, onNotAFile }: PickFileProps) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={`drop-zone ${over ? 'drop-zone-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file === undefined) {
          onNotAFile();
          return;
        }
        void window.vectorkeep.dropped(file).then((path) => (path === null ? onNotAFile() : onFile(path)));
      }}
    >
      <Icon name="file" />
      <p>Drop an export file here</p>
      <p class="muted">a .json.gz or .json file made by Vectorkeep</p>
      <Button look="primary" onClick={onChoose}>
        Choose a file…
      </Button>
    </div>
  );
}

/** What a good file holds, before anything is done with it. */
export function FileSummary(props: { readonly summary: ArchiveSummary; readonly onChoose: () => void }) {
  const { summary, onChoose } = props;
  const from = [summary.collection, summary.qdrantVersion === null ? null : `Qdrant ${summary.qdrantVersion}`];
  const companions = summary.companions.length;
  return (
    <section class="summary" aria-label="The file">
      <div class="summary-head">
        <h3 class="summary-title">
          <Icon name="file" />
          <span class="path">{fileName(summary.path)}</span>
        </h3>
        <Button look="quiet" onClick={onChoose}>
          Choose another file…
        </Button>
      </div>
      <Facts
        pairs
        facts={[
          { name: 'Points', value: formatQuantity(summary.totalVectors, 'point') },
          { name: 'Vectors', value: formatDimensions(summary.dimensions) },
          { name: 'Model', value: summary.model ?? 'not recorded' },
          { name: 'Exported', value: summary.exportedAt === null ? 'not recorded' : formatTime(summary.exportedAt) },
          { name: 'From', value: from.filter((part) => part !== null).join(', ') || 'not recorded' },
          { name: 'Size', value: formatBytes(summary.bytes) },
          ...(companions === 0 ? [] : [{ name: 'Also inside', value: formatQuantity(companions, 'companion file') }]),
        ]}
      />
    </section>
  );
}

const SHOWN_PROBLEMS = 5;

/** A file that cannot be used: which one, what is wrong with it, and where. */
export function BadFile(props: {
  readonly summary: ArchiveSummary;
  readonly onChoose: () => void;
  readonly onCopy: () => void;
}) {
  const { path, problems } = props.summary;
  const more = problems.length - SHOWN_PROBLEMS;
  return (
    <Message
      tone="bad"
      title={`${fileName(path)} cannot be imported`}
      actions={
        <>
          <Button look="primary" onClick={props.onChoose}>
            Choose another file…
          </Button>
          <Button look="quiet" onClick={props.onCopy}>
            Copy details
          </Button>
        </>
      }
    >
      <ul class="problems">
        {problems.slice(0, SHOWN_PROBLEMS).map((problem) => (
          <li key={problem.message}>{problem.message}</li>
        ))}
      </ul>
      {more > 0 && <p class="muted">and {formatQuantity(more, 'more problem')}</p>}
      <p>Nothing was written, and your indexes are not affected.</p>
    </Message>
  );
}
