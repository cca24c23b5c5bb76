/** Agents, their endpoint and their calls in words. Pure. */
import type { AgentCall, EndpointView } from '../preload/api.ts';
import { formatDuration } from './format.ts';

export interface EndpointStanding {
  readonly look: 'ready' | 'busy' | 'bad' | 'off';
  readonly words: string;
}

/** Whether agents are answered now. */
export function endpointStanding(
  endpoint: Pick<EndpointView, 'enabled' | 'url' | 'problem' | 'choices'>,
): EndpointStanding {
  const { enabled, url, problem, choices } = endpoint;
  if (!enabled) return { look: 'off', words: 'Off' };
  if (url !== null) return { look: 'ready', words: choices.readOnly ? 'On, to look only' : 'On' };
  return problem === null ? { look: 'busy', words: 'Starting' } : { look: 'bad', words: 'On, but it could not start' };
}

export interface CallOutcome {
  readonly words: string;
  readonly look: 'good' | 'waiting' | 'bad' | 'stopped';
}

/** Not a mishap: somebody, or a rule that somebody made, said no. */
const REFUSALS: ReadonlySet<string | null> = new Set([
  'APPROVAL_DENIED',
  'APPROVAL_NEEDED',
  'PATH_NOT_ALLOWED',
  'READ_ONLY',
]);

/** What came of a call; its code, if any, stands beside these words. */
export function callOutcome({ outcome, code }: Pick<AgentCall, 'outcome' | 'code'>): CallOutcome {
  switch (outcome) {
    case 'done':
      return { words: 'Done', look: 'good' };
    case 'running':
      return { words: 'Went on as a job', look: 'waiting' };
    case 'awaiting_approval':
      return { words: 'You were asked', look: 'waiting' };
    case 'cancelled':
      return { words: 'Cancelled', look: 'stopped' };
    case 'failed':
      return REFUSALS.has(code) ? { words: 'Refused', look: 'stopped' } : { words: 'Failed', look: 'bad' };
  }
}

/** Milliseconds: "12 ms", "3.2 s", "1 min 5 s". */
export function formatTook(ms: number): string {
  return ms < 999.5 ? `${Math.max(0, Math.round(ms))} ms` : formatDuration(ms);
}

/** Characters that would end the line, turn its direction, or show as nothing. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A name that somebody else chose, as one line of characters that are seen; empty: it has none. */
export function oneLine(name: string): string {
  return name.replace(UNSHOWN, ' ').replace(/\s+/g, ' ').trim();
}
