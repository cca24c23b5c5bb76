/** What a lock file says of its holder, and what can be told from that: whether the holder lives. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import type { FaultParams } from '../faults/fault.ts';
import { identify, lives } from './process-identity.ts';

const note = z.object({
  pid: z.number().int().positive(),
  startedAt: z.string().nullable(),
  /** Of several threads of a process one holds it. */
  thread: z.number().int().optional(),
  host: z.string().optional(),
  /** Where process ids mean the same as here; null where the system does not tell. */
  boot: z.string().nullable().optional(),
  purpose: z.string().optional(),
  /** ISO 8601 UTC, for people. */
  since: z.string().optional(),
  token: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Counts up while the holder lives. Always of the same length: the file is written over in place. */
  beat: z.string().optional(),
});

export type LockNote = z.infer<typeof note>;

/** The tokens that this thread has a lock for. */
export const heldHere = new Set<string>();

/** A note of this thread, under a new token. */
export function newNote(purpose: string): LockNote & { readonly token: string } {
  return {
    pid: process.pid,
    startedAt: identify(process.pid)?.startedAt ?? null,
    thread: threadId,
    host: hostname(),
    boot: bootHere(),
    purpose,
    since: new Date().toISOString(),
    token: randomBytes(16).toString('hex'),
  };
}

export const noteText = (of: LockNote, beat: number): string =>
  `${JSON.stringify({ ...of, beat: String(beat).padStart(12, '0') })}\n`;

/** undefined: empty or garbage, from a crash in the moment of its making. */
export function parseNote(text: string): LockNote | undefined {
  try {
    return note.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Tells this holding of the lock from every other, also where it has no token. */
export const keyOf = (text: string): string =>
  parseNote(text)?.token ?? createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Who holds it, for the words about it. */
export function holderIn(text: string | null): FaultParams {
  const found = text === null ? undefined : parseNote(text);
  if (found === undefined) return {};
  const { purpose, pid, host, since } = found;
  return { purpose, pid, host, since };
}

/**
 * `unknown`: only whether it goes on beating tells, as of a holder on another machine. `local`: the folder is on no
 * share, so that the process is one of this machine.
 */
export function lifeOf(holder: LockNote, local: boolean): 'lives' | 'gone' | 'unknown' {
  if (holder.token !== undefined && heldHere.has(holder.token)) return 'lives';
  const boot = bootHere();
  if (!local && (boot === null || holder.boot !== boot || holder.host !== hostname())) return 'unknown';
  const now = identify(holder.pid);
  // Where others' processes are hidden in /proc, one may run and not be seen.
  if (now === undefined) return isHidden(holder.pid) ? 'unknown' : 'gone';
  if (now.startedAt === null || holder.startedAt === null) return 'unknown';
  if (now.startedAt !== holder.startedAt) return 'gone';
  if (holder.pid !== process.pid) return 'lives';
  // Nobody tells whether another thread of this process was ended by force.
  return holder.thread === threadId ? 'gone' : 'unknown';
}

const isHidden = (pid: number): boolean => process.platform === 'linux' && lives(pid) && !existsSync(`/proc/${pid}`);

let boot: string | null | undefined;

/** The boot of this machine and, as containers have process ids of their own, the room in which they count. */
function bootHere(): string | null {
  if (boot !== undefined) return boot;
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    boot = `${id} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    boot = null;
  }
  return boot;
}
