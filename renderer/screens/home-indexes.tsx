import { useContext, useState } from 'preact/hooks';
import type { CollectionSummary } from '../../preload/api.ts';
import { backupsOf, originsOf, safetySentence, sourceOf, type Origin } from '../backups.ts';
import { ask } from '../client.ts';
import { Button, IconButton } from '../components/button.tsx';
import { Legend } from '../components/day-strip.tsx';
import { TextField } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { IndexCard } from '../components/index-card.tsx';
import { SharedFailureCard } from '../components/index-notes.tsx';
import { Message } from '../components/message.tsx';
import { Working } from '../components/progress.tsx';
import { formatQuantity } from '../format.ts';
import { sharedFailures, type IndexEntry } from '../index-cards.ts';
import { isRunning } from '../results.ts';
import { Session } from '../session.ts';
import type { ConnectedProps } from './home-props.ts';

/** More indexes than this, and a field to find one appears. */
const MANY = 8;

type IndexesProps = ConnectedProps & { readonly entries: readonly IndexEntry[]; readonly now: number };

/** The indexes of the connection in use, a card each. */
export function Indexes(props: IndexesProps) {
  const { collections, connection, entries, now, protection } = props;
  const { list, error, loading, reload } = collections;
  const { say } = useContext(Session);
  const [filter, setFilter] = useState('');
  const view = props.state.connections.find(({ name }) => name === connection);
  const source = view === undefined ? null : sourceOf(view);
  const known = props.backups.list?.backups ?? null;
  const usable = list !== null && error === null;
  const running = props.activity.filter(
    (job) => job.kind === 'backup' && isRunning(job) && (job.connection === null || job.connection === connection),
  );
  const backingUp = new Set(running.map(({ title }) => title));
  const names = new Set(entries.map(({ collection }) => collection));
  const lost = originsOf(known ?? []).filter((one) => one.source === source && !names.has(one.collection));
  const wanted = filter.trim().toLowerCase();
  const shown = entries.filter(({ collection }) => collection.toLowerCase().includes(wanted));
  const failures = sharedFailures(entries);
  const told = new Set(failures.flatMap(({ collections: failed }) => failed));
  const accept = (collection: string): void => {
    void ask('protection:accept-change', { connection, collection }).then((reply) =>
      say(reply.ok ? 'Its backups rotate again' : reply.error.message),
    );
  };
  const again = (failed: readonly string[]): void => {
    const indexes = failed.map((collection) => ({ connection, collection }));
    void ask('protection:back-up', { indexes }).then((reply) => reply.ok || say(reply.error.message));
  };
  const actions = {
    ...{ onBackUp: props.onBackUp, onTest: props.onTest, onExport: props.onExport, onImport: props.onImport },
    ...{ onHistory: props.onHistory, onAccept: accept, onSchedule: props.onSettings },
    onBackups: (collection: string) => props.onBackups(source === null ? null : { collection, source }),
    onChangeConnection: () => props.onEditConnection(connection),
    onChooseVault: () => void props.onChooseVault(),
  };
  return (
    <section class="indexes" aria-labelledby="indexes-title">
      <header class="section-head">
        <div class="indexes-title">
          <h2 id="indexes-title">{headline(connection, list, error !== null)}</h2>
          <p class="muted">
            {view?.kind === 'builtin' ? 'Built-in Qdrant on this computer' : (view?.url ?? '')}
            {usable && list.length > 0 && `, ${formatQuantity(total(list), 'point')} in all`}
          </p>
          {usable && known !== null && (
            <Unscheduled entries={entries} isSafe={(name) => hasVerified(backupsOf(known, name, source))} />
          )}
        </div>
        <div class="screen-actions">
          <IconButton icon="refresh" label="Look again" onClick={reload} disabled={loading} />
          <Button icon="import" onClick={() => props.onImport(null)} disabled={!usable}>
            Import…
          </Button>
          <Button icon="export" onClick={() => props.onExport(null)} disabled={!usable || list.length === 0}>
            Export…
          </Button>
        </div>
      </header>
      {failures
        // Where the whole Qdrant is away, that is said above already.
        .filter(({ code }) => code !== error?.code)
        .map((failure) => (
          <SharedFailureCard
            key={`${failure.code} ${failure.message}`}
            failure={failure}
            busy={failure.collections.some((name) => backingUp.has(name))}
            onAgain={() => again(failure.collections)}
            onChangeConnection={actions.onChangeConnection}
            onChooseVault={actions.onChooseVault}
          />
        ))}
      {usable && lost.length > 0 && <Lost origins={lost} onBackups={props.onBackups} />}
      {list === null && error === null && <Working label={`Asking ${connection} for its indexes`} />}
      {usable && entries.length === 0 && (
        <NoIndexes onImport={() => props.onImport(null)} onSample={view?.kind === 'builtin' ? props.onSample : null} />
      )}
      {entries.length > MANY && (
        <div class="filter">
          <TextField label="Find an index" value={filter} onInput={setFilter} />
          <p class="muted" role="status">
            {wanted === '' ? '' : `${formatQuantity(shown.length, 'index', 'indexes')} found`}
          </p>
        </div>
      )}
      <Legend strips={shown.map((entry) => entry.protection?.days ?? [])} />
      {shown.length > 0 && (
        <ul class="index-grid" aria-label="Indexes">
          {shown.map((entry) => (
            <IndexCard
              key={entry.collection}
              {...actions}
              entry={entry}
              backups={known === null ? null : backupsOf(known, entry.collection, source)}
              now={now}
              paused={protection?.paused != null}
              backingUp={backingUp.has(entry.collection)}
              told={told.has(entry.collection) || (error !== null && error.code === entry.protection?.failure?.code)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

const hasVerified = (backups: readonly { readonly verifiedAt: string | null }[]): boolean =>
  backups.some(({ verifiedAt }) => verifiedAt !== null);

/** The sentence above is about what has a schedule. Where some index here has none, this says how all of them stand. */
function Unscheduled(props: {
  readonly entries: readonly IndexEntry[];
  readonly isSafe: (collection: string) => boolean;
}) {
  const { entries, isSafe } = props;
  const names = entries.map(({ collection }) => collection);
  if (names.length === 0) return null;
  if (entries.every(({ protection }) => protection !== null && protection.schedule.kind !== 'off')) return null;
  const all = names.every(isSafe);
  return (
    <p class={`safety ${all ? 'safety-all' : ''}`}>
      <Icon name={all ? 'check' : 'warning'} />
      {safetySentence(names, isSafe)}
    </p>
  );
}

function headline(connection: string, list: readonly CollectionSummary[] | null, failed: boolean): string {
  if (failed) return `“${connection}” cannot be used right now`;
  if (list === null) return connection;
  if (list.length === 0) return `No indexes on ${connection} yet`;
  return `${formatQuantity(list.length, 'index', 'indexes')} on ${connection}`;
}

function total(list: readonly CollectionSummary[]): number {
  return list.reduce((sum, { points }) => sum + points, 0);
}

/** Indexes that are gone from this Qdrant, and can be had back. */
function Lost(props: { readonly origins: readonly Origin[]; readonly onBackups: (origin: Origin | null) => void }) {
  const [first, ...others] = props.origins;
  if (first === undefined) return null;
  return (
    <Message
      tone="plain"
      icon="restore"
      title={
        others.length === 0
          ? `“${first.collection}” is not on this Qdrant any more, and has backups`
          : `${formatQuantity(props.origins.length, 'index', 'indexes')} are not on this Qdrant any more, and have backups`
      }
      actions={<Button onClick={() => props.onBackups(others.length === 0 ? first : null)}>Show the backups</Button>}
    />
  );
}

function NoIndexes({ onImport, onSample }: { readonly onImport: () => void; readonly onSample: (() => void) | null }) {
  return (
    <section class="empty">
      <Icon name="server" />
      <p>This Qdrant is reachable and empty.</p>
      <p class="muted">Bring an index here from an export file, or let your indexer build one.</p>
      <Button look="primary" icon="import" onClick={onImport}>
        Import an index…
      </Button>
      {onSample !== null && (
        <Button look="quiet" onClick={onSample}>
          Fill it with sample data
        </Button>
      )}
    </section>
  );
}
