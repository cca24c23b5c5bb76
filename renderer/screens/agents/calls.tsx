import type { AgentCall } from '../../../preload/api.ts';
import { callOutcome, formatTook, oneLine, type CallOutcome } from '../../agents.ts';
import { IconButton } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Working } from '../../components/progress.tsx';
import { formatAge, formatTime } from '../../format.ts';
import { useNow } from '../../use-backups.ts';
import { useCalls } from '../../use-calls.ts';
import { Section } from '../settings/section.tsx';

/** What agents have asked for, newest first. `revision`: another one whenever something may have been asked for. */
export function CallsSection({ revision }: { readonly revision: unknown }) {
  const { list, error, reload } = useCalls(revision);
  return (
    <Section
      id="calls"
      title="Last calls"
      lead="The last hundred. What a call was given is not kept, only a fingerprint of it."
      actions={<IconButton icon="refresh" label="Look for new calls" onClick={reload} />}
    >
      {error !== null && <ErrorCard error={error} work="reading" fixes={[{ label: 'Try again', run: reload }]} />}
      {list === null && error === null && <Working label="Reading the calls" />}
      {list?.length === 0 && (
        <div class="empty">
          <Icon name="history" />
          <p>No agent has called yet.</p>
          <p class="muted">Every call of a tool will stand here: when, by which client, and what came of it.</p>
        </div>
      )}
      {list !== null && list.length > 0 && <CallTable calls={list} />}
    </Section>
  );
}

function CallTable({ calls }: { readonly calls: readonly AgentCall[] }) {
  const now = useNow();
  return (
    // It scrolls by itself, and so has to be reachable by keyboard.
    <div class="card call-frame" role="group" aria-label="Last calls of agents" tabIndex={0}>
      <table class="calls">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Client</th>
            <th scope="col">Tool</th>
            <th scope="col">Outcome</th>
            <th scope="col">Took</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call, index) => (
            <CallRow key={`${call.at} ${call.tool} ${calls.length - index}`} call={call} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ICONS: Record<CallOutcome['look'], IconName> = {
  good: 'check',
  waiting: 'clock',
  bad: 'failed',
  stopped: 'skipped',
};

function CallRow({ call, now }: { readonly call: AgentCall; readonly now: number }) {
  const { at, code, durationMs } = call;
  const { words, look } = callOutcome(call);
  const client = oneLine(call.client);
  const tool = oneLine(call.tool);
  return (
    <tr>
      <td class="call-when">
        <time dateTime={at} title={formatTime(at)}>
          {formatAge(at, now)}
        </time>
      </td>
      <td class="call-name">
        {client === '' ? (
          <span class="muted">not said</span>
        ) : (
          <bdi class="one-line" title={client}>
            {client}
          </bdi>
        )}
      </td>
      <td class="call-name">
        <bdi class="one-line path" title={tool}>
          {tool}
        </bdi>
      </td>
      <td class={`call-outcome call-${look}`}>
        <Icon name={ICONS[look]} />
        <span>
          {words}
          {code !== null && <span class="path call-code">{oneLine(code)}</span>}
        </span>
      </td>
      <td class="call-took">{formatTook(durationMs)}</td>
    </tr>
  );
}
