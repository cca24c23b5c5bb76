import type { EndpointView } from '../../../preload/api.ts';
import { endpointStanding } from '../../agents.ts';
import { Button } from '../../components/button.tsx';
import { Section } from './section.tsx';

/** Whether coding agents are answered, and the way to all that can be set about them. */
export function Agents({ endpoint, onSetUp }: { readonly endpoint: EndpointView; readonly onSetUp: () => void }) {
  const { look, words } = endpointStanding(endpoint);
  return (
    <Section
      id="agents"
      title="Coding agents"
      lead="Claude Code, Cursor and others can back up and restore for you, through an endpoint that only this computer can reach."
    >
      <div class="card agents-card">
        <p class={`status status-${look}`}>{words}</p>
        <Button onClick={onSetUp}>Set up coding agents…</Button>
      </div>
    </Section>
  );
}
