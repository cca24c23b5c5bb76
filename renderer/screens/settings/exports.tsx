import { ask } from '../../client.ts';
import { Switch } from '../../components/switch.tsx';
import { Section } from './section.tsx';

/** How export files are written, unless the dialog is told otherwise. */
export function Exports({ compress }: { readonly compress: boolean }) {
  return (
    <Section id="exports" title="Exports">
      <div class="card">
        <Switch
          label="Compress export files"
          hint="What the dialog offers; each export can be told otherwise. Backups are always compressed."
          on={compress}
          work="reading"
          set={(wanted) => ask('exports:set-compress', { compress: wanted })}
          said={(wanted) => (wanted ? 'Exports are compressed' : 'Exports are plain JSON')}
        />
      </div>
    </Section>
  );
}
