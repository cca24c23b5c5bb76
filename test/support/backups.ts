/** Backups in this thread: one server and a folder for a file of tests, and an empty vault for each of them. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { startQdrant, type Qdrant, type QdrantOptions } from './qdrant.ts';
import { tasksOn, type VaultTasks } from './vault-tasks.ts';

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
