/** Telling the app of a Qdrant: live test, wrong key, nobody there, and a key that never comes back. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Conf from 'conf';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSettings } from '../../main/settings/settings.ts';
import { makeCollection } from '../support/collections.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const KEY = 'k3y-that-must-never-show-itself';
let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let proxy: Proxy;

beforeAll(async () => {
  qdrant = await startQdrant({ env: { QDRANT__SERVICE__API_KEY: KEY } });
  await makeCollection(qdrant.url, { name: 'code', points: 20, apiKey: KEY });
  proxy = await startProxy(qdrant.url);
  const home = join(await mkdtemp(join(tmpdir(), 'vectorkeep-home-')), 'home');
  // Any free port, so that an app that is in use on this machine is no hindrance.
  openSettings({ Store: Conf, dir: home }).setEndpoint({ port: 0 });
  app = await launchApp({ home });
  page = app.page;
});
afterAll(async () => {
  await app.close();
  await proxy.stop();
  await qdrant.stop();
  await rm(dirname(app.home), { recursive: true, force: true });
});

const button = (name: string | RegExp) => page.getByRole('button', { name });

test('what cannot be an address is told beside the field', async () => {
  await button('Not now').click();
  await button('Connect…').click();
  expect(await look(app, '10-connection')).toEqual([]);
  await button('Test connection').click();
  await page.getByText('Type the address of your Qdrant.').waitFor();
  await page.getByLabel('Address').fill('https://me:secret@example.org');
  await button('Save').click();
  await page.getByText('Leave user names and passwords out of the address').waitFor();
  expect(await look(app, '11-connection-address')).toEqual([]);
});

test('the live test names a wrong key, then says what answers', async () => {
  await page.getByLabel('Address').fill(proxy.url.replace('http://', ''));
  await page.getByLabel('API key').fill('wrong');
  await button('Test connection').click();
  await page.getByRole('alert').getByText('refuses this key').waitFor();
  expect(await look(app, '12-connection-wrong-key')).toEqual([]);
  expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('password');
  await page.getByLabel('API key').fill(KEY);
  await button('Test connection').click();
  await page.getByText(/Qdrant 1\.\d+\.\d+ answers in [\d,]+ ms and has 1 index\./).waitFor();
  expect(await look(app, '13-connection-good')).toEqual([]);
});

test('saving shows what is there', async () => {
  await page.getByLabel('Name').fill('Guarded');
  await button('Save').click();
  await page.getByRole('heading', { name: '1 index on Guarded' }).waitFor();
  await page.getByRole('status').getByText('“Guarded” saved').waitFor();
});

test('the key can be used and not read', async () => {
  const everything = await page.evaluate(async () => {
    const { vectorkeep } = window as unknown as { vectorkeep: { request(c: string, i?: unknown): Promise<unknown> } };
    return JSON.stringify([
      await vectorkeep.request('state:get'),
      await vectorkeep.request('connections:select', { name: 'Guarded' }),
      await vectorkeep.request('jobs:list'),
      document.documentElement.outerHTML,
      Object.entries(localStorage),
    ]);
  });
  expect(everything).toContain('Guarded');
  expect(everything).not.toContain(KEY);

  await button('Settings').click();
  await button('Edit Guarded').click();
  expect(await page.getByLabel('API key').inputValue()).toBe('');
  expect(await look(app, '14-connection-edit')).toEqual([]);
  await button('Test connection').click();
  await page.getByText(/answers in/).waitFor();
  await button('Cancel').click();

  const files = allFiles(app.home).filter((path) => statSync(path).size < 5_000_000);
  expect(files.some((path) => path.endsWith('settings.json'))).toBe(true);
  expect(files.filter((path) => readFileSync(path).includes(KEY))).toEqual([]);
  expect(app.printed.join('\n')).not.toContain(KEY);
});

test('a key stays with the address it was given for', async () => {
  await button('Edit Guarded').click();
  await page.getByLabel('Address').fill('http://127.0.0.1:9');
  await page.getByText('The key that is kept belongs to the old address.').waitFor();
  await page.keyboard.press('Escape');
  expect(await look(app, '15-settings', 'settings')).toEqual([]);
});

test('nobody there: a card, and it mends itself when asked', async () => {
  await proxy.refuse();
  await button('Home').click();
  await button('Look again').click();
  await page.getByRole('alert').getByText('Could not reach Qdrant').waitFor();
  await page.getByText('Your indexes and exports are not affected.').waitFor();
  expect(await look(app, '16-unreachable', 'unreachable')).toEqual([]);
  await button('Copy details').click();
  await page.getByText('Details copied').waitFor();
  const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
  expect(copied).toContain('QDRANT_UNREACHABLE');
  expect(copied).not.toContain(KEY);
  await button('Change address').click();
  await page.getByRole('dialog', { name: 'Connection “Guarded”' }).waitFor();
  await page.keyboard.press('Escape');
});

test('asked to export while nobody is there, it says so, and no dialog comes up later', async () => {
  // A window that has never seen a list of indexes.
  await page.reload();
  await page.getByRole('alert').getByText('Could not reach Qdrant').waitFor();
  await app.electron.evaluate(({ Menu }) => {
    const [file] = Menu.getApplicationMenu()?.items ?? [];
    file?.submenu?.items.find(({ label }) => label === 'Export…')?.click();
  });
  await page.getByText('“Guarded” cannot be used right now', { exact: true }).nth(1).waitFor();
  expect(await look(app, '16a-export-unreachable')).toEqual([]);
  await proxy.accept();
  await button('Try again').click();
  await page.getByRole('heading', { name: '1 index on Guarded' }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('a file dropped while a dialog is open is answered in words', async () => {
  await button('Export…').click();
  await page.getByRole('dialog').waitFor();
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['{}'], 'a.json'));
    document.querySelector('main')?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
  });
  await page.getByText('Close what is open first').waitFor();
  await page.keyboard.press('Escape');
});

test('one that does not work is saved only when that is wanted, and is not the one in use then', async () => {
  await button('Settings').click();
  await button('Add connection…').click();
  await page.getByLabel('Address').fill('http://127.0.0.1:9');
  await page.getByLabel('Name').fill('Nowhere');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').getByText('Could not reach Qdrant').waitFor();
  expect(await page.getByLabel('Address').evaluate((field) => field === document.activeElement)).toBe(true);
  expect(await look(app, '16b-connection-nobody')).toEqual([]);
  await button('Save anyway').click();
  await page.getByText('“Nowhere” saved').waitFor();
  await button('Use Nowhere').waitFor();
  expect(await button('Use Guarded').count()).toBe(0);
  await button('Remove Nowhere').click();
  await button('Remove connection').click();
  await page.getByText('“Nowhere” removed').waitFor();
});

test('several connections can be switched, and removed after a question', async () => {
  const plain = await startQdrant();
  try {
    await button('Settings').click();
    await button('Add connection…').click();
    await page.getByLabel('Address').fill(plain.url);
    await button('Save').click();
    await button('Home').click();
    await page.getByRole('heading', { name: /^No indexes on 127\.0\.0\.1/ }).waitFor();
    expect(await look(app, '17-home-empty')).toEqual([]);
    await page.getByLabel('Connection').selectOption('Guarded');
    await page.getByRole('heading', { name: '1 index on Guarded' }).waitFor();

    for (let index = 0; index < 12; index += 1) {
      await makeCollection(plain.url, { name: `tenant-${index + 1}-index`, points: index === 0 ? 3 : 0 });
    }
    await makeCollection(plain.url, { name: 'long-name-'.repeat(25), points: 1 });
    await page.getByLabel('Connection').selectOption({ index: 1 });
    await page.getByRole('heading', { name: /^13 indexes on/ }).waitFor();
    expect(await look(app, '18-home-many')).toEqual([]);
    await page.getByLabel('Find an index').fill('tenant-7');
    await page.getByText('1 index found').waitFor();
    await page.getByLabel('Find an index').fill('long-name');
    expect(await look(app, '19-home-long-name')).toEqual([]);

    await button('Settings').click();
    await button('Remove Guarded').click();
    expect(await look(app, '20-remove')).toEqual([]);
    await button('Remove connection').click();
    await page.getByText('“Guarded” removed').waitFor();
    expect(await button('Edit Guarded').count()).toBe(0);
  } finally {
    await plain.stop();
  }
});

function allFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
