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

export function isRunning(job: JobView): boolean {
  return job.status === 'queued' || job.status === 'running';
}
