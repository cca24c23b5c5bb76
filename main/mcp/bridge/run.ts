/** The bridge between a program's own input and output and the endpoint: `vectorkeep mcp`. */
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Bridge } from './bridge.ts';
import { createFinder } from './finder.ts';
import { readLines } from './lines.ts';
import { startAndWait } from './start.ts';
import type { Starter } from './start.ts';

export interface BridgeOptions {
  /** The settings folder, absolute. */
  readonly home: string;
  readonly version: string;
  readonly input: Readable;
  /** Carries the protocol and nothing else. */
  readonly output: Writable;
  /** Sentences for the person. */
  readonly errors: Writable;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** What `--start` starts; undefined: nothing is ever started. */
  readonly starter?: Starter | undefined;
  /** Whether there is a `--start` to speak of. */
  readonly canStart: boolean;
}

/** Bytes of a message at most, as the endpoint has it. */
const MOST = 4 * 1024 * 1024;
/** So long answers that are due are waited for after the input has ended: a script asks, and is gone. Clients kill after 2 s. */
const GRACE_MS = 1500;

/** Resolves when input or output have ended, or the signal came, and all that was written is out. Never rejects. */
export async function runBridge(options: BridgeOptions): Promise<void> {
  const { home, version, input, output, errors, signal, starter, canStart } = options;
  const over = new AbortController();
  const stop = (): void => over.abort();
  const send = (message: unknown): void => {
    if (!over.signal.aborted) output.write(`${JSON.stringify(message)}\n`);
  };
  const tell = (sentence: string): void => void errors.write(`${sentence}\n`);
  // Whoever started us is gone, and nobody is there to be told.
  output.on('error', stop);
  errors.on('error', () => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  const find = createFinder({
    ...{ home, canStart, start: starter && ((stale) => startAndWait(home, starter, { stale, signal: over.signal })) },
    startObeysSettings: starter?.handsOver === true,
  });
  const bridge = new Bridge({ find, version, send, tell });
  if (starter === undefined) await bridge.look();
  const stopped = new Promise<void>((resolve) => {
    if (over.signal.aborted) resolve();
    else over.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([readLines(input, MOST, (line) => bridge.take(line)), stopped]);
  const grace = pause(GRACE_MS, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([bridge.settled(), grace]);
  stop();
  bridge.end();
  input.destroy();
  await new Promise<void>((resolve) => {
    if (output.destroyed || output.writableLength === 0) resolve();
    else output.write('', () => resolve());
  });
}
