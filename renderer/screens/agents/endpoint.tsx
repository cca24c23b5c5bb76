import type { EndpointView } from '../../../preload/api.ts';
import { endpointStanding } from '../../agents.ts';
import { ask } from '../../client.ts';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice } from '../../components/field.tsx';
import { Message } from '../../components/message.tsx';
import { useSetting } from '../../use-setting.ts';
import { Section } from '../settings/section.tsx';

/** On and off, and whether it answers. */
export function EndpointSection({ endpoint }: { readonly endpoint: EndpointView }) {
  const { enabled, url, problem, portTaken } = endpoint;
  const setting = useSetting({
    send: (wanted: boolean) => ask('endpoint:set', { enabled: wanted }),
    said: ({ wanted }) => (wanted ? 'The endpoint is on' : 'The endpoint is off'),
  });
  const { asked, failure, set } = setting;
  const error = failure?.error ?? problem;
  const { look, words } = endpointStanding(endpoint);
  return (
    <Section id="endpoint" title="Endpoint">
      <div class="card">
        <Choice
          kind="checkbox"
          label="Let coding agents on this computer use Vectorkeep"
          hint="Opens an MCP endpoint that only this computer can reach and that answers nobody without its token."
          checked={asked?.wanted ?? enabled}
          busy={asked !== null}
          onChange={set}
        />
        <div class="endpoint-standing" role="status">
          <p class={`status status-${look}`}>{words}</p>
          {url !== null && <p class="path">{url}</p>}
        </div>
        {error !== null && (
          <ErrorCard
            error={error}
            work="reading"
            fixes={[{ label: 'Try again', run: () => set(failure?.wanted ?? true), busy: asked !== null }]}
          />
        )}
        {portTaken !== null && (
          <Message tone="warning" title={`Another program uses the usual port, ${portTaken}`}>
            <p>
              The endpoint answers on another one until Vectorkeep quits. Clients set up as below find it by themselves;
              one that was given the address needs this one.
            </p>
          </Message>
        )}
      </div>
    </Section>
  );
}
