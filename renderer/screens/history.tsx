import { useEffect, useMemo, useState } from 'preact/hooks';
import type { IndexRef, ProtectionView } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { SelectField } from '../components/field.tsx';
import { HistoryRow } from '../components/history-row.tsx';
import { Icon } from '../components/icon.tsx';
import { Working } from '../components/progress.tsx';
import {
  historyDays,
  indexChoices,
  indexKey,
  metWith,
  isFiltered,
  KINDS,
  NO_FILTER,
  OUTCOMES,
  type HistoryFilter,
} from '../history-list.ts';
import type { Jobs } from '../live.ts';
import { isRunning } from '../results.ts';
import { useNow } from '../use-backups.ts';
import { useHistory } from '../use-history.ts';

interface HistoryScreenProps {
  readonly protection: ProtectionView | null;
  readonly jobs: Jobs;
  /** Whose history was asked for; null: of all. */
  readonly index: IndexRef | null;
}

/** What ran, what did not and why, day by day. */
export function HistoryScreen({ protection, jobs, index }: HistoryScreenProps) {
  const [filter, setFilter] = useState<HistoryFilter>({ ...NO_FILTER, index });
  const ended = [...jobs.values()].filter((job) => !isRunning(job)).length;
  const [met, setMet] = useState<readonly IndexRef[]>([]);
  // Another one whenever something may have happened.
  const revision = useMemo(() => ({ protection, ended }), [protection, ended]);
  const { entries, more, error, loading, showOlder, reload } = useHistory(filter, revision);
  const now = useNow();
  // Kept, so that choosing one index does not make the others disappear from the list.
  useEffect(() => setMet((before) => metWith(before, entries ?? [])), [entries]);
  const choices = indexChoices(protection, met, filter.index);
  return (
    <main class="screen" id="main">
      <header class="screen-head">
        <div>
          <h1>History</h1>
          <p class="muted screen-sub">What ran by itself or by hand, what did not, and why.</p>
        </div>
        <div class="screen-actions">
          <IconButton icon="refresh" label="Look again" onClick={reload} disabled={loading} />
        </div>
      </header>
      <div class="filter history-filter" role="group" aria-label="What is shown">
        <SelectField
          label="Index"
          value={filter.index === null ? '' : indexKey(filter.index)}
          onChange={(key) => setFilter({ ...filter, index: choices.find((one) => one.key === key)?.index ?? null })}
          options={[{ value: '', label: 'All indexes' }, ...choices.map(({ key, label }) => ({ value: key, label }))]}
        />
        <SelectField
          label="What"
          value={filter.kind ?? ''}
          onChange={(kind) => setFilter({ ...filter, kind: keyOf(KINDS, kind) })}
          options={optionsOf('Everything', KINDS)}
        />
        <SelectField
          label="How it went"
          value={filter.outcome ?? ''}
          onChange={(outcome) => setFilter({ ...filter, outcome: keyOf(OUTCOMES, outcome) })}
          options={optionsOf('Any way', OUTCOMES)}
        />
        {isFiltered(filter) && (
          <Button look="quiet" onClick={() => setFilter(NO_FILTER)}>
            Show everything
          </Button>
        )}
      </div>
      {error !== null && (
        <ErrorCard error={error} work="backups" fixes={[{ label: 'Try again', run: reload, busy: loading }]} />
      )}
      {entries === null && error === null && <Working label="Reading the history" />}
      {entries?.length === 0 && <Nothing filtered={isFiltered(filter)} />}
      {historyDays(entries ?? [], now).map((day) => (
        <section key={day.title} class="group" aria-label={day.title}>
          <h2>{day.title}</h2>
          <ul class="card rows history-list">
            {day.entries.map((entry) => (
              <HistoryRow key={entry.id} entry={entry} named={filter.index === null && choices.length > 1} />
            ))}
          </ul>
        </section>
      ))}
      {more && (
        <div class="row">
          <Button busy={loading} onClick={showOlder}>
            Show older
          </Button>
        </div>
      )}
    </main>
  );
}

const keyOf = <K extends string>(words: Record<K, string>, value: string): K | null =>
  (Object.keys(words) as K[]).find((key) => key === value) ?? null;

const optionsOf = (all: string, words: Record<string, string>) => [
  { value: '', label: all },
  ...Object.entries(words).map(([value, label]) => ({ value, label })),
];

function Nothing({ filtered }: { readonly filtered: boolean }) {
  return (
    <section class="empty">
      <Icon name={filtered ? 'search' : 'history'} />
      <p>{filtered ? 'Nothing like that has happened.' : 'Nothing has happened yet.'}</p>
      <p class="muted">
        {filtered
          ? 'Choose something else above, or show everything.'
          : 'Every backup, every test and every run that was left out will be listed here, with the reason.'}
      </p>
    </section>
  );
}
