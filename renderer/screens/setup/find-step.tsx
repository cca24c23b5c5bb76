import { useEffect, useState } from 'preact/hooks';
import type { AppState, ConnectionView, ErrorReport, Output } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { ConnectionFields, useConnectionForm } from '../../components/connection-fields.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Working } from '../../components/progress.tsx';
import { SampleProgress } from '../../components/sample-progress.tsx';
import { completeAddress, nameFromAddress } from '../../connection-form.ts';
import { formatQuantity } from '../../format.ts';
import { useRun, type Jobs } from '../../live.ts';
import { runningOf } from '../../results.ts';
import { StepFrame } from './step-frame.tsx';

type Found = Output<'setup:find'>;

interface FindStepProps {
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly onLeave: () => void;
  readonly onChosen: (connection: string) => void;
}

/** Which Qdrant is protected: one that is known, one that answers on this machine, one with an address and a key, or the built-in one. */
export function FindStep({ state, jobs, onLeave, onChosen }: FindStepProps) {
  const [found, setFound] = useState<Found | 'looking'>('looking');
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<{ readonly error: ErrorReport; readonly again: () => void } | null>(null);
  useEffect(() => {
    let current = true;
    void ask('setup:find', undefined).then((reply) => {
      if (current) setFound(reply.ok ? reply.value : null);
    });
    return () => {
      current = false;
    };
  }, []);

  const known = state.connections;
  const fresh =
    found !== null && found !== 'looking' && !known.some(({ url }) => sameAddress(url, found.url)) ? found : null;
  const choose = async (name: string): Promise<void> => {
    const reply = name === state.current ? null : await ask('connections:select', { name });
    if (reply === null || reply.ok) onChosen(name);
    else setFailure({ error: reply.error, again: () => void choose(name) });
  };
  const take = async (url: string): Promise<void> => {
    const name = nameFromAddress(
      url,
      known.map((one) => one.name),
    );
    const reply = await ask('connections:save', { connection: { name, kind: 'url', url }, select: true });
    if (reply.ok) onChosen(reply.value.name);
    else setFailure({ error: reply.error, again: () => void take(url) });
  };
  const first = known.length === 0;
  const alone = first && found === null;
  return (
    <StepFrame
      step={0}
      title={first ? 'Keep your indexes safe' : 'Which Qdrant?'}
      lead={
        first
          ? 'Vectorkeep backs up your Qdrant automatically, checks every backup, and brings an index back exactly as it was. Setting that up takes about a minute.'
          : 'Choose where the indexes are that you want to keep safe.'
      }
      onLeave={onLeave}
    >
      <div class="setup-ways">
        {failure !== null && (
          <ErrorCard error={failure.error} work="reading" fixes={[{ label: 'Try again', run: failure.again }]} />
        )}
        {known.map((connection) => (
          <KnownWay key={connection.name} connection={connection} onUse={() => void choose(connection.name)} />
        ))}
        {found === 'looking' && <Working label="Looking for a Qdrant on this computer" />}
        {fresh !== null && (
          <article class="card setup-way setup-way-found">
            <Icon name="server" />
            <div>
              <h2>
                Found Qdrant {fresh.version} with {formatQuantity(fresh.collections, 'index', 'indexes')}
              </h2>
              <p class="path muted">{hostOf(fresh.url)}</p>
            </div>
            <Button look="primary" onClick={() => void take(fresh.url)}>
              Use it
            </Button>
          </article>
        )}
        {found !== 'looking' && (
          <>
            <AddressWay
              state={state}
              open={alone || asked}
              revealed={asked}
              title={alone ? 'Connect to your Qdrant' : 'Connect to another Qdrant'}
              onOpen={() => setAsked(true)}
              onSaved={onChosen}
            />
            <SampleWay state={state} jobs={jobs} onChosen={onChosen} />
          </>
        )}
      </div>
    </StepFrame>
  );
}

function KnownWay({ connection, onUse }: { readonly connection: ConnectionView; readonly onUse: () => void }) {
  const { name, kind, url } = connection;
  return (
    <article class="card setup-way">
      <Icon name="server" />
      <div>
        <h2>{name}</h2>
        <p class="path muted">{kind === 'builtin' ? 'Built-in Qdrant on this computer' : url}</p>
      </div>
      <Button look="primary" label={`Use ${name}`} onClick={onUse}>
        Use
      </Button>
    </article>
  );
}

interface AddressWayProps {
  readonly state: AppState;
  readonly open: boolean;
  /** The person asked for the fields: they want to type. */
  readonly revealed: boolean;
  readonly title: string;
  readonly onOpen: () => void;
  readonly onSaved: (name: string) => void;
}

function AddressWay({ state, open, revealed, title, onOpen, onSaved }: AddressWayProps) {
  const form = useConnectionForm({ state, connection: null, onSaved });
  return (
    <article class="card setup-way">
      <Icon name="key" />
      <div>
        <h2>{title}</h2>
        <p class="muted">On this computer, in your network, or Qdrant Cloud.</p>
      </div>
      {!open && <Button onClick={onOpen}>Connect…</Button>}
      {open && (
        <div
          class="setup-form"
          onKeyDown={(event) => {
            if (event.key === 'Enter' && event.target instanceof HTMLInputElement) void form.save(false);
          }}
        >
          <ConnectionFields form={form} brief autoFocus={revealed} />
          <div class="row">
            <Button look="primary" busy={form.saving} onClick={() => void form.save(false)}>
              Connect
            </Button>
            <Button busy={form.test.status === 'running'} onClick={() => void form.runTest()}>
              Test connection
            </Button>
          </div>
        </div>
      )}
    </article>
  );
}

function SampleWay(props: {
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly onChosen: (connection: string) => void;
}) {
  const { state, jobs, onChosen } = props;
  const { run, start } = useRun(jobs);
  // One that was begun before, and goes on.
  const going = runningOf([...jobs.values()], 'sample');
  const builtin = state.connections.find(({ kind }) => kind === 'builtin')?.name;
  useEffect(() => {
    if (run.status === 'done' && builtin !== undefined) onChosen(builtin);
  }, [run.status, builtin]);
  // With a built-in Qdrant among the connections, that one is offered.
  if (builtin !== undefined && going === undefined && run.status === 'idle') return null;
  const begin = (): void => start(ask('sample:create', undefined));
  return (
    <article class="card setup-way">
      <Icon name="sample" />
      <div>
        <h2>Try it with sample data</h2>
        <p class="muted">
          {state.builtinAvailable
            ? 'A Qdrant comes with Vectorkeep. It starts on this computer with a small index of source code in it.'
            : 'There is no built-in Qdrant for this system yet. Connect to one of your own to try it.'}
        </p>
      </div>
      {going !== undefined ? (
        <SampleProgress job={going} class="setup-form" />
      ) : run.status === 'failed' ? (
        <div class="setup-form">
          <ErrorCard error={run.error} work="reading" fixes={[{ label: 'Try again', run: begin }]} />
        </div>
      ) : (
        state.builtinAvailable && (
          <Button busy={run.status === 'starting'} onClick={begin}>
            Start with sample data
          </Button>
        )
      )}
    </article>
  );
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '');
}

/** Two names for this machine are one address. */
function sameAddress(a: string, b: string): boolean {
  const plain = (url: string): string => (completeAddress(url) ?? url).replace('//127.0.0.1', '//localhost');
  return plain(a) === plain(b);
}
