import { useState } from 'preact/hooks';
import type { AppState, CollectionSummary, JobView } from '../../preload/api.ts';
import { Button, IconButton } from '../components/button.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { Icon } from '../components/icon.tsx';
import { IndexCard } from '../components/index-card.tsx';
import { TextField } from '../components/field.tsx';
import { Message, Warnings } from '../components/message.tsx';
import { Working } from '../components/progress.tsx';
import { formatQuantity } from '../format.ts';
import { backupsOf, originsOf, safetySentence, sourceOf, type Origin } from '../backups.ts';
import type { Collections } from '../live.ts';
import { backupRemedyFor, remedyFor } from '../remedies.ts';
import { isRunning } from '../results.ts';
import { useNow, type Backups } from '../use-backups.ts';
import { Activity, type ActivityWays } from './activity.tsx';
import { FirstRun } from './first-run.tsx';

export interface HomeProps {
  readonly state: AppState;
  readonly collections: Collections;
  /** Work that is going on, and ends that nobody has looked at yet. */
  readonly activity: readonly JobView[];
  readonly backups: Backups;
  readonly ways: ActivityWays;
  readonly onBackUp: (collection: string) => void;
  /** null: of all indexes. */
  readonly onBackups: (origin: Origin | null) => void;
  readonly onChooseVault: () => Promise<void>;
  readonly onExport: (collection: string | null) => void;
  readonly onImport: (collection: string | null) => void;
  readonly onAddConnection: () => void;
  readonly onEditConnection: (name: string) => void;
  readonly onSample: () => void;
}

/** More indexes than this, and a field to find one appears. */
const MANY = 8;

export function Home(props: HomeProps) {
  const { state } = props;
  // The sample's connection appears before its points do: until then the first page has the progress.
  const sampling = props.activity.some((job) => job.kind === 'sample' && isRunning(job));
  return (
    <main class="screen" id="main">
      <Warnings warnings={state.notices} />
      {state.current === null || sampling ? (
        <FirstRun {...props} onDismiss={props.ways.onDismiss} />
      ) : (
        <Indexes {...props} connection={state.current} key={state.current} />
      )}
    </main>
  );
}

function Indexes(props: HomeProps & { readonly connection: string }) {
  const { collections, connection } = props;
  const { list, error, loading, reload } = collections;
  const view = props.state.connections.find(({ name }) => name === connection);
  const [filter, setFilter] = useState('');
  const usable = list !== null && error === null;
  const now = useNow();
  const source = view === undefined ? null : sourceOf(view);
  const known = props.backups.list?.backups ?? null;
  const names = list?.map(({ name }) => name) ?? [];
  const isSafe = (name: string): boolean =>
    known !== null && backupsOf(known, name, source).some(({ verifiedAt }) => verifiedAt !== null);
  const lost = originsOf(known ?? []).filter(
    (origin) => origin.source === source && !names.includes(origin.collection),
  );
  const backingUp = new Set(
    props.activity.filter((job) => job.kind === 'backup' && isRunning(job)).map(({ title }) => title),
  );
  const shown = list?.filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase())) ?? [];
  return (
    <>
      <header class="screen-head">
        <div>
          <h1>{headline(connection, list, error !== null)}</h1>
          <p class="muted screen-sub">
            {view?.kind === 'builtin' ? 'Built-in Qdrant on this computer' : (view?.url ?? '')}
            {usable && list.length > 0 && `, ${formatQuantity(total(list), 'point')} in all`}
          </p>
          {usable && list.length > 0 && known !== null && (
            <p class={`safety ${names.every(isSafe) ? 'safety-all' : ''}`}>
              <Icon name={names.every(isSafe) ? 'check' : 'warning'} />
              {safetySentence(names, isSafe)}
            </p>
          )}
        </div>
        <div class="screen-actions">
          <IconButton icon="refresh" label="Look again" onClick={reload} disabled={loading} />
          <Button icon="import" onClick={() => props.onImport(null)} disabled={!usable}>
            Import…
          </Button>
          <Button
            icon="export"
            look="primary"
            onClick={() => props.onExport(null)}
            disabled={!usable || list.length === 0}
          >
            Export…
          </Button>
        </div>
      </header>

      {error !== null && (
        <ErrorCard
          error={error}
          work="reading"
          fixes={[
            { label: 'Try again', run: reload, busy: loading },
            ...(view?.kind === 'builtin'
              ? []
              : [
                  {
                    label: error.code === 'QDRANT_FORBIDDEN' ? 'Change key' : 'Change address',
                    run: () => props.onEditConnection(connection),
                  },
                ]),
          ].toSorted((a) => (remedyFor(error.code) === 'connection' && a.label.startsWith('Change') ? -1 : 0))}
        />
      )}
      <Activity jobs={props.activity} {...props.ways} />
      {props.backups.error !== null && (
        <ErrorCard
          error={props.backups.error}
          work="backups"
          fixes={[
            { label: 'Choose folder…', run: () => void props.onChooseVault() },
            { label: 'Try again', run: props.backups.reload, busy: props.backups.loading },
          ].toSorted((a) =>
            backupRemedyFor(props.backups.error?.code ?? '') === 'retry' && a.label === 'Try again' ? -1 : 0,
          )}
        />
      )}
      {usable && lost.length > 0 && <Lost origins={lost} onBackups={props.onBackups} />}
      {list === null && error === null && <Working label={`Asking ${connection} for its indexes`} />}
      {usable && list.length === 0 && (
        <NoIndexes onImport={() => props.onImport(null)} onSample={view?.kind === 'builtin' ? props.onSample : null} />
      )}
      {usable && list.length > MANY && (
        <div class="filter">
          <TextField label="Find an index" value={filter} onInput={setFilter} />
          <p class="muted" role="status">
            {filter.trim() === '' ? '' : `${formatQuantity(shown.length, 'index', 'indexes')} found`}
          </p>
        </div>
      )}
      {usable && shown.length > 0 && (
        <ul class="index-grid" aria-label="Indexes">
          {shown.map((collection) => (
            <IndexCard
              key={collection.name}
              collection={collection}
              backups={known === null ? null : backupsOf(known, collection.name, source)}
              now={now}
              backingUp={backingUp.has(collection.name)}
              onBackUp={() => props.onBackUp(collection.name)}
              onBackups={() => props.onBackups(source === null ? null : { collection: collection.name, source })}
              onExport={() => props.onExport(collection.name)}
              onImport={() => props.onImport(collection.name)}
            />
          ))}
        </ul>
      )}
    </>
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
