import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../faults/fault.ts';
import type { Assignment, FromWorker, Tasks } from './port.ts';
import type { TaskContext } from './task-context.ts';
import { backUpCollection, type BackupTask } from './tasks/backup.ts';
import { diffBackup, type DiffTask } from './tasks/diff.ts';
import { exportBackup, type ExportBackupTask } from './tasks/export-backup.ts';
import { exportCollection, type ExportTask } from './tasks/export.ts';
import { importArchive, type ImportTask } from './tasks/import.ts';
import { inspectArchive, type InspectTask } from './tasks/inspect.ts';
import { peekArchive, type PeekTask } from './tasks/peek.ts';
import { restoreBackup } from './tasks/restore.ts';
import type { RestoreTask } from './tasks/restore-task.ts';
import { fillSample, type SampleTask } from './tasks/sample.ts';
import { verifyBackups, type VerifyTask } from './tasks/verify.ts';

/** The thread of one job: does what its worker data says, reports, and ends. */
function run({ kind, task }: Assignment, context: TaskContext): Promise<Tasks[keyof Tasks]['outcome']> {
  switch (kind) {
    case 'export':
      return exportCollection(task as ExportTask, context);
    case 'import':
      return importArchive(task as ImportTask, context);
    case 'validate':
      return inspectArchive(task as InspectTask, context);
    case 'peek':
      return peekArchive(task as PeekTask, context);
    case 'backup':
      return backUpCollection(task as BackupTask, context);
    case 'restore':
      return restoreBackup(task as RestoreTask, context);
    case 'verify':
      return verifyBackups(task as VerifyTask, context);
    case 'diff':
      return diffBackup(task as DiffTask, context);
    case 'export-backup':
      return exportBackup(task as ExportBackupTask, context);
    case 'sample':
      return fillSample(task as SampleTask, context);
  }
}

const port = parentPort;
if (port === null) throw new Error('This is the entry of a worker thread.');
const say = (message: FromWorker): void => port.postMessage(message);
const controller = new AbortController();
// There is one thing to tell a worker (ToWorker): stop.
port.on('message', () => controller.abort());

try {
  const outcome = await run(workerData as Assignment, {
    signal: controller.signal,
    report: (progress) => say({ type: 'progress', progress }),
  });
  say({ type: 'result', outcome });
} catch (error) {
  const fault = Fault.from(error);
  say({ type: 'error', fault: { ...fault.toData(), ...(controller.signal.aborted ? { code: 'CANCELLED' } : {}) } });
} finally {
  port.close();
}
