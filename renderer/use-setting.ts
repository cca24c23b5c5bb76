/** A choice that holds as soon as it is made, on its way to main and back. */
import { useContext, useRef, useState } from 'preact/hooks';
import type { ErrorReport, Reply } from '../preload/api.ts';
import { Session } from './session.ts';

export interface Setting<T> {
  /** What was asked for and is not answered yet. */
  readonly asked: { readonly wanted: T } | null;
  readonly failure: { readonly error: ErrorReport; readonly wanted: T } | null;
  readonly set: (wanted: T) => void;
}

interface SettingWays<T, A> {
  readonly send: (wanted: T) => Promise<Reply<A>>;
  /** The passing note once it holds; null: none. */
  readonly said: (held: { readonly wanted: T; readonly answer: A }) => string | null;
}

/** The latest wish counts: the answer to an earlier one changes nothing any more. */
export function useSetting<T, A>({ send, said }: SettingWays<T, A>): Setting<T> {
  const { say } = useContext(Session);
  const [asked, setAsked] = useState<Setting<T>['asked']>(null);
  const [failure, setFailure] = useState<Setting<T>['failure']>(null);
  const turn = useRef(0);
  const set = async (wanted: T): Promise<void> => {
    const mine = ++turn.current;
    setAsked({ wanted });
    const reply = await send(wanted);
    if (mine !== turn.current) return;
    setAsked(null);
    setFailure(reply.ok ? null : { error: reply.error, wanted });
    const note = reply.ok ? said({ wanted, answer: reply.value }) : null;
    if (note !== null) say(note);
  };
  return { asked, failure, set: (wanted) => void set(wanted) };
}
