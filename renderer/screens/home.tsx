import { ErrorCard } from '../components/error-card.tsx';
import { Warnings } from '../components/message.tsx';
import { OtherConnections } from '../components/other-connections.tsx';
import { Standing } from '../components/standing.tsx';
import { entriesOf, otherConnections, withoutTold } from '../index-cards.ts';
import { backupRemedyFor, remedyFor } from '../remedies.ts';
import { runningOf } from '../results.ts';
import { useNow } from '../use-backups.ts';
import { Activity } from './activity.tsx';
import { FirstRun } from './first-run.tsx';
import { Indexes } from './home-indexes.tsx';
import type { ConnectedProps, HomeProps } from './home-props.ts';

export function Home(props: HomeProps) {
  const { state } = props;
  // The sample's connection appears before its points do: until then the first page has the progress.
  const sampling = runningOf(props.activity, 'sample') !== undefined;
  return (
    <main class="screen" id="main">
      <Warnings warnings={state.notices} />
      {state.current === null || sampling ? (
        <FirstRun {...props} />
      ) : (
        <Connected {...props} connection={state.current} key={state.current} />
      )}
    </main>
  );
}

/** The answer first, then what is in the way of it, then the indexes. */
function Connected(props: ConnectedProps) {
  const { collections, connection, protection, backups } = props;
  const { list, error } = collections;
  const now = useNow();
  // While it is being asked for the first time, nobody can say what is there and what is gone.
  const asking = list === null && error === null;
  const known = asking ? [] : (protection?.indexes ?? []);
  const entries = entriesOf(error === null ? list : null, known, connection);
  // What the card below says of the folder of backups need not be said twice.
  const warnings = protection?.warnings.filter(({ code }) => code !== backups.error?.code) ?? [];
  return (
    <>
      {protection === null ? <h1>Home</h1> : <Standing view={protection} now={now} onSchedule={props.onSetUp} />}
      <Warnings warnings={warnings} />
      <Unreachable {...props} />
      {backups.error !== null && (
        <ErrorCard
          error={backups.error}
          work="backups"
          fixes={[
            { label: 'Choose folder…', run: () => void props.onChooseVault() },
            { label: 'Try again', run: backups.reload, busy: backups.loading },
          ].toSorted((a) =>
            backupRemedyFor(backups.error?.code ?? '') === 'retry' && a.label === 'Try again' ? -1 : 0,
          )}
        />
      )}
      <Activity jobs={withoutTold(props.activity, entries, connection)} {...props.ways} />
      <Indexes {...props} entries={entries} now={now} />
      {protection !== null && <OtherConnections others={otherConnections(protection, connection)} />}
    </>
  );
}

/** The Qdrant in use does not say what is on it. */
function Unreachable({ collections, connection, state, onEditConnection }: ConnectedProps) {
  const { error, loading, reload } = collections;
  if (error === null) return null;
  const builtin = state.connections.find(({ name }) => name === connection)?.kind === 'builtin';
  const change = {
    label: error.code === 'QDRANT_FORBIDDEN' ? 'Change key' : 'Change address',
    run: () => onEditConnection(connection),
  };
  return (
    <ErrorCard
      error={error}
      work="reading"
      fixes={[{ label: 'Try again', run: reload, busy: loading }, ...(builtin ? [] : [change])].toSorted((a) =>
        remedyFor(error.code) === 'connection' && a.label.startsWith('Change') ? -1 : 0,
      )}
    />
  );
}
