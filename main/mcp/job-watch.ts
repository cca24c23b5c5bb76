/** Waiting for a job of the service, within the patience of a client. */
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { JobProgress, JobView } from '../service/types.ts';

const ENDED: readonly JobView['status'][] = ['done', 'failed', 'cancelled'];

export const hasEnded = (job: JobView): boolean => ENDED.includes(job.status);

export interface Patience {
  readonly ms: number;
  /** The client went away: no reason to wait, and none to stop the job. */
  readonly signal: AbortSignal;
  readonly onChange?: ((job: JobView) => void) | undefined;
}

/** The job once it has ended, or as it stands when patience does. Throws JOB_NOT_FOUND. */
export function watchJob(service: Service, id: string, patience: Patience): Promise<JobView> {
  const latest = (): JobView => {
    const job = service.job(id);
    if (!job) throw new Fault('JOB_NOT_FOUND', { job: id });
    return job;
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(stop, patience.ms);
    const unsubscribe = service.onJob((job) => {
      if (job.id !== id) return;
      patience.onChange?.(job);
      if (hasEnded(job)) stop();
    });
    function stop(): void {
      clearTimeout(timer);
      unsubscribe();
      patience.signal.removeEventListener('abort', stop);
      try {
        resolve(latest());
      } catch (error) {
        reject(Fault.from(error));
      }
    }
    patience.signal.addEventListener('abort', stop);
    const job = service.job(id);
    // Asked after the subscription, so that an end in between is not missed.
    if (patience.ms === 0 || patience.signal.aborted || !job || hasEnded(job)) stop();
  });
}

/**
 * Steps of progress as the protocol wants them: always growing, although the points of a job start
 * again with each phase. Returns null when there is nothing new to tell.
 */
export function createProgressSteps(): (
  progress: JobProgress,
) => { progress: number; total?: number; message: string } | null {
  let phase: JobProgress['phase'] | null = null;
  let before = 0;
  let told = -1;
  return ({ phase: now, points, totalPoints }) => {
    if (phase !== null && phase !== now) before = told + 1;
    const isNews = phase !== now || before + points > told;
    phase = now;
    if (!isNews) return null;
    told = Math.max(before + points, told + 1);
    const of = totalPoints === null ? '' : ` of ${totalPoints}`;
    const total = totalPoints === null ? {} : { total: Math.max(before + totalPoints, told) };
    return { progress: told, ...total, message: `${now}: ${points}${of} points` };
  };
}
