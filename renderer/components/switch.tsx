import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { ErrorReport, Reply } from '../../preload/api.ts';
import type { Work } from '../remedies.ts';
import { Session } from '../session.ts';
import { ErrorCard } from './error-card.tsx';
import { Choice } from './field.tsx';

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
  const { say } = useContext(Session);
  /** What was asked for and is not answered yet. */
  const [asked, setAsked] = useState<boolean | null>(null);
  const [failure, setFailure] = useState<{ readonly error: ErrorReport; readonly wanted: boolean } | null>(null);
  const turn = async (wanted: boolean): Promise<void> => {
    setAsked(wanted);
    const reply = await set(wanted);
    setAsked(null);
    setFailure(reply.ok ? null : { error: reply.error, wanted });
    if (reply.ok) say(said(wanted));
  };
  return (
    <>
      <Choice
        kind="checkbox"
        label={label}
        hint={hint}
        checked={asked ?? on}
        disabled={disabled}
        busy={asked !== null}
        onChange={(wanted) => void turn(wanted)}
      />
      {failure !== null && (
        <ErrorCard
          error={failure.error}
          work={work}
          fixes={[{ label: 'Try again', run: () => void turn(failure.wanted), busy: asked !== null }]}
        />
      )}
    </>
  );
}
