/** Backups in this thread: one server and a folder for a file of tests, and an empty vault for each of them. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { backUpCollection, type BackupOutcome, type BackupTask } from '../../main/jobs/tasks/backup.ts';
import { diffBackup, type DiffOutcome, type DiffTask } from '../../main/jobs/tasks/diff.ts';
import { exportBackup, type ExportBackupOutcome, type ExportBackupTask } from '../../main/jobs/tasks/export-backup.ts';
import { restoreBackup, type RestoreOutcome } from '../../main/jobs/tasks/restore.ts';
import type { RestoreTask } from '../../main/jobs/tasks/restore-task.ts';
import { verifyBackups, type VerifyOutcome, type VerifyTask } from '../../main/jobs/tasks/verify.ts';
import { readCatalog, type StoredBackup } from '../../main/vault/catalog.ts';
import { startQdrant, type Qdrant, type QdrantOptions } from './qdrant.ts';
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
  /** Every point of every backup, unless said otherwise. */
  readonly verify: (task?: Partial<VerifyTask>) => Promise<VerifyOutcome>;
  readonly diff: (task: Given<DiffTask, 'from' | 'to'>) => Promise<DiffOutcome>;
  readonly exportTo: (task: Given<ExportBackupTask, 'backup' | 'path'>) => Promise<ExportBackupOutcome>;
  /** Oldest first. */
  readonly list: () => Promise<readonly StoredBackup[]>;
}

export interface VaultGround extends VaultTasks {
  readonly qdrant: Qdrant;
  readonly url: string;
  /** A folder for the whole file of tests. */
  readonly root: string;
  /** Absolute path of this test's vault, which is not there before the first backup. */
  readonly vault: string;
}

/** For use outside of tests and hooks. */
export function vaultGround(options: QdrantOptions = {}): VaultGround {
  let qdrant: Qdrant;
  let root = '';
  let serial = 0;
  const vault = (): string => join(root, `vault-${serial}`);
  beforeAll(async () => {
    // In memory where there is such a place: all that a vault and a Qdrant write is synced, ten times as slow on a disk.
    root = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vectorkeep-vault-'));
    const dir = join(root, 'qdrant');
    await mkdir(dir);
    qdrant = await startQdrant({ dir, ...options });
  });
  afterAll(async () => {
    await qdrant.kill();
    await qdrant.stop();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(() => {
    serial++;
  });
  return {
    get qdrant() {
      return qdrant;
    },
    get root() {
      return root;
    },
    get url() {
      return qdrant.url;
    },
    get vault() {
      return vault();
    },
    ...tasksOn(() => ({ url: qdrant.url, vault: vault() })),
  };
}

/** The tasks with the usual options where the test does not care; `where` is asked at each use. */
export function tasksOn(where: () => { readonly url: string; readonly vault: string }): VaultTasks {
  const place = (): { dir: string; expected: null } => ({ dir: where().vault, expected: null });
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
    verify: (task) => verifyBackups({ vault: place(), backup: null, full: true, ...task }, context()),
    diff: (task) => diffBackup({ vault: place(), ...task }, context()),
    exportTo: (task) =>
      exportBackup({ vault: place(), compress: true, replace: false, generator: GENERATOR, ...task }, context()),
    list: async () => (await readCatalog(where().vault)).backups,
  };
}

/** Verifies every point of a vault: nothing is wrong with it, and nothing lies about. */
export async function expectSound({ verify }: Pick<VaultTasks, 'verify'>): Promise<void> {
  const { backups, damage, leftovers } = await verify();
  expect(backups.filter((backup) => backup.damage.length > 0)).toEqual([]);
  expect({ damage, leftovers }).toEqual({ damage: [], leftovers: [] });
}

/** Every file below a folder and its content: what must not have changed. The lock comes and goes. */
export async function contentsOf(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, (await readFile(path)).toString('base64'));
  }
  return files;
}
