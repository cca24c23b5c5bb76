/** Tells the results of jobs apart. */
import type { ArchiveSummary, ExportResult, ImportResult, JobView } from '../preload/api.ts';

export function exportResultOf(job: JobView): ExportResult | null {
  return job.result !== null && 'compressionRatio' in job.result ? job.result : null;
}

export function importResultOf(job: JobView): ImportResult | null {
  return job.result !== null && 'createdCollection' in job.result ? job.result : null;
}

export function summaryOf(job: JobView): ArchiveSummary | null {
  return job.result !== null && 'valid' in job.result ? job.result : null;
}

const DOING: Record<JobView['kind'], string> = {
  export: 'Exporting',
  import: 'Importing',
  validate: 'Checking',
  sample: 'Making the',
};
const DONE: Record<JobView['kind'], string> = {
  export: 'Export of',
  import: 'Import of',
  validate: 'Check of',
  sample: 'The',
};

/** Exporting “code” while it goes on, Export of “code” afterwards. */
export function titleOf(job: JobView): string {
  const what = job.kind === 'sample' ? job.title : `“${job.title}”`;
  return `${(isRunning(job) ? DOING : DONE)[job.kind]} ${what}`;
}

export function isRunning(job: JobView): boolean {
  return job.status === 'queued' || job.status === 'running';
}
