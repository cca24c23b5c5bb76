import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { electronPath, root } from '../../scripts/runtimes.mjs';
import { openSettings } from '../../main/settings/settings.ts';
import { launchApp } from '../support/electron.ts';
import { discoveryIn, openBridged, rawBridge, type Program } from '../support/mcp-bridges.ts';
import { CLIENTS } from '../support/mcp-clients.ts';

// The app's program as the bridge of an agent: no display, no second app, nothing but the protocol.

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vk-app-bridge-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const appBridge = (...words: string[]): Program => ({
  command: electronPath(),
  args: [root, '--no-sandbox', 'mcp', '--home', home, ...words],
});
const switchOn = (): void => void openSettings({ Store: Conf, dir: home }).setEndpoint({ enabled: true, port: 7423 });

it('is no app: without a display, beside none, it answers and ends with its input', async () => {
  const { child, send, answer, out, said, ended } = rawBridge(appBridge());
  send({ id: 1, method: 'tools/list' });
  expect(await answer(1)).toHaveProperty('error.message', expect.stringMatching(/^Vectorkeep is not running\./));
  // Chromium did not begin, which keeps its files there.
  expect(readdirSync(home)).toEqual([]);
  child.stdin.end();
  expect(await ended).toBe(0);
  expect(out().trimEnd().split('\n')).toHaveLength(1);
  // Chromium has words of its own there on a machine without a message bus.
  expect(said().match(/^Vectorkeep .+$/gm)).toHaveLength(1);
});

it.each(['SIGTERM', 'SIGINT'] as const)('ends with %s', async (signal) => {
  const { child, send, answer, ended } = rawBridge(appBridge());
  send({ id: 1, method: 'tools/list' });
  await answer(1);
  child.kill(signal);
  expect(await ended).toBe(0);
});

it('serves every client beside the running app, and starts no second one', async () => {
  switchOn();
  const app = await launchApp({ home });
  try {
    await expect.poll(() => existsSync(join(home, 'mcp.json')), { timeout: 20_000 }).toBe(true);
    for (const kind of CLIENTS) {
      const bridged = await openBridged(kind, appBridge('--start'));
      expect((await bridged.tools()).map(({ name }) => name)).toContain('create_backup');
      expect((await bridged.call('list_collections', {})).content).toHaveLength(1);
      await bridged.close();
      expect(bridged.said()).not.toContain('Vectorkeep');
    }
    expect(discoveryIn(home).pid).toBe(await app.electron.evaluate(() => process.pid));
  } finally {
    await app.close();
  }
});

it('starts the app in the tray when it may, and says so when its endpoint is off', async () => {
  const off = rawBridge(appBridge('--start'));
  off.send({ id: 1, method: 'tools/list' });
  expect(await off.answer(1)).toHaveProperty(
    'error.message',
    'The endpoint for agents is switched off. Open Vectorkeep and switch it on in its settings, then try again.',
  );
  off.child.kill();
  await off.ended;
  switchOn();
  const env = { DISPLAY: process.env['DISPLAY'] ?? '' };
  const { child, send, answer, ended } = rawBridge({ ...appBridge('--start'), env });
  send({ id: 1, method: 'tools/list' });
  expect(await answer(1)).toHaveProperty('result.tools');
  const { pid } = discoveryIn(home);
  try {
    expect(pid).not.toBe(child.pid);
    child.stdin.end();
    expect(await ended).toBe(0);
    process.kill(pid, 0);
  } finally {
    process.kill(pid, 'SIGTERM');
  }
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(false);
});
