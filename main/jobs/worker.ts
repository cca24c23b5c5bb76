import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../faults/fault.ts';
import type { Assignment, FromWorker, Tasks } from './port.ts';
import type { TaskContext } from './task-context.ts';
import type { BackupTask } from './tasks/backup.ts';
import type { DiffTask } from './tasks/diff.ts';
import type { DrillTask } from './tasks/drill.ts';
import type { ExportBackupTask } from './tasks/export-backup.ts';
import type { ExportTask } from './tasks/export.ts';
import type { ImportTask } from './tasks/import-task.ts';
import type { InspectTask } from './tasks/inspect.ts';
import type { MoveTask } from './tasks/move-vault.ts';
import type { PeekTask } from './tasks/peek.ts';
import type { RestoreTask } from './tasks/restore-task.ts';
import type { SampleTask } from './tasks/sample.ts';
import type { VerifyTask } from './tasks/verify.ts';

/**
 * The thread of one job: does what its worker data says, reports, and ends. It loads what that job needs and no more:
 * the client of Qdrant alone takes as long as a small backup takes to verify.
 */
async function run({ kind, task }: Assignment, context: TaskContext): Promise<Tasks[keyof Tasks]['outcome']> {
  switch (kind) {
    case 'export':
      return (await import('./tasks/export.ts')).exportCollection(task as ExportTask, context);
    case 'import':
      return (await import('./tasks/import.ts')).importArchive(task as ImportTask, context);
    case 'validate':
      return (await import('./tasks/inspect.ts')).inspectArchive(task as InspectTask, context);
    case 'peek':
      return (await import('./tasks/peek.ts')).peekArchive(task as PeekTask, context);
    case 'backup':
      return (await import('./tasks/backup.ts')).backUpCollection(task as BackupTask, context);
    case 'restore':
      return (await import('./tasks/restore.ts')).restoreBackup(task as RestoreTask, context);
    case 'verify':
      return (await import('./tasks/verify.ts')).verifyBackups(task as VerifyTask, context);
    case 'diff':
      return (await import('./tasks/diff.ts')).diffBackup(task as DiffTask, context);
    case 'export-backup':
      return (await import('./tasks/export-backup.ts')).exportBackup(task as ExportBackupTask, context);
    case 'drill':
      return (await import('./tasks/drill.ts')).drillBackup(task as DrillTask, context);
    case 'move':
      return (await import('./tasks/move-vault.ts')).copyForMove(task as MoveTask, context);
    case 'sample':
      return (await import('./tasks/sample.ts')).fillSample(task as SampleTask, context);
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
