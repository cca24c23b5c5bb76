/** The first backup of each index that the setup protects. */
import { useCallback, useState } from 'preact/hooks';
import type { ErrorReport, JobView } from '../preload/api.ts';
import { ask } from './client.ts';
import type { Jobs } from './live.ts';
import { firstBackupOf, type FirstBackup } from './setup-plan.ts';

export interface FirstBackupRow {
  readonly collection: string;
  readonly job: JobView | undefined;
  readonly state: FirstBackup;
}

export interface FirstBackups {
  readonly rows: readonly FirstBackupRow[];
  /** Why none could be asked for. */
  readonly error: ErrorReport | null;
  /** Backs these up, but those that are being or have been. */
  readonly start: (connection: string, collections: readonly string[]) => void;
  /** Once more, for one that failed or was cancelled. */
  readonly again: (connection: string, collection: string) => void;
  /** Ends those that wait or run. */
  readonly cancel: () => void;
}

interface Asked {
  readonly connection: string;
  /** collection -> its job; empty until the answer comes. */
  readonly ids: ReadonlyMap<string, string>;
}

export function useFirstBackups(jobs: Jobs): FirstBackups {
  const [asked, setAsked] = useState<Asked>({ connection: '', ids: new Map() });
  const [error, setError] = useState<ErrorReport | null>(null);
  const rows = [...asked.ids].map(([collection, id]) => {
    const job = jobs.get(id);
    return { collection, job, state: firstBackupOf(job) };
  });

  const begin = useCallback(async (connection: string, wanted: readonly string[], kept: Asked['ids']) => {
    setError(null);
    setAsked({ connection, ids: new Map([...kept, ...wanted.map((name) => [name, ''] as const)]) });
    const indexes = wanted.map((collection) => ({ connection, collection }));
    const reply = await ask('protection:back-up', { indexes });
    if (!reply.ok) {
      setError(reply.error);
      setAsked({ connection, ids: kept });
      return;
    }
    const started = wanted.map((name, index) => [name, reply.value.jobIds[index] ?? ''] as const);
    setAsked((before) => ({ connection, ids: new Map([...before.ids, ...started]) }));
  }, []);

  const start = (connection: string, collections: readonly string[]): void => {
    const fine = rows.filter(({ collection, state }) => {
      return asked.connection === connection && collections.includes(collection) && !isOver(state);
    });
    const kept = new Map(fine.map(({ collection }) => [collection, asked.ids.get(collection) ?? ''] as const));
    const wanted = collections.filter((name) => !kept.has(name));
    if (wanted.length > 0) void begin(connection, wanted, kept);
    else setAsked({ connection, ids: kept });
  };
  const again = (connection: string, collection: string): void => void begin(connection, [collection], asked.ids);
  const cancel = (): void => {
    for (const { job, state } of rows) {
      if (job !== undefined && (state === 'waiting' || state === 'running')) void ask('jobs:cancel', { jobId: job.id });
    }
  };
  return { rows, error, start, again, cancel };
}

/** It ended without a backup. */
function isOver(state: FirstBackup): boolean {
  return state === 'failed' || state === 'cancelled';
}
