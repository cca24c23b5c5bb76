/** Which process a number means. Process ids are used again, so an id alone proves nothing. */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since boot at which it started, from /proc; null where the system does not tell. */
  readonly startedAt: string | null;
}

/** The process of that id as it is now, or undefined when there is none (one that only waits to be reaped is none). */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !lives(pid)) return undefined;
  if (process.platform !== 'linux') return { pid, startedAt: null };
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may itself hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? undefined : { pid, startedAt: fields[19] ?? null };
  } catch {
    return undefined;
  }
}

/** Whether that very process still runs. */
export function isAlive(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.startedAt === process.startedAt;
}

/** Sends a signal to that very process; nothing when it is gone. */
export function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch {
    // It ended between the look and the signal, or is not ours to end.
  }
}

/** Whether a process has that id: any, for where nothing is known but the number. Somebody else's counts. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
