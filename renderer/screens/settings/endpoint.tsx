import { useContext, useState } from 'preact/hooks';
import type { AppState, ErrorReport } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice } from '../../components/field.tsx';
import { Facts } from '../../components/facts.tsx';
import { ask } from '../../client.ts';
import { Session } from '../../session.ts';
import { Section } from './section.tsx';

export function Endpoint({ state }: { readonly state: AppState }) {
  const { copy, say } = useContext(Session);
  const [error, setError] = useState<ErrorReport | null>(null);
  const [busy, setBusy] = useState(false);
  const { enabled, url, discoveryFile, folders, problem, portTaken } = state.endpoint;
  const failure = error ?? problem;
  const set = async (wanted: boolean): Promise<void> => {
    setBusy(true);
    const reply = await ask('endpoint:set', { enabled: wanted });
    setBusy(false);
    setError(reply.ok ? null : reply.error);
    if (reply.ok) say(wanted ? 'The endpoint is on' : 'The endpoint is off');
  };
  const renew = async (): Promise<void> => {
    setBusy(true);
    const reply = await ask('endpoint:renew-token', undefined);
    setBusy(false);
    setError(reply.ok ? null : reply.error);
    if (reply.ok) say('The token is new; the old one no longer works');
  };
  return (
    <Section id="agents" title="Coding agents">
      <div class="card">
        <Choice
          kind="checkbox"
          label="Let coding agents on this computer export and import"
          hint="Opens an MCP endpoint that only this computer can reach and that answers nobody without its token."
          checked={enabled}
          disabled={busy}
          onChange={(wanted) => void set(wanted)}
        />
        {failure !== null && (
          <ErrorCard error={failure} work="reading" fixes={[{ label: 'Try again', run: () => void set(true) }]} />
        )}
        {enabled && url !== null && (
          <>
            <Facts
              facts={[
                { name: 'Address', value: <span class="path">{url}</span> },
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
            {portTaken !== null && (
              <p class="muted">
                Another program uses the usual port {portTaken}, so this address is good until Vectorkeep quits. The
                file always has the right one.
              </p>
            )}
            <div class="row">
              <Button onClick={() => copy(url, 'Address copied')}>Copy address</Button>
              <Button onClick={() => copy(discoveryFile, 'Path copied')}>Copy path of the file</Button>
              <Button look="quiet" disabled={busy} onClick={() => void renew()}>
                New token
              </Button>
            </div>
          </>
        )}
        <Facts
          facts={[
            {
              name: folders.length === 1 ? 'Folder' : 'Folders',
              value: (
                <>
                  {folders.map((folder) => (
                    <p key={folder} class="path">
                      {folder}
                    </p>
                  ))}
                  <p class="muted">Agents read and write export files here and nowhere else.</p>
                </>
              ),
            },
          ]}
        />
        <div class="row">
          <Button onClick={() => copy(folders[0] ?? '', 'Path copied')}>Copy path of the folder</Button>
        </div>
      </div>
    </Section>
  );
}
