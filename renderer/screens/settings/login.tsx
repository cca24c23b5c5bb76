import { ask } from '../../client.ts';
import { Switch } from '../../components/switch.tsx';
import { Section } from './section.tsx';

/** Whether Vectorkeep begins with the session. */
export function Login({ startsAtLogin }: { readonly startsAtLogin: boolean | null }) {
  return (
    <Section id="login" title="Start">
      <div class="card">
        <Switch
          label="Start Vectorkeep when I log in"
          hint={
            startsAtLogin === null
              ? 'This cannot be had here. Without it, backups run while Vectorkeep runs.'
              : 'In the tray, without a window. Backups run only while Vectorkeep runs.'
          }
          on={startsAtLogin === true}
          disabled={startsAtLogin === null}
          work="reading"
          set={(enabled) => ask('login:set', { enabled })}
          said={(enabled) => (enabled ? 'Vectorkeep starts when you log in' : 'Vectorkeep no longer starts by itself')}
        />
      </div>
    </Section>
  );
}
