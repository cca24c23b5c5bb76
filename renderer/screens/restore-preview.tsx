import type { ComponentChildren } from 'preact';
import type { BackupSummary, CollectionSummary, RestoreResult } from '../../preload/api.ts';
import { Facts } from '../components/facts.tsx';
import { Message, Warnings } from '../components/message.tsx';
import { formatCount, formatDimensions, formatQuantity, formatTime } from '../format.ts';
import { changesNothing, safetySentence } from '../restore-plan.ts';

interface PreviewProps {
  readonly counts: RestoreResult;
  readonly backup: Pick<BackupSummary, 'createdAt' | 'dimensions' | 'model'> | null;
  /** The index as it is; undefined: it will be made. */
  readonly target: CollectionSummary | undefined;
  readonly collection: string;
  readonly children?: ComponentChildren;
}

/** What a restore would do, in numbers, before anything is done. */
export function RestorePreview({ counts, backup, target, collection, children }: PreviewProps) {
  const isNew = target === undefined;
  const nothing = changesNothing(counts) && !isNew;
  return (
    <div class="outcome">
      <section class="summary preview" aria-label="What would happen">
        <h3 class="preview-title">
          {isNew
            ? `In the new index “${collection}”`
            : `In “${collection}”, which has ${formatQuantity(target.points, 'point')} now`}
        </h3>
        <ul class="tally">
          <Tally value={counts.new} name="added" look="added" />
          <Tally value={counts.updated} name="changed" look="changed" />
          <Tally value={counts.skipped} name="left alone" look="same" />
          <Tally value={counts.removed} name="removed" look="removed" />
        </ul>
        <Facts
          facts={[
            ...(backup === null ? [] : [{ name: 'Backup', value: `of ${formatTime(backup.createdAt)}` }]),
            ...(backup === null ? [] : [{ name: 'Vectors', value: vectorsFit(backup, target) }]),
            ...(backup === null ? [] : [{ name: 'Model', value: modelFits(backup.model, target) }]),
            { name: 'Safety copy', value: safetySentence(counts, isNew) },
          ]}
        />
      </section>
      {nothing && (
        <Message tone="good" title="There is nothing to do">
          <p>What would be restored is in the index already, as it is in the backup or as you chose to keep it.</p>
        </Message>
      )}
      {counts.removed > 0 && (
        <Message
          tone="warning"
          title={`${formatQuantity(counts.removed, 'point')} will be removed from “${collection}”`}
        >
          <p>
            {counts.removed === 1 ? 'It is' : 'They are'} in the index now and not in the backup. The safety copy keeps{' '}
            {counts.removed === 1 ? 'it' : 'them'}.
          </p>
        </Message>
      )}
      {children}
      <Warnings warnings={counts.warnings.filter(({ code }) => code !== 'MODEL_DIFFERS')} />
    </div>
  );
}

function vectorsFit({ dimensions }: Pick<BackupSummary, 'dimensions'>, target: CollectionSummary | undefined): string {
  const own = formatDimensions(dimensions);
  // One that does not fit is refused before there are numbers to show.
  return target === undefined ? own : `${own}, as the index has`;
}

function modelFits(model: string | null, target: CollectionSummary | undefined): string {
  if (model === null) return 'not recorded in the backup';
  if (target === undefined) return model;
  if (target.model === null) return `${model}; of the index it is not recorded`;
  return target.model === model ? `${model}, as the index has` : `${model}; the index has ${target.model}`;
}

function Tally({ value, name, look }: { readonly value: number; readonly name: string; readonly look: string }) {
  return (
    <li class={`tally-${look} ${value === 0 ? 'tally-none' : ''}`}>
      <strong>{formatCount(value)}</strong> {name}
    </li>
  );
}
