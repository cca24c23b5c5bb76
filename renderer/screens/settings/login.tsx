import { useContext, useState } from 'preact/hooks';
import type { ErrorReport } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice } from '../../components/field.tsx';
import { Session } from '../../session.ts';
import { Section } from './section.tsx';

/** Whether Vectorkeep begins with the session. */
export function Login({ startsAtLogin }: { readonly startsAtLogin: boolean | null }) {
  const { say } = useContext(Session);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const set = async (enabled: boolean): Promise<void> => {
    const reply = await ask('login:set', { enabled });
    setFailure(reply.ok ? null : reply.error);
    if (reply.ok) say(enabled ? 'Vectorkeep starts when you log in' : 'Vectorkeep no longer starts by itself');
  };
  return (
    <Section id="login" title="Start">
      <div class="card">
        <Choice
          kind="checkbox"
          label="Start Vectorkeep when I log in"
          hint={
            startsAtLogin === null
              ? 'This cannot be had here. Without it, backups run while Vectorkeep runs.'
              : 'In the tray, without a window. Backups run only while Vectorkeep runs.'
          }
          checked={startsAtLogin === true}
          disabled={startsAtLogin === null}
          onChange={(enabled) => void set(enabled)}
        />
        {failure !== null && (
          <ErrorCard
            error={failure}
            work="reading"
            fixes={[{ label: 'Try again', run: () => void set(startsAtLogin !== true) }]}
          />
        )}
      </div>
    </Section>
  );
}
