import type { ExportResult, ImportResult } from '../../preload/api.ts';
import { formatBytes, formatCount, formatDuration, formatQuantity, formatRate, formatRatio } from '../format.ts';
import { importSentence } from '../import-plan.ts';
import { Facts } from './facts.tsx';
import { Message, Warnings } from './message.tsx';
import { ShowInFolder } from './show-in-folder.tsx';

/** What an export made. */
export function ExportOutcome({ result }: { readonly result: ExportResult }) {
  const ratio = formatRatio(result.compressionRatio);
  const size = `${formatBytes(result.bytes)}${ratio === null ? '' : `, ${ratio} than ${formatBytes(result.rawBytes)} of JSON`}`;
  return (
    <div class="outcome">
      <Message
        tone="good"
        title={`${formatQuantity(result.totalVectors, 'point')} exported from “${result.collection}”`}
        actions={<ShowInFolder path={result.path} />}
      >
        <p>Written, read back and checked.</p>
      </Message>
      <Facts
        facts={[
          { name: 'File', value: <span class="path">{result.path}</span> },
          { name: 'Size', value: size },
          { name: 'Model', value: result.model ?? 'not recorded' },
          { name: 'Time', value: `${formatDuration(result.durationMs)}, ${formatRate(result.vectorsPerSecond)}` },
        ]}
      />
      <Warnings warnings={result.warnings} />
    </div>
  );
}

/** What an import did, to the point. */
export function ImportOutcome({ result }: { readonly result: ImportResult }) {
  return (
    <div class="outcome">
      <Message tone="good" title={importSentence(result)}>
        <ul class="counts">
          <Count value={result.new} name="new" />
          <Count value={result.updated} name="updated" />
          <Count value={result.skipped} name="left as they were" />
        </ul>
      </Message>
      <Facts
        facts={[
          { name: 'File', value: <span class="path">{result.path}</span> },
          { name: 'Time', value: `${formatDuration(result.durationMs)}, ${formatRate(result.vectorsPerSecond)}` },
        ]}
      />
      <Warnings warnings={result.warnings} />
    </div>
  );
}

/** One number of a result. */
export function Count({ value, name }: { readonly value: number; readonly name: string }) {
  return (
    <li>
      <strong>{formatCount(value)}</strong> {name}
    </li>
  );
}
