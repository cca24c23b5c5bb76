import { useContext, useState } from 'preact/hooks';
import type { ErrorReport, Input, ProtectionView } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Message } from '../../components/message.tsx';
import { formatSoon } from '../../protection-words.ts';
import { Session } from '../../session.ts';
import { useNow } from '../../use-backups.ts';
import { Section } from './section.tsx';

type Until = Input<'protection:pause'>['until'];

const CHOICES: readonly { readonly until: Until; readonly label: string }[] = [
  { until: 'hour', label: 'For an hour' },
  { until: 'tomorrow', label: 'Until tomorrow' },
  { until: 'resumed', label: 'Until I resume' },
];

/** "14:05", "tomorrow at 08:00" */
function untilWords(until: string, now: number): string {
  return formatSoon(until, now).replace(/^today at /, '');
}

/** Holds off all that runs by itself. */
export function Pause({ paused }: { readonly paused: ProtectionView['paused'] }) {
  const { say } = useContext(Session);
  const now = useNow();
  const [failure, setFailure] = useState<{ readonly error: ErrorReport; readonly until: Until | null } | null>(null);
  /** null: resume. */
  const set = async (until: Until | null): Promise<void> => {
    const reply = await (until === null ? ask('protection:resume', undefined) : ask('protection:pause', { until }));
    setFailure(reply.ok ? null : { error: reply.error, until });
    if (reply.ok) say(until === null ? 'Backups run again' : 'Backups are paused');
  };
  return (
    <Section
      id="pause"
      title="Pause"
      lead="Nothing runs by itself meanwhile. What was missed is caught up once afterwards."
    >
      <div class="card">
        {paused !== null && (
          <Message
            tone="warning"
            icon="clock"
            title={`Paused until ${paused.until === null ? 'you resume' : untilWords(paused.until, now)}`}
            actions={
              <Button look="primary" onClick={() => void set(null)}>
                Resume now
              </Button>
            }
          />
        )}
        <div class="row pause-row" role="group" aria-label="Pause backups">
          <span class="muted">{paused === null ? 'Pause backups' : 'Or pause'}</span>
          {CHOICES.map(({ until, label }) => (
            <Button key={until} onClick={() => void set(until)}>
              {label}
            </Button>
          ))}
        </div>
        {failure !== null && (
          <ErrorCard
            error={failure.error}
            work="backups"
            fixes={[{ label: 'Try again', run: () => void set(failure.until) }]}
          />
        )}
      </div>
    </Section>
  );
}
