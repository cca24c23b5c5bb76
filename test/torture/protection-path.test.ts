/** From nothing to an index that is kept safe by itself, over a server that goes away and comes back. In real time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCollection } from '../support/collections.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { button, emptyFolder, heading } from '../support/setup-page.ts';
import { watchTray, type WatchedTray } from '../support/tray.ts';
import { request } from '../support/window-requests.ts';

/** Until the next minute begins, and for a slow machine. */
const A_MINUTE = { timeout: 110_000, interval: 250 };

let qdrant: Qdrant;
let proxy: Proxy;
let app: RunningApp;
let tray: WatchedTray;
beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 400 });
  proxy = await startProxy(qdrant.url);
  app = await launchApp({ env: { QDRANT_URL: proxy.url } });
  tray = await watchTray(app);
});
afterAll(async () => {
  await app.close();
  await proxy.stop();
  await qdrant.stop();
});

const icon = async (): Promise<string | undefined> => (await tray.shown())?.icon;
const backups = async (): Promise<string[]> =>
  (await request(app, 'backups:list', {})).backups.map(({ reason }) => reason);
const card = () => app.page.getByRole('listitem').filter({ has: app.page.getByRole('heading', { name: 'code' }) });

test('the setup ends with a verified backup', async () => {
  const { page } = app;
  await button(page, 'Use it').click();
  await button(page, 'Continue').click();
  await app.answer({ open: [emptyFolder(app)] });
  await button(page, 'Choose another folder…').click();
  await button(page, 'Start the first backup').click();
  await heading(page, 'Your indexes are safe').waitFor();
  await button(page, 'Done').click();
  await heading(page, /^“code” is safe\. Last backup just now/).waitFor();
  expect(await backups()).toEqual(['manual']);
});

test('the first scheduled backup comes by itself', async () => {
  const connection = (await request(app, 'state:get', undefined)).current ?? '';
  const schedule = { kind: 'cron', expression: '* * * * *' } as const;
  await request(app, 'protection:set-schedule', { connection, collection: null, schedule });
  await expect.poll(async () => (await backups()).includes('scheduled'), A_MINUTE).toBe(true);
  await expect.poll(icon, A_MINUTE).toBe('safe');
  await card().getByText('Safe', { exact: true }).waitFor();
});

test('a server that went away is told by tray, notification and card', async () => {
  // Whoever has the window before their eyes needs no notification.
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  await proxy.refuse();
  await expect.poll(icon, A_MINUTE).toBe('failed');
  expect((await tray.shown())?.lines[0]).toMatch(/^The last backup of “code” failed\. Last good backup/);
  await expect
    .poll(() => tray.notifications(), A_MINUTE)
    .toMatchObject([{ title: 'The backup of “code” failed', closed: false }]);
  await card().getByText('Failing', { exact: true }).waitFor();
  await heading(app.page, /^The last backup of “code” failed/).waitFor();
});

test('and one backup makes all of it good again', async () => {
  const before = (await backups()).length;
  await proxy.accept();
  await expect.poll(icon, A_MINUTE).toBe('safe');
  expect((await backups()).length).toBeGreaterThan(before);
  await card().getByText('Safe', { exact: true }).waitFor();
  await heading(app.page, /^“code” is safe\. Last backup/).waitFor();
  await expect.poll(async () => (await tray.notifications()).map(({ closed }) => closed), A_MINUTE).toEqual([true]);
});
