/** Tells the results of jobs apart. */
import type {
  ArchiveSummary,
  BackupResult,
  DiffResult,
  DrillResult,
  ExportResult,
  ImportResult,
  JobView,
  MoveResult,
  RestoreResult,
  VerifyResult,
} from '../preload/api.ts';
import { quoteName } from './format.ts';

export function exportResultOf(job: JobView): ExportResult | null {
  return job.result !== null && 'compressionRatio' in job.result ? job.result : null;
}

export function importResultOf(job: JobView): ImportResult | null {
  return job.result !== null && 'createdCollection' in job.result && 'path' in job.result ? job.result : null;
}

export function summaryOf(job: JobView): ArchiveSummary | null {
  return job.result !== null && 'valid' in job.result ? job.result : null;
}

export function backupResultOf(job: JobView): BackupResult | null {
  return job.result !== null && 'bytesAdded' in job.result ? job.result : null;
}

export function restoreResultOf(job: JobView): RestoreResult | null {
  return job.result !== null && 'differences' in job.result && 'safetyBackup' in job.result ? job.result : null;
}

export function verifyResultOf(job: JobView): VerifyResult | null {
  return job.result !== null && 'leftovers' in job.result ? job.result : null;
}

export function diffResultOf(job: JobView): DiffResult | null {
  return job.result !== null && 'elsewhere' in job.result ? job.result : null;
}

export function drillResultOf(job: JobView): DrillResult | null {
  return job.result !== null && 'matches' in job.result && 'where' in job.result ? job.result : null;
}

export function moveResultOf(job: JobView): MoveResult | null {
  return job.result !== null && 'from' in job.result && 'files' in job.result ? job.result : null;
}

const DOING: Record<JobView['kind'], string> = {
  export: 'Exporting',
  import: 'Importing',
  validate: 'Checking',
  sample: 'Making the',
  backup: 'Backing up',
  restore: 'Restoring',
  verify: 'Verifying',
  diff: 'Comparing',
  'export-backup': 'Exporting',
  drill: 'Testing a backup of',
  move: 'Moving',
};
const DONE: Record<JobView['kind'], string> = {
  export: 'Export of',
  import: 'Import of',
  validate: 'Check of',
  sample: 'The',
  backup: 'Backup of',
  restore: 'Restore of',
  verify: 'Check of',
  diff: 'Comparison of',
  'export-backup': 'Export of',
  drill: 'Test of a backup of',
  move: 'Moving',
};

/** Exporting “code” while it goes on, Export of “code” afterwards. */
export function titleOf(job: JobView): string {
  const plain = job.kind === 'sample' || (job.kind === 'verify' && job.title === 'all backups');
  const what = plain ? job.title : quoteName(job.title);
  return `${(isRunning(job) ? DOING : DONE)[job.kind]} ${what}`;
}

export function isRunning(job: JobView): boolean {
  return job.status === 'queued' || job.status === 'running';
}

/** The last one of a kind that was begun and is not over. */
export function runningOf(jobs: readonly JobView[], kind: JobView['kind']): JobView | undefined {
  return jobs.findLast((job) => job.kind === kind && isRunning(job));
}

/**
 * Whether it is shown beside the screens. A check is part of an import, a comparison of its dialog; a sample that is there can
 * be seen by itself, and a backup or a test that went well on its card.
 */
export function isActivity(job: JobView): boolean {
  if (job.kind === 'validate' || job.kind === 'diff') return false;
  if (job.status !== 'done') return true;
  if (job.kind === 'backup') return backupResultOf(job)?.warnings.length !== 0;
  const drill = drillResultOf(job);
  return job.kind !== 'sample' && !(drill !== null && drill.matches && drill.warnings.length === 0);
}
