import type { JobProgress } from '../../preload/api.ts';
import type { FaultData } from '../faults/fault.ts';
import type { BackupOutcome } from './tasks/backup-outcome.ts';
import type { BackupTask } from './tasks/backup.ts';
import type { DiffOutcome, DiffTask } from './tasks/diff.ts';
import type { DrillOutcome, DrillTask } from './tasks/drill.ts';
import type { ExportBackupOutcome, ExportBackupTask } from './tasks/export-backup.ts';
import type { ExportOutcome, ExportTask } from './tasks/export.ts';
import type { ImportTask } from './tasks/import-task.ts';
import type { ImportOutcome } from './tasks/import.ts';
import type { InspectOutcome, InspectTask } from './tasks/inspect.ts';
import type { MoveOutcome, MoveTask } from './tasks/move-vault.ts';
import type { PeekOutcome, PeekTask } from './tasks/peek.ts';
import type { RestoreOutcome } from './tasks/restore.ts';
import type { RestoreTask } from './tasks/restore-task.ts';
import type { SampleOutcome, SampleTask } from './tasks/sample.ts';
import type { VerifyOutcome, VerifyTask } from './tasks/verify.ts';

/** What a worker can be told to do, and what each kind of work answers. Plain data: it crosses a thread. */
export interface Tasks {
  export: { task: ExportTask; outcome: ExportOutcome };
  import: { task: ImportTask; outcome: ImportOutcome };
  validate: { task: InspectTask; outcome: InspectOutcome };
  peek: { task: PeekTask; outcome: PeekOutcome };
  backup: { task: BackupTask; outcome: BackupOutcome };
  restore: { task: RestoreTask; outcome: RestoreOutcome };
  verify: { task: VerifyTask; outcome: VerifyOutcome };
  diff: { task: DiffTask; outcome: DiffOutcome };
  'export-backup': { task: ExportBackupTask; outcome: ExportBackupOutcome };
  drill: { task: DrillTask; outcome: DrillOutcome };
  move: { task: MoveTask; outcome: MoveOutcome };
  sample: { task: SampleTask; outcome: SampleOutcome };
}
export type TaskKind = keyof Tasks;
/** What is shown as a job; peeking only answers a question. */
export type JobKind = Exclude<TaskKind, 'peek'>;

/** How a worker starts: handed over as its worker data. */
export interface Assignment<K extends TaskKind = TaskKind> {
  readonly kind: K;
  readonly task: Tasks[K]['task'];
}

export type ToWorker = { readonly type: 'cancel' };

export type FromWorker =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'result'; readonly outcome: Tasks[TaskKind]['outcome'] }
  | { readonly type: 'error'; readonly fault: FaultData };
