import { useEffect } from 'preact/hooks';

/** Says that a job is shown here, so that it need not be shown elsewhere. */
export function useShown(jobId: string | null, onJob: (jobId: string) => void): void {
  useEffect(() => {
    if (jobId !== null) onJob(jobId);
  }, [jobId, onJob]);
}
