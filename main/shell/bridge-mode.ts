/** The app's program as the bridge of an agent: no window, no tray, no lock; it reads, writes and ends. */
import { createReadStream } from 'node:fs';
import { app } from 'electron';
import { appStarter } from '../mcp/bridge/starters.ts';
import { ownProgram } from './own-program.ts';

/**
 * Never returns. Electron waits for the app's first module before it starts the rest of Chromium: while that awaits this,
 * there is no page and no graphics, and no display is needed.
 */
export async function becomeBridge({
  home,
  start,
}: {
  readonly home: string;
  readonly start: boolean;
}): Promise<never> {
  app.dock?.hide();
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
  // Only here: the app has no use for the protocol's client.
  const { runBridge } = await import('../mcp/bridge/run.ts');
  await runBridge({
    ...{ home, version: app.getVersion(), signal: interrupted.signal, canStart: true },
    // Electron puts an empty input in the place of the real one on Windows.
    input: process.platform === 'win32' ? createReadStream('', { fd: 0 }) : process.stdin,
    ...{ output: process.stdout, errors: process.stderr },
    starter: start ? appStarter(ownProgram(), home) : undefined,
  });
  process.exit(0);
}
