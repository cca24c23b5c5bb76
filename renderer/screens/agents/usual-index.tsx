import type { AppState, IndexRef } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { SelectField } from '../../components/field.tsx';
import { SettingFailure } from '../../components/setting-failure.tsx';
import { indexKey } from '../../history-list.ts';
import { useKnownIndexes } from '../../use-known-indexes.ts';
import { useSetting } from '../../use-setting.ts';
import { usualIndexChoices } from '../../usual-index.ts';
import { Section } from '../settings/section.tsx';

interface UsualIndexProps {
  readonly state: AppState;
  readonly scheduled: readonly IndexRef[];
}

/** The index that is meant where an agent names none. */
export function UsualIndexSection({ state, scheduled }: UsualIndexProps) {
  const known = useKnownIndexes(state);
  const setting = useSetting({
    send: (index: IndexRef | null) => ask('endpoint:choose', { index }),
    said: ({ wanted: index }) =>
      index === null ? 'Agents name the index themselves' : `Agents mean “${index.collection}”`,
  });
  const { asked } = setting;
  const chosen = asked === null ? state.endpoint.choices.index : asked.wanted;
  const connections = state.connections.map(({ name }) => name);
  const { options, problem } = usualIndexChoices({ connections, known, scheduled, chosen });
  return (
    <Section id="usual-index" title="Usual index">
      <div class="card">
        <SelectField
          label="Meant when an agent names no index"
          hint="Where there is none, and more than one index, such an agent is told which there are."
          value={chosen === null ? '' : indexKey(chosen)}
          problem={problem}
          options={options.map(({ key, label }) => ({ value: key, label }))}
          onChange={(key) => setting.set(options.find((option) => option.key === key)?.index ?? null)}
        />
        <SettingFailure setting={setting} work="reading" />
      </div>
    </Section>
  );
}
