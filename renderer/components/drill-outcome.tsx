import type { DrillResult } from '../../preload/api.ts';
import { formatDuration, formatQuantity, quoteName } from '../format.ts';
import { differenceSentence } from '../restore-plan.ts';
import { Facts } from './facts.tsx';
import { Message, Warnings } from './message.tsx';

const SHOWN_DIFFERENCES = 8;

/** Whether the last backup of an index came back as it was. */
export function DrillOutcome({ result }: { readonly result: DrillResult }) {
  const { collection, totalVectors, matches, differences, where, backupName, durationMs, warnings } = result;
  const shown = differences.points.slice(0, SHOWN_DIFFERENCES);
  return (
    <div class="outcome">
      {matches ? (
        <Message
          tone="good"
          title={`All ${formatQuantity(totalVectors, 'point')} of ${quoteName(collection)} came back`}
        >
          <p>The backup was restored into a scratch index, compared point for point, and the scratch index removed.</p>
        </Message>
      ) : (
        <Message tone="bad" title={`The last backup of ${quoteName(collection)} did not come back as it was`}>
          <p>{`${formatQuantity(differences.count, 'point')} came back different. Your index is untouched; back it up again now.`}</p>
          <ul class="plain-list">
            {shown.map((difference) => (
              <li key={difference.point}>{differenceSentence(difference)}</li>
            ))}
          </ul>
        </Message>
      )}
      <Facts
        facts={[
          { name: 'Backup', value: <span class="path">{backupName}</span> },
          { name: 'Where', value: where === 'builtin' ? 'The built-in Qdrant' : 'The Qdrant of the index' },
          { name: 'Time', value: formatDuration(durationMs) },
        ]}
      />
      <Warnings warnings={warnings} />
    </div>
  );
}
