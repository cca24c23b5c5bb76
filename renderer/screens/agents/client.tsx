import { useContext, useId, useState } from 'preact/hooks';
import type { ClientSetup } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Icon } from '../../components/icon.tsx';
import { Session } from '../../session.ts';
import { Section } from '../settings/section.tsx';

/** How a client is told of Vectorkeep, ready to be copied. */
export function ClientSection({ clients }: { readonly clients: readonly ClientSetup[] }) {
  const [chosen, setChosen] = useState('');
  const client = clients.find(({ id }) => id === chosen) ?? clients[0];
  return (
    <Section
      id="client"
      title="Set up a client"
      lead="The client starts a small program of Vectorkeep, which finds the endpoint by itself: no token is in what is copied here."
    >
      <div class="card">
        {client === undefined ? (
          <p class="muted">There is nothing to copy here. Give the client the address and the token below.</p>
        ) : (
          <>
            <Segments
              legend="Client"
              options={clients.map(({ id, name }) => ({ id, label: name }))}
              chosen={client.id}
              onChoose={setChosen}
            />
            <Configuration client={client} />
          </>
        )}
      </div>
    </Section>
  );
}

function Configuration({ client }: { readonly client: ClientSetup }) {
  const { copy } = useContext(Session);
  const { name, where, language, text } = client;
  const noun = language === 'shell' ? 'command' : 'configuration';
  return (
    <div class="configuration">
      <Facts facts={[{ name: 'Where', value: where }]} />
      {/* It scrolls by itself where a line is long, and so has to be reachable by keyboard. */}
      <pre class={`code code-${language}`} tabIndex={0} role="group" aria-label={`The ${noun} for ${name}`}>
        <code>{text}</code>
      </pre>
      {language !== 'shell' && <p class="muted small">It goes beside what the file holds already.</p>}
      <div class="row">
        <Button
          look="primary"
          icon="copy"
          label={`Copy the ${noun} for ${name}`}
          onClick={() => copy(text, `The ${noun} for ${name} is copied`)}
        >
          Copy
        </Button>
      </div>
    </div>
  );
}

interface SegmentsProps {
  readonly legend: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

/** One of a few short names, all of which are seen. */
function Segments({ legend, options, chosen, onChoose }: SegmentsProps) {
  const group = useId();
  return (
    <fieldset class="segments">
      <legend>{legend}</legend>
      <div class="segment-row">
        {options.map(({ id, label }) => (
          <label key={id} class="segment">
            <input type="radio" name={group} checked={id === chosen} onChange={() => onChoose(id)} />
            <span>
              {id === chosen && <Icon name="check" />}
              {label}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
