/** Starting Vectorkeep where nothing answers, for `--start`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../faults/fault.ts';
import { FileLock } from '../../processes/file-lock.ts';
import { makePrivateFolder } from '../../settings/private-file.ts';
import { announcedIn } from './announced.ts';
import type { Announced } from './announced.ts';
import { Unavailable } from './finder.ts';
import { sentences } from './sentences.ts';

/** A program that announces an endpoint in the settings folder and goes on without whoever started it. */
export interface Starter {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the program ends at once when another one like it runs, and hands over to that one. */
  readonly handsOver: boolean;
}

/** From the start to the announcement; ten times what a slow machine takes. Agents wait longer for an answer. */
const START_MS = 25_000;
const LOOK_MS = 50;
/** Of what a program prints before it ends without an endpoint. */
const MOST_SAID = 4096;

/**
 * Starts it unless an endpoint is there, and waits for its announcement. Of several that try at once, one starts it and all
 * get it. Throws Unavailable.
 */
export async function startAndWait(
  home: string,
  starter: Starter,
  { stale, signal }: { readonly stale: Announced | null; readonly signal: AbortSignal },
): Promise<Announced> {
  const limit = AbortSignal.any([AbortSignal.timeout(START_MS), signal]);
  let lock: FileLock;
  try {
    makePrivateFolder(home);
    const options = { purpose: 'starting the endpoint', waitMs: START_MS, local: true, signal };
    lock = await FileLock.acquire(join(home, 'mcp-start.lock'), options);
  } catch (error) {
    throw new Unavailable(
      error instanceof Fault && error.code === 'VAULT_BUSY'
        ? sentences.startSlow
        : sentences.startFailed('the settings folder cannot be written to.'),
    );
  }
  try {
    return freshIn(home, stale) ?? (await launch(home, starter, stale, limit));
  } finally {
    await lock.release();
  }
}

async function launch(home: string, starter: Starter, stale: Announced | null, limit: AbortSignal): Promise<Announced> {
  const child = spawn(starter.command, starter.args, {
    cwd: home,
    detached: true,
    windowsHide: true,
    // What it says while it starts is the reason when it does not. Later nobody listens: serve does not mind, the app would.
    stdio: ['ignore', 'ignore', starter.handsOver ? 'ignore' : 'pipe'],
  });
  const state = { said: '', ended: false, failed: false };
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (state.said = (state.said + text).slice(0, MOST_SAID)));
  child.stderr?.on('error', () => undefined);
  const end = once(child, 'close').then(
    ([code]) => {
      state.ended = true;
      state.failed = code !== 0;
    },
    (error: unknown) => {
      state.ended = state.failed = true;
      state.said = error instanceof Error ? error.message : '';
    },
  );
  try {
    while (!limit.aborted) {
      const found = freshIn(home, stale);
      if (found !== null) return found;
      if (state.failed || (state.ended && !starter.handsOver))
        throw new Unavailable(sentences.startFailed(firstLine(state.said)));
      await (state.ended ? pause(LOOK_MS) : Promise.race([pause(LOOK_MS), end]));
    }
    throw new Unavailable(sentences.startSlow);
  } finally {
    child.stderr?.destroy();
    child.unref();
  }
}

/** What is announced, unless it is what is known not to answer. */
function freshIn(home: string, stale: Announced | null): Announced | null {
  const found = announcedIn(home);
  if (found.kind === 'distrusted') throw new Unavailable(sentences.distrusted(found));
  if (found.kind === 'none') return null;
  return found.at.url === stale?.url && found.at.token === stale.token ? null : found.at;
}

const firstLine = (text: string): string =>
  (/^Error: (.*)$/m.exec(text)?.[1] ?? text.trim().split('\n')[0] ?? '').trim();
