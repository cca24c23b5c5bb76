import type { ComponentChildren } from 'preact';
import type { Reply } from '../../preload/api.ts';
import type { Work } from '../remedies.ts';
import { useSetting } from '../use-setting.ts';
import { Choice } from './field.tsx';
import { SettingFailure } from './setting-failure.tsx';

interface SwitchProps {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  /** What holds, as main tells it. */
  readonly on: boolean;
  readonly disabled?: boolean;
  /** What an error must reassure about. */
  readonly work: Work;
  readonly set: (wanted: boolean) => Promise<Reply<unknown>>;
  /** The passing note once it holds. */
  readonly said: (wanted: boolean) => string;
}

/** A tick that holds as soon as it is set; where it could not be, why stands under it, with a button that tries again. */
export function Switch({ label, hint, on, disabled = false, work, set, said }: SwitchProps) {
  const setting = useSetting({ send: set, said: ({ wanted }) => said(wanted) });
  const { asked } = setting;
  return (
    <>
      <Choice
        kind="checkbox"
        label={label}
        hint={hint}
        checked={asked?.wanted ?? on}
        disabled={disabled}
        busy={asked !== null}
        onChange={setting.set}
      />
      <SettingFailure setting={setting} work={work} />
    </>
  );
}
