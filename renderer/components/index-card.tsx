import type { BackupSummary, CollectionSummary } from '../../preload/api.ts';
import { freshness, lastBackup } from '../backups.ts';
import { formatCount, formatDimensions, formatTime } from '../format.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface IndexCardProps {
  readonly collection: CollectionSummary;
  /** Its backups, newest first; null while they are not known. */
  readonly backups: readonly BackupSummary[] | null;
  readonly now: number;
  /** A backup of it is being taken. */
  readonly backingUp: boolean;
  readonly onBackUp: () => void;
  readonly onBackups: () => void;
  readonly onExport: () => void;
  readonly onImport: () => void;
}

/** Qdrant's four states in words; each has its own shape beside them. */
const states: Record<string, { readonly label: string; readonly shape: string }> = {
  green: { label: 'Ready', shape: 'ready' },
  yellow: { label: 'Optimising', shape: 'busy' },
  grey: { label: 'Waiting to optimise', shape: 'idle' },
  red: { label: 'Qdrant reports an error', shape: 'bad' },
};

export function IndexCard(props: IndexCardProps) {
  const { onExport, onImport } = props;
  const { name, points, dimensions, model, status } = props.collection;
  const state = states[status] ?? { label: status, shape: 'idle' };
  const backUp = props.backingUp ? 'Backing up…' : 'Back up now';
  return (
    <li class="card index-card">
      <h2 class="index-name" title={name}>
        {name}
      </h2>
      <div class="index-head">
        <p class="index-points">
          <strong>{formatCount(points)}</strong> {points === 1 ? 'point' : 'points'}
        </p>
        <p class={`status status-${state.shape}`}>{state.label}</p>
      </div>
      <dl class="index-facts">
        <div>
          <dt>Vectors</dt>
          <dd>{formatDimensions(dimensions)}</dd>
        </div>
        <div>
          <dt>Model</dt>
          <dd title={model ?? undefined}>{model ?? 'not recorded'}</dd>
        </div>
      </dl>
      <div class="index-backup">
        <LastBackup backups={props.backups} now={props.now} />
        <div class="index-backup-actions">
          <Button label={`${backUp}: ${name}`} busy={props.backingUp} onClick={props.onBackUp}>
            {backUp}
          </Button>
          <Button label={`Backups of ${name}`} onClick={props.onBackups}>
            Backups…
          </Button>
          <Button look="quiet" label={`Export ${name}`} onClick={onExport}>
            Export…
          </Button>
          <Button look="quiet" label={`Import into ${name}`} onClick={onImport}>
            Import…
          </Button>
        </div>
      </div>
    </li>
  );
}

function LastBackup({ backups, now }: Pick<IndexCardProps, 'backups' | 'now'>) {
  if (backups === null) return <p class="last-backup muted">Backups are not known right now</p>;
  const last = lastBackup(backups);
  const good = last !== undefined && last.verifiedAt !== null;
  return (
    <p
      class={`last-backup ${good ? 'last-backup-good' : 'last-backup-none'}`}
      title={last === undefined ? undefined : formatTime(last.createdAt)}
    >
      <Icon name={good ? 'check' : 'warning'} />
      {freshness(backups, now)}
    </p>
  );
}
