import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { IndexRef } from '../preload/api.ts';
import { ask } from './client.ts';
import { quoteName } from './format.ts';
import type { Jobs } from './live.ts';
import { drillResultOf, isRunning } from './results.ts';

/** Starts a test of the last backup of an index. How it goes is shown under Activity; when all came back, that is said. */
export function useTest(jobs: Jobs, say: (text: string) => void): (index: IndexRef) => void {
  const mine = useRef(new Set<string>());
  useEffect(() => {
    for (const id of mine.current) {
      const job = jobs.get(id);
      if (job === undefined || isRunning(job)) continue;
      mine.current.delete(id);
      if (drillResultOf(job)?.matches === true) say(`The last backup of ${quoteName(job.title)} came back as it was`);
    }
  }, [jobs, say]);

  return useCallback(
    (index) => {
      void ask('drill:start', index).then((reply) => {
        if (reply.ok) mine.current.add(reply.value.jobId);
        else say(reply.error.message);
      });
    },
    [say],
  );
}
