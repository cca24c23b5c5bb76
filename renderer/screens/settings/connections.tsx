import { useContext } from 'preact/hooks';
import type { AppState, ConnectionView } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { ask } from '../../client.ts';
import { Session } from '../../session.ts';
import { Section } from './section.tsx';

export interface ConnectionWays {
  readonly onAdd: () => void;
  readonly onEdit: (name: string) => void;
  readonly onRemove: (name: string) => void;
}

export function Connections({ state, onAdd, onEdit, onRemove }: ConnectionWays & { readonly state: AppState }) {
  return (
    <Section
      id="connections"
      title="Connections"
      actions={
        <Button icon="plus" onClick={onAdd}>
          Add connection…
        </Button>
      }
    >
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
    </Section>
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
