import { useId } from 'preact/hooks';
import type { AgentChoices, ApprovalPolicy } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { ChoiceGroup, Choices } from '../../components/field.tsx';
import { SettingFailure } from '../../components/setting-failure.tsx';
import { Switch } from '../../components/switch.tsx';
import { useSetting } from '../../use-setting.ts';
import { Section } from '../settings/section.tsx';

const IN_THE_APP: readonly { readonly id: ApprovalPolicy; readonly label: string; readonly hint: string }[] = [
  {
    id: 'ask',
    label: 'Ask me each time',
    hint: 'A dialog of Vectorkeep says what would be lost. The work waits for your answer, ten minutes at most.',
  },
  {
    id: 'allow',
    label: 'Allow, after a safety copy',
    hint: 'The index is backed up first, so that what is lost can be brought back.',
  },
  { id: 'refuse', label: 'Refuse', hint: 'Agents are told that it is not allowed, and nobody is asked.' },
];

const HEADLESS: readonly { readonly id: AgentChoices['headless']; readonly label: string; readonly hint: string }[] = [
  { id: 'refuse', label: 'Refuse', hint: 'There is nobody to ask, so what could lose points is not done.' },
  {
    id: 'allow',
    label: 'Allow, after a safety copy',
    hint: 'Nobody is asked. The index is backed up before each of these.',
  },
];

const choose = (change: Partial<AgentChoices>) => ask('endpoint:choose', change);

/** What agents may do by themselves, and what somebody has to allow. */
export function LeaveSection({ choices }: { readonly choices: AgentChoices }) {
  const ids = useId();
  const approval = useSetting({
    send: (wanted: AgentChoices['approval']) => choose({ approval: wanted }),
    said: ({ wanted }) =>
      ({
        ask: 'You are asked each time',
        allow: 'Allowed from now on, after a safety copy',
        refuse: 'Refused from now on',
      })[wanted],
  });
  const headless = useSetting({
    send: (wanted: AgentChoices['headless']) => choose({ headless: wanted }),
    said: ({ wanted }) =>
      wanted === 'allow' ? 'Without the window: allowed, after a safety copy' : 'Without the window: refused',
  });
  return (
    <Section
      id="leave"
      title="What they may do"
      lead="Looking, backing up and writing into a new index lose nothing, and are never asked about. No agent can delete a backup."
    >
      <div class="card">
        <Switch
          label="Agents can look but not write"
          hint="Every tool that writes is hidden from them, and refused."
          on={choices.readOnly}
          work="reading"
          set={(readOnly) => choose({ readOnly })}
          said={(readOnly) => (readOnly ? 'Agents can only look' : 'Agents can write')}
        />
        <ChoiceGroup legend="Work that could replace or remove points">
          <Choices
            group={`${ids}-app`}
            options={IN_THE_APP}
            chosen={approval.asked?.wanted ?? choices.approval}
            onChoose={approval.set}
          />
        </ChoiceGroup>
        <SettingFailure setting={approval} work="reading" />
        <ChoiceGroup legend="The same without the window, under vectorkeep serve">
          <Choices
            group={`${ids}-serve`}
            options={HEADLESS}
            chosen={headless.asked?.wanted ?? choices.headless}
            onChoose={headless.set}
          />
        </ChoiceGroup>
        <SettingFailure setting={headless} work="reading" />
      </div>
    </Section>
  );
}
