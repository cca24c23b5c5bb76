/** Everything that is done with a vault, in this thread, as a job does it. */
import type { BackupOutcome } from '../../main/jobs/tasks/backup-outcome.ts';
import { backUpCollection, type BackupTask } from '../../main/jobs/tasks/backup.ts';
import { diffBackup, type DiffOutcome, type DiffTask } from '../../main/jobs/tasks/diff.ts';
import { drillBackup, type DrillOutcome, type DrillTask } from '../../main/jobs/tasks/drill.ts';
import { exportBackup, type ExportBackupOutcome, type ExportBackupTask } from '../../main/jobs/tasks/export-backup.ts';
import type { RestoreTask } from '../../main/jobs/tasks/restore-task.ts';
import { restoreBackup, type RestoreOutcome } from '../../main/jobs/tasks/restore.ts';
import type { VaultPlace } from '../../main/jobs/tasks/vault-place.ts';
import { verifyBackups, type VerifyOutcome, type VerifyTask } from '../../main/jobs/tasks/verify.ts';
import { readCatalog, type StoredBackup } from '../../main/vault/catalog.ts';
import type { RunOptions } from './server-text.ts';

const GENERATOR = 'vectorkeep test';

/** What a test says of a task; the server and the vault only where they are not the usual ones. */
type Given<Task, Needed extends keyof Task> = Partial<Task> & Pick<Task, Needed>;

export interface VaultTasks {
  readonly backUp: (task: Given<BackupTask, 'collection'>, options?: RunOptions) => Promise<BackupOutcome>;
  readonly restore: (
    task: Given<RestoreTask, 'backup' | 'collection'>,
    options?: RunOptions,
  ) => Promise<RestoreOutcome>;
  readonly drill: (task: Given<DrillTask, 'backup' | 'collection'>, options?: RunOptions) => Promise<DrillOutcome>;
  /** Every point of every backup, unless said otherwise. */
  readonly verify: (task?: Partial<VerifyTask>) => Promise<VerifyOutcome>;
  readonly diff: (task: Given<DiffTask, 'from' | 'to'>) => Promise<DiffOutcome>;
  readonly exportTo: (task: Given<ExportBackupTask, 'backup' | 'path'>) => Promise<ExportBackupOutcome>;
  /** Oldest first. */
  readonly list: () => Promise<readonly StoredBackup[]>;
}

/** The tasks with the usual options where the test does not care; `where` is asked at each use. */
export function tasksOn(where: () => { readonly url: string; readonly vault: string }): VaultTasks {
  const place = (): VaultPlace => {
    const { vault: dir } = where();
    return { dir, expected: null, textsIn: `${dir}.texts` };
  };
  const context = ({ signal = new AbortController().signal, onProgress }: RunOptions = {}) => ({
    signal,
    report: ({ phase, points }: { phase: string; points: number }) => onProgress?.(phase, points),
  });
  const target = (): { target: { url: string }; source: string } => ({
    target: { url: where().url },
    source: where().url,
  });
  const usual = { usualModel: null, pathKey: null, generator: GENERATOR };
  return {
    backUp: (task, options) =>
      backUpCollection(
        {
          ...{ ...target(), vault: place(), reason: 'manual', companions: [], model: null, pin: false, ...usual },
          ...task,
        },
        context(options),
      ),
    restore: (task, options) =>
      restoreBackup(
        {
          ...{ ...target(), vault: place(), onConflict: 'overwrite', paths: null, dryRun: false, safetyCopy: true },
          ...{ allowModelMismatch: false, companionsTo: null, targetModel: null, unfinished: false, ...usual },
          ...task,
        },
        context(options),
      ),
    drill: (task, options) => drillBackup({ target: target().target, vault: place(), ...task }, context(options)),
    verify: (task) => verifyBackups({ vault: place(), backup: null, full: true, ...task }, context()),
    diff: (task) => diffBackup({ vault: place(), ...task }, context()),
    exportTo: (task) =>
      exportBackup({ vault: place(), compress: true, replace: false, generator: GENERATOR, ...task }, context()),
    list: async () => (await readCatalog(where().vault)).backups,
  };
}
