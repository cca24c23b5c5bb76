/** Tray, one instance, hidden start, and an end that leaves nothing running. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { electronPath, root } from '../../scripts/runtimes.mjs';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';

let app: RunningApp;
afterEach(async () => {
  await app.close();
});

const visible = (): Promise<boolean[]> =>
  app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));

/** Starts the app once more with the same settings folder; resolves when that process has ended, to what it printed. */
function startAgain(...args: string[]): Promise<{ code: number | null; printed: string }> {
  const again = spawn(electronPath(), [root, '--no-sandbox', '--home', app.home, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  again.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return new Promise((resolve) => again.once('close', (code) => resolve({ code, printed })));
}
const ALREADY = { code: 0, printed: 'Vectorkeep is already running.\n' };

test('closing keeps the app in the tray; a second start shows the window and ends', async () => {
  app = await launchApp();
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(visible).toEqual([false]);
  expect(await startAgain()).toEqual(ALREADY);
  await expect.poll(visible).toEqual([true]);
  // The page is the same one, with all that it knew.
  expect(await app.page.getByRole('navigation').count()).toBe(1);
});

test('a hidden start shows no window until it is asked for', async () => {
  app = await launchApp({ args: ['--hidden'], hidden: true });
  expect(await visible()).toEqual([]);
  expect(await startAgain('--hidden')).toEqual(ALREADY);
  expect(await visible()).toEqual([]);
  expect(await startAgain()).toEqual(ALREADY);
  await expect.poll(visible).toEqual([true]);
});

test('the built-in Qdrant ends with the app, and its data is there the next time', async () => {
  const home = join(await mkdtemp(join(tmpdir(), 'vectorkeep-home-')), 'home');
  app = await launchApp({ home });
  await app.page.getByRole('button', { name: 'Start with sample data' }).click();
  await app.page.getByRole('heading', { name: 'What is to be kept?' }).waitFor({ timeout: 60_000 });
  await app.page.getByRole('button', { name: 'Not now' }).click();
  await app.page.getByRole('heading', { name: '1 index on Built-in Qdrant' }).waitFor({ timeout: 60_000 });
  await app.close();
  expect(processesWith(home)).toEqual([]);

  app = await launchApp({ home });
  await app.page.getByRole('heading', { name: '1 index on Built-in Qdrant' }).waitFor({ timeout: 60_000 });
  expect(existsSync(join(home, 'settings.json'))).toBe(true);
  await app.close();
  expect(processesWith(home)).toEqual([]);
  await rm(join(home, '..'), { recursive: true, force: true });
});

/** Command lines of processes that name `text`, or work below it. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => readProcess(pid))
    .filter((line) => line.includes(text));
}

function readProcess(pid: string): string {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return `${command} ${readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', ' ')}`;
  } catch {
    return '';
  }
}

test('damaged settings are told, kept aside, and replaced by the last good copy', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vectorkeep-damaged-'));
  const home = join(folder, 'home');
  app = await launchApp({ home });
  await app.page.evaluate(() =>
    window.vectorkeep.request('connections:save', {
      connection: { name: 'Mine', kind: 'url', url: 'http://127.0.0.1:1' },
      select: true,
    }),
  );
  await app.close();
  writeFileSync(join(home, 'settings.json'), '{"version":1,"connec');
  app = await launchApp({ home });
  const told = app.page.getByText('The settings file could not be read');
  await told.waitFor();
  expect(await told.textContent()).toContain('The last good copy is used');
  const { connections } = await app.page.evaluate(async () => {
    const reply = await window.vectorkeep.request('state:get', undefined);
    return reply.ok ? reply.value : { connections: [] };
  });
  expect(connections.map(({ name }) => name)).toEqual(['Mine']);
  expect(readdirSync(home).some((name) => name.startsWith('settings.') && name.includes('damaged'))).toBe(true);
  expect(await look(app, '60-settings-replaced')).toEqual([]);
  await app.close();
  await rm(folder, { recursive: true });
});
