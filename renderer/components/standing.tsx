import { useContext, useState } from 'preact/hooks';
import type { Input, ProtectionView } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { formatQuantity } from '../format.ts';
import { shortened, whatComes } from '../protection-words.ts';
import { Session } from '../session.ts';
import { Button } from './button.tsx';
import { ShapeMark } from './health.tsx';
import { Menu } from './menu.tsx';
import { Message } from './message.tsx';

interface StandingProps {
  readonly view: ProtectionView;
  readonly now: number;
  readonly onSchedule: () => void;
}

/** Are my indexes safe? The answer, and under it what comes next and who sees to it. */
export function Standing({ view, now, onSchedule }: StandingProps) {
  const { tone, sentence, keeper } = view;
  const scheduled = view.indexes.some(({ schedule }) => schedule.kind !== 'off');
  const next = scheduled ? whatComes(view, now) : null;
  const other = keeper === 'other' && scheduled ? 'Another Vectorkeep on this computer runs the schedules.' : null;
  const sub = [next, other].filter((text) => text !== null).join(' ');
  return (
    <>
      <header class={`standing standing-${tone}`}>
        <ShapeMark shape={tone} />
        <div class="standing-text">
          <h1 title={sentence}>{shortened(sentence)}</h1>
          {sub !== '' && <p class="muted">{sub}</p>}
          {!scheduled && <p class="muted">Choose when, and Vectorkeep sees to it from then on.</p>}
        </div>
        <div class="screen-actions">
          {scheduled ? (
            <Acts view={view} />
          ) : (
            <Button look="primary" icon="clock" onClick={onSchedule}>
              Choose a schedule…
            </Button>
          )}
        </div>
      </header>
      {keeper === 'nobody' && scheduled && <Nobody />}
    </>
  );
}

/** What can be done about all of them at once. */
function Acts({ view }: { readonly view: ProtectionView }) {
  const { say } = useContext(Session);
  const [asked, setAsked] = useState(false);
  const pause = (until: Input<'protection:pause'>['until']): void => {
    void ask('protection:pause', { until }).then((reply) => reply.ok || say(reply.error.message));
  };
  const resume = (): void => {
    void ask('protection:resume', undefined).then((reply) =>
      say(reply.ok ? 'Backups run by themselves again' : reply.error.message),
    );
  };
  const backUp = (): void => {
    setAsked(true);
    void ask('protection:back-up', {}).then((reply) => {
      setAsked(false);
      if (!reply.ok) say(reply.error.message);
      else if (reply.value.jobIds.length > 1)
        say(
          `${formatQuantity(reply.value.jobIds.length, 'index', 'indexes')} are being backed up, one after the other`,
        );
    });
  };
  const running = asked || view.indexes.some(({ health }) => health === 'running');
  return (
    <>
      {view.paused === null ? (
        <Menu
          label="Pause backups"
          text="Pause"
          items={[
            { label: 'For an hour', run: () => pause('hour') },
            { label: 'Until tomorrow morning', run: () => pause('tomorrow') },
            { label: 'Until I resume', run: () => pause('resumed') },
          ]}
        />
      ) : (
        <Button look="primary" onClick={resume}>
          Resume
        </Button>
      )}
      <Button look={view.paused === null ? 'primary' : 'plain'} icon="shield" busy={running} onClick={backUp}>
        {running ? 'Backing up…' : 'Back up now'}
      </Button>
    </>
  );
}

function Nobody() {
  return (
    <Message tone="warning" title="Nobody runs the schedules right now">
      <p>
        Vectorkeep could not take over the schedules in its settings folder. Check that the folder can be written to,
        then start Vectorkeep again. Backups by hand still work.
      </p>
    </Message>
  );
}
