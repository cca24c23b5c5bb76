import type { JobProgress } from '../../preload/api.ts';

/** What a task may do besides its work. */
export interface TaskContext {
  readonly signal: AbortSignal;
  readonly report: (progress: JobProgress) => void;
}
