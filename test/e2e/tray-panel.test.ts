/** The tray as a person sees it: in a real panel, with a real pointer. The pictures are kept for the documentation. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { makeCollection } from '../support/collections.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { startPanel, type Panel } from '../support/panel.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { request } from '../support/window-requests.ts';

/** As scripts/draw-icons.mjs draws them. */
const GREEN = '#0f9580';
const AMBER = '#e0a11b';
const RED = '#d43d2c';
const folder = join(root, 'test-results', 'tray');
const config = mkdtempSync(join(tmpdir(), 'vectorkeep-panel-'));
let app: RunningApp;
let panel: Panel;
let qdrant: Qdrant;
let proxy: Proxy;

/** Waits for what may take its time on a busy machine. */
const poll = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 30_000 });

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  panel = await startPanel(config);
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code_index', points: 40 });
  await makeCollection(qdrant.url, { name: 'docs & notes', points: 40 });
  await makeCollection(qdrant.url, { name: 'handbook', points: 40 });
  await makeCollection(qdrant.url, { name: 'archive', points: 6000, text: 2000 });
  proxy = await startProxy(qdrant.url);
  app = await launchApp({ env: panel.env });
  await app.answer({ open: [join(app.files, 'vault')] });
  await request(app, 'vault:choose', undefined);
  await request(app, 'connections:save', { connection: { name: 'Home', kind: 'url', url: proxy.url }, select: true });
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
});
afterAll(async () => {
  await app.close();
  await panel.stop();
  await proxy.stop();
  await qdrant.stop();
  rmSync(config, { recursive: true, force: true });
});

const view = () => request(app, 'protection:get', undefined);
const backUp = (collection: string) =>
  request(app, 'protection:back-up', { indexes: [{ connection: 'Home', collection }] });
const seen = (colour: string) => poll(() => panel.find(colour)).not.toBeNull();
const place = (colour: string) => panel.find(colour) ?? { x: 0, y: 0 };
const shapes = new Set<string>();

/** In light and dark, with the menu, and a submenu by its place from the end; kept for the documentation when UPDATE_PICTURES=1. */
async function photograph(name: string, colour: string, submenu?: number): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await panel.setDark(theme === 'dark');
    await seen(colour);
    const at = place(colour);
    if (theme === 'light') shapes.add(panel.shape(at, colour));
    await panel.openMenu(at);
    if (submenu !== undefined) await panel.openSubmenu(submenu);
    const file = `tray-${name}-${theme}.png`;
    panel.picture(join(folder, file), { x: 190, width: 710, height: 330 });
    if (process.env['UPDATE_PICTURES'] === '1') copyFileSync(join(folder, file), join(root, 'docs', 'pictures', file));
    panel.keys('Escape', 'Escape');
  }
  await panel.setDark(false);
}

test('four states, told apart by shape; the menu opens where the icon is, and it and a click open the window', async () => {
  await seen(AMBER);
  for (const collection of ['code_index', 'docs & notes', 'handbook']) {
    const schedule = { kind: 'daily' as const, times: ['02:30'] };
    await request(app, 'protection:set-schedule', { connection: 'Home', collection, schedule });
  }
  await photograph('attention', AMBER);

  await request(app, 'protection:back-up', {});
  await poll(async () => (await view()).tone).toBe('safe');
  await seen(GREEN);
  await photograph('safe', GREEN);
  // Quit, Settings, Import, Export, Open, Rotation.
  await photograph('rotation', GREEN, 6);

  proxy.setRules([{ path: /points\/scroll/, after: 3, fault: { kind: 'delay', ms: 60_000 } }]);
  const { jobId } = await request(app, 'backup:start', { connection: 'Home', collection: 'archive', pin: false });
  const job = async () => (await request(app, 'jobs:list', undefined)).find(({ id }) => id === jobId);
  await poll(async () => (await job())?.progress.totalPoints).toBe(6000);
  await photograph('working', GREEN);
  await request(app, 'jobs:cancel', { jobId });
  await poll(async () => (await job())?.status).toBe('cancelled');

  proxy.setRules([{ path: /collections\/code_index/, fault: { kind: 'answer', status: 403 } }]);
  await backUp('code_index');
  await seen(RED);
  await photograph('failed', RED);
  expect(shapes.size).toBe(4);

  const window = () => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await panel.openMenu(place(RED));
  // From the end of the menu upwards: Quit, Settings, Import, Export, Open.
  panel.keys('Up', 'Up', 'Up', 'Up', 'Up', 'Return');
  await poll(window).toBe(true);
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  await poll(window).toBe(false);
  panel.click(place(RED));
  await poll(window).toBe(true);
});
