import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorReport, HistoryEntry } from '../preload/api.ts';
import { ask } from './client.ts';
import { firstQuestion, joined, nextQuestion, type HistoryFilter } from './history-list.ts';

export interface History {
  /** Newest first; null until the first answer. */
  readonly entries: readonly HistoryEntry[] | null;
  readonly more: boolean;
  readonly error: ErrorReport | null;
  readonly loading: boolean;
  readonly showOlder: () => void;
  readonly reload: () => void;
}

interface Answer {
  readonly entries: readonly HistoryEntry[];
  readonly more: boolean;
}

/** The history that `filter` lets through, asked for again whenever `revision` is another one. */
export function useHistory(filter: HistoryFilter, revision: unknown): History {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [error, setError] = useState<ErrorReport | null>(null);
  const [loading, setLoading] = useState(false);
  const turn = useRef(0);
  const known = useRef<Answer | null>(null);
  known.current = answer;

  const load = useCallback(
    (older: boolean) => {
      const mine = ++turn.current;
      const before = known.current;
      const goesOn = older && before !== null;
      setLoading(true);
      const question = goesOn
        ? nextQuestion(filter, before.entries)
        : firstQuestion(filter, before?.entries.length ?? 0);
      void ask('history:list', question).then((reply) => {
        // Another question has overtaken this one.
        if (mine !== turn.current) return;
        setLoading(false);
        setError(reply.ok ? null : reply.error);
        if (!reply.ok) return;
        const { entries, more } = reply.value;
        setAnswer({ entries: goesOn ? joined(before.entries, entries) : entries, more });
      });
    },
    [filter],
  );
  useEffect(() => {
    // With another filter nothing that is on the screen needs to stay there.
    known.current = null;
  }, [filter]);
  useEffect(() => load(false), [load, revision]);
  return {
    entries: answer?.entries ?? null,
    more: answer?.more ?? false,
    ...{ error, loading },
    showOlder: useCallback(() => load(true), [load]),
    reload: useCallback(() => load(false), [load]),
  };
}
