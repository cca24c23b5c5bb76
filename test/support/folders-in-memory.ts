/**
 * Temporary folders of a test run are in memory, where there is such a place with room: servers, vaults and settings sync
 * all that they write, and would wait for the disk most of the time. `npm run torture` is on the disk.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DISK = 'VECTORKEEP_TEST_DISK';
const MEMORY = '/dev/shm';
const PREFIX = 'vectorkeep-run-';
/** Servers of two files of tests at a time, and what a killed run left. */
const ROOM = 6 * 2 ** 30;
const DAY_MS = 86_400_000;

let folder: string | undefined;

/** Before the first file of tests, once for each project that runs; their processes inherit the environment. */
export function setup(): void {
  if (process.env[DISK] !== undefined || !hasRoom()) return;
  sweep();
  folder = mkdtempSync(join(MEMORY, PREFIX));
  // As the usual place is, for other accounts too.
  chmodSync(folder, 0o1777);
  process.env[DISK] = tmpdir();
  process.env['TMPDIR'] = folder;
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

/** Where temporary folders are otherwise: another file system, mostly. */
export const folderOnDisk = (): string => process.env[DISK] ?? tmpdir();

/** What runs left that were killed: memory is dearer than a disk. */
function sweep(): void {
  for (const name of readdirSync(MEMORY)) {
    const path = join(MEMORY, name);
    if (name.startsWith(PREFIX) && Date.now() - statSync(path).mtimeMs > DAY_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}
