import { useContext, useState } from 'preact/hooks';
import type { ErrorReport } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice } from '../../components/field.tsx';
import { Session } from '../../session.ts';
import { Section } from './section.tsx';

/** How export files are written, unless the dialog is told otherwise. */
export function Exports({ compress }: { readonly compress: boolean }) {
  const { say } = useContext(Session);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const set = async (wanted: boolean): Promise<void> => {
    const reply = await ask('exports:set-compress', { compress: wanted });
    setFailure(reply.ok ? null : reply.error);
    if (reply.ok) say(wanted ? 'Exports are compressed' : 'Exports are plain JSON');
  };
  return (
    <Section id="exports" title="Exports">
      <div class="card">
        <Choice
          kind="checkbox"
          label="Compress export files"
          hint="What the dialog offers; each export can be told otherwise. Backups are always compressed."
          checked={compress}
          onChange={(wanted) => void set(wanted)}
        />
        {failure !== null && (
          <ErrorCard error={failure} work="reading" fixes={[{ label: 'Try again', run: () => void set(!compress) }]} />
        )}
      </div>
    </Section>
  );
}
