import { useContext, useState } from 'preact/hooks';
import type { AppState, ConnectionView, ErrorReport } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { Choice } from '../components/field.tsx';
import { Facts } from '../components/facts.tsx';
import { Icon } from '../components/icon.tsx';
import { ask } from '../client.ts';
import { Session } from '../session.ts';

interface SettingsProps {
  readonly state: AppState;
  readonly onAdd: () => void;
  readonly onEdit: (name: string) => void;
  readonly onRemove: (name: string) => void;
}

export function Settings({ state, onAdd, onEdit, onRemove }: SettingsProps) {
  return (
    <main class="screen" id="main">
      <header class="screen-head">
        <h1>Settings</h1>
      </header>
      <section class="settings-section" aria-labelledby="connections-title">
        <div class="section-head">
          <h2 id="connections-title">Connections</h2>
          <Button icon="plus" onClick={onAdd}>
            Add connection…
          </Button>
        </div>
        {state.connections.length === 0 && <p class="muted">No Qdrant is connected yet.</p>}
        <ul class="connection-list">
          {state.connections.map((connection) => (
            <ConnectionRow
              key={connection.name}
              connection={connection}
              current={connection.name === state.current}
              session={state.keyStorage === 'session'}
              onEdit={() => onEdit(connection.name)}
              onRemove={() => onRemove(connection.name)}
            />
          ))}
        </ul>
      </section>
      <Endpoint state={state} />
      <p class="muted about">Vectorkeep {state.version}</p>
    </main>
  );
}

interface ConnectionRowProps {
  readonly connection: ConnectionView;
  readonly current: boolean;
  /** Keys live until the app quits. */
  readonly session: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ConnectionRow({ connection, current, session, onEdit, onRemove }: ConnectionRowProps) {
  const { say } = useContext(Session);
  const { name, kind, url, hasKey, model } = connection;
  const use = async (): Promise<void> => {
    const reply = await ask('connections:select', { name });
    say(reply.ok ? `“${name}” is in use` : reply.error.message);
  };
  return (
    <li class="card connection">
      <div class="connection-text">
        <h3>
          {name}
          {current && <span class="badge">in use</span>}
        </h3>
        <p class="path muted">{kind === 'builtin' ? 'Built-in Qdrant on this computer' : url}</p>
        <p class="muted connection-notes">
          {hasKey && (
            <span>
              <Icon name="key" /> {session ? 'API key kept until Vectorkeep quits' : 'API key kept'}
            </span>
          )}
          {model !== null && <span>Model {model}</span>}
        </p>
      </div>
      <div class="connection-actions">
        {!current && (
          <Button look="quiet" label={`Use ${name}`} onClick={() => void use()}>
            Use
          </Button>
        )}
        <Button look="quiet" label={`Remove ${name}`} onClick={onRemove}>
          Remove…
        </Button>
        <Button label={`Edit ${name}`} onClick={onEdit}>
          Edit…
        </Button>
      </div>
    </li>
  );
}

function Endpoint({ state }: { readonly state: AppState }) {
  const { copy, say } = useContext(Session);
  const [error, setError] = useState<ErrorReport | null>(null);
  const [busy, setBusy] = useState(false);
  const { enabled, url, discoveryFile, folders, problem, portTaken } = state.endpoint;
  const failure = error ?? problem;
  const set = async (wanted: boolean): Promise<void> => {
    setBusy(true);
    const reply = await ask('endpoint:set', { enabled: wanted });
    setBusy(false);
    setError(reply.ok ? null : reply.error);
    if (reply.ok) say(wanted ? 'The endpoint is on' : 'The endpoint is off');
  };
  const renew = async (): Promise<void> => {
    setBusy(true);
    const reply = await ask('endpoint:renew-token', undefined);
    setBusy(false);
    setError(reply.ok ? null : reply.error);
    if (reply.ok) say('The token is new; the old one no longer works');
  };
  return (
    <section class="settings-section" aria-labelledby="endpoint-title">
      <h2 id="endpoint-title">Coding agents</h2>
      <div class="card">
        <Choice
          kind="checkbox"
          label="Let coding agents on this computer export and import"
          hint="Opens an MCP endpoint that only this computer can reach and that answers nobody without its token."
          checked={enabled}
          disabled={busy}
          onChange={(wanted) => void set(wanted)}
        />
        {failure !== null && (
          <ErrorCard error={failure} work="reading" fixes={[{ label: 'Try again', run: () => void set(true) }]} />
        )}
        {enabled && url !== null && (
          <>
            <Facts
              facts={[
                { name: 'Address', value: <span class="path">{url}</span> },
                {
                  name: 'Token',
                  value: (
                    <>
                      in the file <span class="path">{discoveryFile}</span>, which only you can read
                    </>
                  ),
                },
              ]}
            />
            {portTaken !== null && (
              <p class="muted">
                Another program uses the usual port {portTaken}, so this address is good until Vectorkeep quits. The
                file always has the right one.
              </p>
            )}
            <div class="row">
              <Button onClick={() => copy(url, 'Address copied')}>Copy address</Button>
              <Button onClick={() => copy(discoveryFile, 'Path copied')}>Copy path of the file</Button>
              <Button look="quiet" disabled={busy} onClick={() => void renew()}>
                New token
              </Button>
            </div>
          </>
        )}
        <Facts
          facts={[
            {
              name: folders.length === 1 ? 'Folder' : 'Folders',
              value: (
                <>
                  {folders.map((folder) => (
                    <p key={folder} class="path">
                      {folder}
                    </p>
                  ))}
                  <p class="muted">Agents read and write export files here and nowhere else.</p>
                </>
              ),
            },
          ]}
        />
        <div class="row">
          <Button onClick={() => copy(folders[0] ?? '', 'Path copied')}>Copy path of the folder</Button>
        </div>
      </div>
    </section>
  );
}
