import type { BackupResult, RestoreResult } from '../../preload/api.ts';
import { fileName, formatBytes, formatDuration, formatQuantity, formatRate } from '../format.ts';
import { changesNothing, differenceSentence, restoreSentence, verifiedSentence } from '../restore-plan.ts';
import { Button } from './button.tsx';
import { Facts } from './facts.tsx';
import { Message, Warnings } from './message.tsx';
import { ShowInFolder } from './show-in-folder.tsx';
import { Count } from './outcome.tsx';

/** What a backup added to the vault. */
export function BackupOutcome({ result }: { readonly result: BackupResult }) {
  return (
    <div class="outcome">
      <Message
        tone="good"
        title={`${formatQuantity(result.totalVectors, 'point')} of “${result.collection}” backed up`}
      >
        <p>Written, read back and compared.</p>
        <ul class="counts">
          <Count value={result.new} name="new" />
          <Count value={result.changed} name="changed" />
          <Count value={result.removed} name="removed" />
        </ul>
      </Message>
      <Facts
        facts={[
          { name: 'Name', value: <span class="path">{result.backupName}</span> },
          {
            name: 'Size',
            value: `${formatBytes(result.bytesAdded)} added, ${formatBytes(result.vaultBytes)} in all backups`,
          },
          { name: 'Time', value: formatDuration(result.durationMs) },
        ]}
      />
      <Warnings warnings={result.warnings} />
    </div>
  );
}

const SHOWN_DIFFERENCES = 8;

/** What a restore did, whether it was read back, and in what the index differs from the backup now. */
export function RestoreOutcome(props: { readonly result: RestoreResult; readonly onUndo?: (() => void) | undefined }) {
  const { result, onUndo } = props;
  const verified = verifiedSentence(result);
  const { points, count } = result.differences;
  const shown = points.slice(0, SHOWN_DIFFERENCES);
  const [companion] = result.companions;
  return (
    <div class="outcome">
      <Message
        tone={result.verified === false ? 'bad' : 'good'}
        title={restoreSentence(result)}
        actions={
          onUndo !== undefined &&
          result.safetyBackup !== null && (
            <Button icon="undo" onClick={onUndo}>
              Undo restore…
            </Button>
          )
        }
      >
        <ul class="counts">
          <Count value={result.new} name="added" />
          <Count value={result.updated} name="changed" />
          <Count value={result.skipped} name="left as they were" />
          <Count value={result.removed} name="removed" />
        </ul>
        {verified !== null && <p>{verified}</p>}
      </Message>
      {count > 0 && (
        <section class="differences" aria-label="Points that differ">
          <ul class="plain-list">
            {shown.map((difference) => (
              <li key={difference.point}>{differenceSentence(difference)}</li>
            ))}
          </ul>
          {count > shown.length && <p class="muted">and {formatQuantity(count - shown.length, 'more point')}</p>}
        </section>
      )}
      <Facts
        facts={[
          { name: 'Backup', value: <span class="path">{result.backupName}</span> },
          ...(result.safetyBackup === null
            ? []
            : [{ name: 'Safety copy', value: <span class="path">{result.safetyBackup}</span> }]),
          ...(changesNothing(result) ? [] : [{ name: 'Time', value: timeOf(result) }]),
        ]}
      />
      {companion !== undefined && (
        <Message
          tone="plain"
          title={`${formatQuantity(result.companions.length, 'companion file')} put back`}
          actions={<ShowInFolder path={companion} />}
        >
          <ul class="plain-list">
            {result.companions.map((path) => (
              <li key={path} class="path" title={path}>
                {fileName(path)}
              </li>
            ))}
          </ul>
        </Message>
      )}
      <Warnings warnings={result.warnings} />
    </div>
  );
}

function timeOf({ durationMs, vectorsPerSecond }: RestoreResult): string {
  return `${formatDuration(durationMs)}, ${formatRate(vectorsPerSecond)}`;
}
