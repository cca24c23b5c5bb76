import type { CollectionSummary } from '../../preload/api.ts';
import { formatCount, formatDimensions } from '../format.ts';
import { Button } from './button.tsx';

interface IndexCardProps {
  readonly collection: CollectionSummary;
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

export function IndexCard({ collection, onExport, onImport }: IndexCardProps) {
  const { name, points, dimensions, model, status } = collection;
  const state = states[status] ?? { label: status, shape: 'idle' };
  return (
    <li class="card index-card">
      <h2 class="index-name" title={name}>
        {name}
      </h2>
      <p class="index-points">
        <strong>{formatCount(points)}</strong> {points === 1 ? 'point' : 'points'}
      </p>
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
      <div class="index-foot">
        <p class={`status status-${state.shape}`}>{state.label}</p>
        <div class="index-actions">
          <Button look="quiet" label={`Import into ${name}`} onClick={onImport}>
            Import…
          </Button>
          <Button label={`Export ${name}`} onClick={onExport}>
            Export…
          </Button>
        </div>
      </div>
    </li>
  );
}
