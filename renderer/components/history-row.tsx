import type { HistoryEntry } from '../../preload/api.ts';
import { formatClock, formatTime } from '../format.ts';
import { KINDS, OUTCOMES } from '../history-list.ts';
import { shortened } from '../protection-words.ts';
import { Icon, type IconName } from './icon.tsx';

const icons: Record<HistoryEntry['outcome'], IconName> = {
  ok: 'check',
  failed: 'failed',
  skipped: 'skipped',
  noted: 'warning',
};

/** Whose it is, where the title does not say so already. What is left out without an index is a test of all backups. */
function whoseOf({ index, kind, title }: HistoryEntry): string | null {
  if (index === null) return kind === 'skipped' ? 'tests of backups' : null;
  return title.includes(`“${index.collection}”`) ? null : index.collection;
}

/** One thing that happened; opened, the log of it. */
export function HistoryRow({ entry, named }: { readonly entry: HistoryEntry; readonly named: boolean }) {
  const { at, kind, outcome, title, lines, index } = entry;
  const whose = whoseOf(entry);
  return (
    <li>
      <details class={`entry entry-${outcome}`}>
        <summary>
          <span class="entry-time" title={formatTime(at)}>
            {formatClock(at)}
          </span>
          <Icon name={icons[outcome]} />
          <span class="entry-text">
            <span class="entry-title">{shortened(title)}</span>
            {named && whose !== null && (
              <span class="entry-index clamp muted" title={whose}>
                {whose}
              </span>
            )}
          </span>
          <span class="entry-kind muted">{KINDS[kind]}</span>
          <Icon name="down" />
        </summary>
        <div class="entry-log">
          <ul>
            <li>{`${OUTCOMES[outcome]}, ${formatTime(at)}`}</li>
            {index !== null && <li>{`Index ${index.collection} on ${index.connection}`}</li>}
            {lines.map((line, number) => (
              // Two lines of a log may be alike.
              <li key={number}>{line}</li>
            ))}
          </ul>
        </div>
      </details>
    </li>
  );
}
