/** The tray says how protection stands and does what is asked of it there; notifications; start with the session; ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel, Input, Output } from '../../preload/api.ts';
import { makeCollection } from '../support/collections.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { watchTray, type ShownTray, type WatchedTray } from '../support/tray.ts';
import { request as ask } from '../support/window-requests.ts';

const config = mkdtempSync(join(tmpdir(), 'vectorkeep-config-'));
let app: RunningApp;
let qdrant: Qdrant;
let proxy: Proxy;
let tray: WatchedTray;

/** Waits for what may take its time on a busy machine. */
const poll = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 30_000 });

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code_index', points: 40 });
  await makeCollection(qdrant.url, { name: 'docs & notes', points: 40 });
  await makeCollection(qdrant.url, { name: 'large', points: 6000, text: 2000 });
  proxy = await startProxy(qdrant.url);
  app = await launchApp({ env: { XDG_CONFIG_HOME: config } });
  tray = await watchTray(app);
  await request('connections:save', { connection: { name: 'Home', kind: 'url', url: proxy.url }, select: true });
  const vault = join(app.files, 'vault');
  await app.answer({ open: [vault] });
  expect(await request('vault:choose', undefined)).toBe(vault);
});
afterAll(async () => {
  await app.close();
  await proxy.stop();
  await qdrant.stop();
  rmSync(config, { recursive: true, force: true });
});

const request = <C extends Channel>(channel: C, input: Input<C>): Promise<Output<C>> => ask(app, channel, input);
const daily = { kind: 'daily' as const, times: ['02:30'] };
const protect = (collection: string) =>
  request('protection:set-schedule', { connection: 'Home', collection, schedule: daily });
const icon = async (): Promise<string | undefined> => (await tray.shown())?.icon;
const lines = async (): Promise<readonly string[]> => (await tray.shown())?.lines ?? [];
const shown = async (): Promise<ShownTray> => (await tray.shown()) ?? { icon: '', tooltip: '', lines: [] };
const hide = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
const isVisible = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());

test('an index that was never backed up wants attention; backed up from the tray it is safe', async () => {
  await protect('code_index');
  await poll(lines).toContain('Back up now');
  expect(await shown()).toMatchObject({
    lines: expect.arrayContaining([expect.stringMatching(/^“code_index” has no backup yet\./)]) as string[],
  });
  await tray.choose('Back up now');
  await poll(icon).toBe('safe');
  const { lines: now, tooltip } = await shown();
  expect(now[0]).toMatch(/^“code_index” is safe\. Last backup just now, not tested yet\.$/);
  expect(now[1]).toMatch(/^\(Next backup (today|tomorrow) at 02:30\)$/);
  expect(tooltip).toBe(`Vectorkeep: ${now[0] ?? ''}`);
});

test('several indexes are backed up together or one at a time', async () => {
  await protect('docs & notes');
  await poll(lines).toContain('  docs && notes');
  await tray.choose('Back up now', 'docs && notes');
  await poll(async () => (await lines())[0]).toMatch(/^All 2 indexes are safe\./);
});

test('while work goes on the answer stays, with the work and its percent below it; quitting asks, and can be thought over', async () => {
  const answer = (await lines())[0];
  proxy.setRules([{ path: /points\/scroll/, after: 2, fault: { kind: 'delay', ms: 60_000 } }]);
  const { jobId } = await request('backup:start', { connection: 'Home', collection: 'large', pin: false });
  await poll(async () => (await lines())[1]).toMatch(/^\(Backing up large, \d+%\)$/);
  const { icon: working, lines: now, tooltip } = await shown();
  expect([working, now[0]]).toEqual(['working', answer]);
  expect(tooltip).toBe(`Vectorkeep: ${now[1]?.slice(1, -1) ?? ''}`);

  await app.answer({ question: 0 });
  await tray.choose('Quit');
  await poll(async () => (await app.dialogs()).at(-1)?.text).toBe('Vectorkeep is still working');
  const { status } = (await request('jobs:list', undefined)).find(({ id }) => id === jobId) ?? {};
  expect(status).toBe('running');
  await request('jobs:cancel', { jobId });
  proxy.setRules([]);
  await poll(icon).toBe('safe');
});

test('a failure is told once, with a button that mends it; the next success takes it away', async () => {
  await hide();
  proxy.setRules([{ path: /collections\/code_index/, fault: { kind: 'answer', status: 403 } }]);
  await tray.choose('Back up now', 'code_index');
  await poll(icon).toBe('failed');
  await poll(async () => (await tray.notifications()).length).toBe(1);
  const [told] = await tray.notifications();
  expect(told).toMatchObject({ title: 'The backup of “code_index” failed', buttons: ['Try again'], closed: false });
  expect(told?.body).toMatch(
    /refuses this key.* Your earlier backups are not affected; the last one is of just now\.$/,
  );
  expect((await lines())[0]).toMatch(/^The last backup of “code_index” failed\./);

  await tray.answerNotification('action');
  await poll(async () => (await request('history:list', { limit: 50, outcome: 'failed' })).entries.length).toBe(2);
  expect(await tray.notifications()).toHaveLength(1);

  proxy.setRules([]);
  await tray.choose('Back up now', 'code_index');
  await poll(icon).toBe('safe');
});

test('a click on a notification opens the window; the next success closes one that is still shown', async () => {
  const failOnce = async (): Promise<void> => {
    proxy.setRules([{ path: /collections\/code_index/, fault: { kind: 'answer', status: 403 } }]);
    const before = (await tray.notifications()).length;
    await tray.choose('Back up now', 'code_index');
    await poll(async () => (await tray.notifications()).length).toBe(before + 1);
    proxy.setRules([]);
  };
  const mend = async (): Promise<void> => {
    await poll(icon).toBe('failed');
    await tray.choose('Back up now', 'code_index');
    await poll(icon).toBe('safe');
  };
  await failOnce();
  await mend();
  expect((await tray.notifications()).at(-1)?.closed).toBe(true);
  await failOnce();
  expect(await isVisible()).toBe(false);
  await tray.answerNotification('click');
  await poll(isVisible).toBe(true);
  await mend();
});

test('pausing and resuming', async () => {
  await tray.choose('Pause', 'For 1 hour');
  await poll(icon).toBe('attention');
  expect((await lines())[0]).toMatch(/^Backups are paused until /);
  await poll(lines).toContain('  Resume backups');
  await tray.choose('Pause', 'Resume backups');
  await poll(icon).toBe('safe');
});

test('a rotation that would delete backups asks first, with numbers; what was not chosen is not ticked', async () => {
  await tray.choose('Rotation', 'Keep the last 7');
  await poll(lines).toContain('  • Keep the last 7');
  await tray.choose('Rotation', 'Keep all');
  await poll(lines).toContain('  • Keep all');
  expect((await app.dialogs()).filter(({ text }) => text.startsWith('Keep only'))).toEqual([]);

  const count = async (): Promise<number> =>
    (await request('backups:list', { collection: 'code_index' })).backups.length;
  for (let n = await count(); n < 9; n++) {
    await request('protection:back-up', { indexes: [{ connection: 'Home', collection: 'code_index' }] });
    await poll(count).toBe(n + 1);
  }
  await poll(icon).toBe('safe');
  await app.answer({ question: 0 });
  await tray.choose('Rotation', 'Keep the last 7');
  await poll(async () => (await app.dialogs()).at(-1)?.text).toBe('Keep only the last 7 backups of each index?');
  expect(await lines()).toContain('  • Keep all');
  await app.answer({ question: 1 });
  await tray.choose('Rotation', 'Keep the last 7');
  await poll(lines).toContain('  • Keep the last 7');
  expect(await count()).toBe(9);
});

test('start with the session: written, read from the system each time, usable, and removed', async () => {
  const file = join(config, 'autostart', 'vectorkeep.desktop');
  const isOn = async (): Promise<boolean | null> => (await request('state:get', undefined)).startsAtLogin;
  expect(await isOn()).toBe(false);
  await request('login:set', { enabled: true });
  expect(await isOn()).toBe(true);
  const exec = /^Exec=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  expect(exec).toContain('--hidden');
  // No argument here needs quotes that a shell would read in another way.
  const again = spawn('sh', ['-c', exec], { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  again.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await hide();
  expect(await once(again, 'close')).toEqual([0, null]);
  expect(printed).toBe('Vectorkeep is already running.\n');
  expect(await isVisible()).toBe(false);
  await request('login:set', { enabled: false });
  expect(await isOn()).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test('whoever ends the session is not asked: work is cancelled, and nothing of it is left', async () => {
  const vault = join(app.files, 'vault');
  const backups = (): string[] => readdirSync(vault, { recursive: true, encoding: 'utf8' }).sort();
  const before = backups();
  const asked = (await app.dialogs()).length;
  proxy.setRules([{ path: /points\/scroll/, fault: { kind: 'delay', ms: 60_000 } }]);
  await tray.choose('Back up now', 'code_index');
  await poll(async () => (await lines())[1]).toMatch(/^\(Backing up code_index/);
  expect(await lines()).toContain('  (code_index)');
  expect((await app.dialogs()).length).toBe(asked);
  const ended = once(app.electron.process(), 'exit');
  const begun = Date.now();
  app.electron.process().kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(Date.now() - begun).toBeLessThan(5000);
  expect(backups().filter((name) => !before.includes(name))).toEqual([]);
});

test('an end does not wait for a server that hangs', async () => {
  proxy.setRules([]);
  app = await launchApp();
  await request('connections:save', { connection: { name: 'Home', kind: 'url', url: proxy.url }, select: true });
  const before = proxy.seen.length;
  proxy.setRules([{ fault: { kind: 'delay', ms: 60_000 } }]);
  // The index is looked at from now on.
  await protect('code_index');
  await poll(() => proxy.seen.length).toBeGreaterThan(before);
  const ended = once(app.electron.process(), 'exit');
  const begun = Date.now();
  app.electron.process().kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(Date.now() - begun).toBeLessThan(5000);
});
