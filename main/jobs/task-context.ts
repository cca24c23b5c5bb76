import type { JobProgress } from '../../preload/api.ts';
import type { CheckGroup } from '../vault/segment-check.ts';

/** What a task may do besides its work. */
export interface TaskContext {
  readonly signal: AbortSignal;
  readonly report: (progress: JobProgress) => void;
  /** Checks row groups beside the task; undefined: it is alone. */
  readonly helper?: CheckGroup | undefined;
}
