/** `mcp.json` in the settings folder: how programs of the same user find the running endpoint. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { lives } from '../processes/process-identity.ts';
import { writePrivateFile } from '../settings/private-file.ts';

const discovery = z.object({ url: z.url(), token: z.string(), pid: z.int().positive() });
type Discovery = z.infer<typeof discovery>;

/** An endpoint of this machine answers at once; who takes longer is not waited for. */
const ANSWER_MS = 2000;

const fileIn = (home: string): string => join(home, 'mcp.json');

/**
 * Throws BUSY `endpoint` where another process that lives has announced an endpoint that answers: agents would lose it.
 * What a crash left behind is nobody's.
 */
export async function requireUnannounced(home: string): Promise<void> {
  const found = read(home);
  if (found === null || found.pid === process.pid || !lives(found.pid) || !(await answers(found.url))) return;
  throw new Fault('BUSY', { reason: 'endpoint', url: found.url, pid: found.pid });
}

/** Written once the endpoint listens. Throws the error of the file system. */
export function announce(home: string, url: string, token: string): void {
  writePrivateFile(fileIn(home), `${JSON.stringify({ url, token, pid: process.pid })}\n`);
}

/** Removes the file, unless it speaks of another endpoint than this one. */
export function withdraw(home: string, url: string, token: string): void {
  const found = read(home);
  if (found === null || found.pid !== process.pid || found.url !== url || found.token !== token) return;
  try {
    rmSync(fileIn(home), { force: true });
  } catch {
    // A folder that cannot be written to any more: whoever starts next sees that nobody lives there.
  }
}

function read(home: string): Discovery | null {
  try {
    return discovery.parse(JSON.parse(readFileSync(fileIn(home), 'utf8')));
  } catch {
    return null;
  }
}

/** Asked without the token, which is nobody's business but the endpoint's: one that is there refuses, and that is an answer. */
async function answers(url: string): Promise<boolean> {
  if (new URL(url).hostname !== '127.0.0.1') return false;
  try {
    return (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })).status === 401;
  } catch {
    return false;
  }
}
