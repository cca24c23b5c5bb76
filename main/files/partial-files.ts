/** The names of files that are still being written, and what becomes of those that a killed run left. */
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { lives } from '../processes/process-identity.ts';

/** What a file is called whose name is known only when it is complete. */
const NAMELESS = '.new.';

/** The partial files of this thread that are in use, by their name: it is unique wherever the file lies. */
const inUseHere = new Set<string>();

/** Names may have 255 bytes, a character up to four: what comes behind this must fit in. */
const prefix = (target: string): string => `.${Array.from(basename(target)).slice(0, 50).join('')}.`;

/** Process, and thread where it is not the main one: `4711`, `4711t3`. */
const writer = (thread: number): string => (thread === 0 ? `${process.pid}` : `${process.pid}t${thread}`);

const partial = (start: string): string => `${start}${writer(threadId)}-${randomBytes(6).toString('hex')}.partial`;

/** A new path beside `target`, which is in use until `endUse`. */
export const partialFor = (target: string): string => beginUse(join(dirname(target), partial(prefix(target))));

/** The same for a file without a name, in `folder`. */
export const partialIn = (folder: string): string => beginUse(join(folder, partial(NAMELESS)));

function beginUse(path: string): string {
  inUseHere.add(basename(path));
  return path;
}

export function endUse(path: string): void {
  inUseHere.delete(basename(path));
}

/** Removes what a thread of this process that was ended by force left of its file for `target`. Never throws. */
export async function removePartials(target: string, thread: number): Promise<void> {
  const folder = dirname(target);
  const start = `${prefix(target)}${writer(thread)}-`;
  for (const name of await namesIn(folder))
    if (name.startsWith(start) && name.endsWith('.partial')) await remove(join(folder, name));
}

/** A partial file for another target is only swept when nobody wrote to it for so long: its writer may be on another machine. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Removes what killed runs left: partial files whose process is gone. Not only those for this target: an export that
 * gets a fresh name each time would leave them for ever. Never throws.
 */
export async function sweepBeside(target: string): Promise<void> {
  const folder = dirname(target);
  for (const { name, start, pid, thread } of await partialsIn(folder)) {
    const path = join(folder, name);
    if (start !== prefix(target) && !(await isAbandoned(path))) continue;
    if (pid !== process.pid ? lives(pid) : await isOfThisProcess(path, thread)) continue;
    await remove(path);
  }
}

/**
 * Removes every partial file of a folder but those of this thread and of other processes that live. For the one who
 * holds the lock of the folder: what another thread left there, or a machine whose lock was taken over, is abandoned,
 * however new. Never throws.
 */
export async function sweepPartials(folder: string): Promise<void> {
  for (const { name, pid } of await partialsIn(folder))
    if (pid === process.pid ? !inUseHere.has(name) : !lives(pid)) await remove(join(folder, name));
}

interface Partial {
  readonly name: string;
  readonly start: string;
  readonly pid: number;
  readonly thread: number;
}

async function partialsIn(folder: string): Promise<Partial[]> {
  const found: Partial[] = [];
  for (const name of await namesIn(folder)) {
    const match = /^(?<start>\..+\.)(?<pid>\d+)(?:t(?<thread>\d+))?-[0-9a-f]{12}\.partial$/.exec(name)?.groups;
    if (match !== undefined)
      found.push({
        name,
        start: match['start'] ?? '',
        pid: Number(match['pid']),
        thread: Number(match['thread'] ?? 0),
      });
  }
  return found;
}

/** A folder that cannot be read has nothing to sweep. */
const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

const remove = (path: string): Promise<void> => rm(path, { force: true }).catch(() => undefined);

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < Date.now() - ABANDONED_MS;
}

/**
 * In a container every run has the same pid. Which files this thread uses is known; one of another thread that is
 * older than this process is of another run.
 */
async function isOfThisProcess(path: string, thread: number): Promise<boolean> {
  if (thread === threadId) return inUseHere.has(basename(path));
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs > Date.now() - process.uptime() * 1000;
}
