import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { AgentCall, ErrorReport } from '../preload/api.ts';
import { ask } from './client.ts';

export interface Calls {
  /** Newest first; null until the first answer. */
  readonly list: readonly AgentCall[] | null;
  readonly error: ErrorReport | null;
  readonly reload: () => void;
}

/** Main does not tell of each call: a busy agent makes many a second. */
const EVERY_MS = 4000;

/** The last calls of agents, asked for again while they are on the screen, and whenever `revision` is another one. */
export function useCalls(revision: unknown): Calls {
  const [answer, setAnswer] = useState<Pick<Calls, 'list' | 'error'>>({ list: null, error: null });
  const latest = useRef(0);
  const reload = useCallback(() => {
    const turn = ++latest.current;
    void ask('endpoint:calls', undefined).then((reply) => {
      if (turn !== latest.current) return;
      setAnswer((before) => ({
        list: reply.ok ? reply.value : before.list,
        error: reply.ok ? null : reply.error,
      }));
    });
  }, []);
  useEffect(reload, [reload, revision]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [reload]);
  return { ...answer, reload };
}
