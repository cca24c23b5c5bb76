import { useContext, useState } from 'preact/hooks';
import type { EndpointView } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Facts } from '../../components/facts.tsx';
import { SettingFailure } from '../../components/setting-failure.tsx';
import { Session } from '../../session.ts';
import { useSetting } from '../../use-setting.ts';
import { Section } from '../settings/section.tsx';

/** For clients that are given the address itself, and for the day on which somebody has seen the token. */
export function TokenSection({ endpoint }: { readonly endpoint: EndpointView }) {
  const { copy } = useContext(Session);
  const [asking, setAsking] = useState(false);
  const { url, discoveryFile } = endpoint;
  return (
    <Section
      id="token"
      title="Address and token"
      lead="For a client that takes an address and a header. Those set up as above need neither."
    >
      <div class="card">
        {url === null ? (
          <p class="muted">Turn the endpoint on first. Address and token are good while it runs.</p>
        ) : (
          <>
            <Facts
              facts={[
                { name: 'Address', value: <span class="path">{url}</span> },
                { name: 'Header', value: <span class="path">Authorization: Bearer TOKEN</span> },
                {
                  name: 'Token',
                  value: (
                    <>
                      in the file <span class="path">{discoveryFile}</span>, which only you can read
                    </>
                  ),
                },
              ]}
            />
            <div class="row">
              <Button onClick={() => copy(url, 'Address copied')}>Copy address</Button>
              <Button label="Copy path of the file with the token" onClick={() => copy(discoveryFile, 'Path copied')}>
                Copy path of the file
              </Button>
              <Button onClick={() => setAsking(true)}>New token…</Button>
            </div>
          </>
        )}
      </div>
      {asking && <NewToken onClose={() => setAsking(false)} />}
    </Section>
  );
}

function NewToken({ onClose }: { readonly onClose: () => void }) {
  const setting = useSetting<null, undefined>({
    send: async () => {
      const reply = await ask('endpoint:renew-token', undefined);
      if (reply.ok) onClose();
      return reply;
    },
    said: () => 'The token is new; the old one no longer works',
  });
  return (
    <Dialog
      title="Make a new token?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={setting.asked !== null} onClick={() => setting.set(null)}>
            Make a new token
          </Button>
        </>
      }
    >
      <p>The old token stops working at once. Do this when somebody else may have seen it.</p>
      <p>
        Clients that start Vectorkeep’s own program go on by themselves. A client that was given the token needs the new
        one.
      </p>
      <SettingFailure setting={setting} work="reading" />
    </Dialog>
  );
}
