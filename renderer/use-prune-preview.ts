import { useEffect, useState } from 'preact/hooks';
import type { ErrorReport, PruneResult, Retention } from '../preload/api.ts';
import { ask } from './client.ts';

export interface PrunePreview {
  readonly result: PruneResult | null;
  readonly error: ErrorReport | null;
  readonly again: () => void;
}

/** Nobody types a number for longer. */
const PAUSE_MS = 250;

/** What `keep` would delete now; nothing is. null: nothing is asked. `revision` changes with the backups there are. */
export function usePrunePreview(keep: Retention | null, revision: number): PrunePreview {
  const [answer, setAnswer] = useState<{ of: string; result: PruneResult | null; error: ErrorReport | null } | null>(
    null,
  );
  const [turn, setTurn] = useState(0);
  const wanted = `${JSON.stringify(keep)} ${revision} ${turn}`;
  useEffect(() => {
    if (keep === null) return;
    let current = true;
    const timer = setTimeout(() => {
      void ask('backups:prune', { keep, dryRun: true }).then((reply) => {
        if (!current) return;
        setAnswer({ of: wanted, result: reply.ok ? reply.value : null, error: reply.ok ? null : reply.error });
      });
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wanted]);
  const known = keep !== null && answer?.of === wanted ? answer : null;
  return { result: known?.result ?? null, error: known?.error ?? null, again: () => setTurn(turn + 1) };
}
