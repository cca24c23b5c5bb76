/**
 * What is on disk about the built-in server: which process it is, how to reach it, and which processes use it. The last
 * user to leave ends the server; one that crashed does not count as a user. Changed only under the lock of the folder.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { FileLock } from '../processes/file-lock.ts';
import { identify, isAlive, type ProcessIdentity } from '../processes/process-identity.ts';

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string().nullable() });
const record = z.object({
  server: identity,
  port: z.number().int(),
  grpcPort: z.number().int(),
  apiKey: z.string(),
  binary: z.string(),
  /** ISO 8601 UTC, for people who look into the file. */
  since: z.string(),
  users: z.array(z.object({ id: z.string(), process: identity })),
});

export type LocalServerRecord = z.infer<typeof record>;

const LOCK_LIMIT_MS = 60_000;

/** The record in `dir`; undefined when there is none or it is damaged. */
export function readRecord(dir: string): LocalServerRecord | undefined {
  try {
    return record.parse(JSON.parse(readFileSync(recordPath(dir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Replaces the record whole, readable by its owner alone: it holds the server's key. */
export function writeRecord(dir: string, next: LocalServerRecord): void {
  const temporary = `${recordPath(dir)}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, recordPath(dir));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function removeRecord(dir: string): void {
  rmSync(recordPath(dir), { force: true });
}

/** The users that still run, without the one of that id. */
export function otherUsers(of: LocalServerRecord, id: string): LocalServerRecord['users'] {
  return of.users.filter((user) => user.id !== id && isAlive(user.process));
}

/** This process, as the record names it. */
export function thisProcess(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, startedAt: null };
}

/**
 * Runs `work` while no other caller, here or in another process, does so for the same folder. The lock of a process that
 * died is taken over. Throws NO_LOCAL_SERVER (busy) after a minute, or the error of the file system.
 */
export async function underLock<T>(dir: string, work: () => Promise<T>): Promise<T> {
  const options = { purpose: 'built-in server', waitMs: LOCK_LIMIT_MS, local: true };
  const lock = await FileLock.acquire(join(dir, 'lock'), options).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'VAULT_BUSY') throw new Fault('NO_LOCAL_SERVER', { reason: 'busy' });
    throw error instanceof Fault && error.cause instanceof Error ? error.cause : error;
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function recordPath(dir: string): string {
  return join(dir, 'server.json');
}
