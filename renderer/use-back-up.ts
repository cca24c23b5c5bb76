import { useCallback, useEffect, useRef } from 'preact/hooks';
import { ask } from './client.ts';
import { formatQuantity, quoteName } from './format.ts';
import type { Jobs } from './live.ts';
import { backupResultOf } from './results.ts';

/** What is not as usual. */
export interface BackUpOptions {
  readonly pin?: boolean;
  /** Files to carry along, from now on; undefined: those of the last time. */
  readonly companions?: readonly string[];
}

export type BackUp = (collection: string, options?: BackUpOptions) => void;

/** Starts a backup of an index of `connection`. How it goes is shown under Activity; when it is done, that is said. */
export function useBackUp(connection: string | null, jobs: Jobs, say: (text: string) => void): BackUp {
  const mine = useRef(new Set<string>());
  useEffect(() => {
    for (const id of mine.current) {
      const job = jobs.get(id);
      if (job === undefined || job.status === 'queued' || job.status === 'running') continue;
      mine.current.delete(id);
      const result = backupResultOf(job);
      if (result !== null) {
        say(
          `${quoteName(result.collection)} is backed up and verified: ${formatQuantity(result.totalVectors, 'point')}`,
        );
      }
    }
  }, [jobs, say]);

  return useCallback(
    (collection, { pin = false, companions } = {}) => {
      if (connection === null) return;
      const carried = companions === undefined ? {} : { companions: [...companions] };
      void ask('backup:start', { connection, collection, pin, ...carried }).then((reply) => {
        if (reply.ok) mine.current.add(reply.value.jobId);
        else say(reply.error.message);
      });
    },
    [connection, say],
  );
}
