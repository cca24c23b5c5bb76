/** Every dialog, with the keyboard alone; and text at twice its size. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { makeCollection } from '../support/collections.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { chooseOnCard } from '../support/index-card.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let app: RunningApp;
let page: Page;
let qdrant: Qdrant;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 30 });
  app = await launchApp();
  page = app.page;
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
});

/** What has the focus, as a screen reader would call it. */
const focused = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return '';
    const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null;
    return element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent;
  });

/** Tabs until `name` has the focus; fails when the round ends without it. */
async function tabTo(name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    const here = await focused();
    if (typeof name === 'string' ? here === name : name.test(here)) {
      const outlined = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      );
      expect([here, outlined]).not.toEqual([here, 'none']);
      return;
    }
    passed.push(here);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(name)} was not reached by Tab: ${passed.join(' > ')}`);
}

const press = (...keys: readonly string[]) =>
  keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());

/** Takes an item of the menu on the card of an index. */
async function chooseOf(index: string, item: string): Promise<void> {
  await tabTo(`More for ${index}`);
  await press('Enter');
  await tabTo(item);
  await press('Enter');
}

test('connecting', async () => {
  await tabTo('Not now');
  await press('Enter');
  await tabTo('Connect…');
  await press('Enter');
  expect(await focused()).toBe('Address');
  await page.keyboard.type(qdrant.url);
  await tabTo('Name');
  await page.keyboard.type('Keys');
  await tabTo('Test connection');
  await press('Space');
  await page.getByText(/answers in/).waitFor();
  await tabTo('Name');
  await press('Enter');
  await page.getByRole('heading', { name: '1 index on Keys' }).waitFor();
});

test('Escape closes a dialog and gives the focus back to where it came from', async () => {
  for (const [opener, title, item] of [
    ['Export…', 'Export an index'],
    ['Import…', 'Import an index'],
    ['More for code', 'Export an index', 'Export code'],
    ['More for code', 'Import an index', 'Import into code'],
  ] as const) {
    await tabTo(opener);
    await press('Enter');
    if (item !== undefined) {
      await tabTo(item);
      await press('Enter');
    }
    await page.getByRole('dialog', { name: title }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe(opener);
  }
});

test('the focus stays inside an open dialog', async () => {
  await chooseOf('code', 'Export code');
  for (let step = 0; step < 12; step += 1) {
    await press('Tab');
    const inside = await page.evaluate(
      // The window's own frame may have its turn; the page behind may not.
      () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
    );
    expect(inside).toBe(true);
  }
  await press('Escape');
});

test('exporting', async () => {
  const path = join(app.files, 'keys.json');
  await app.answer({ save: path });
  await chooseOf('code', 'Export code');
  await tabTo('Compress the file');
  await press('Space');
  await tabTo('Choose where to save…');
  await press('Enter');
  await page.getByRole('dialog', { name: 'Export finished' }).waitFor();
  expect(await focused()).toBe('Export finished');
  await tabTo('Done');
  await press('Enter');
  expect(existsSync(path)).toBe(true);
  expect(await focused()).toBe('More for code');
});

test('importing', async () => {
  await app.answer({ open: [join(app.files, 'keys.json')] });
  await chooseOf('code', 'Import into code');
  await tabTo('Choose a file…');
  await press('Enter');
  await page.getByText('0 new, 30 updated').waitFor();
  await tabTo('An index that exists');
  await press('ArrowDown');
  await tabTo('Name of the new index');
  await press('Control+A');
  await page.keyboard.type('by-keys');
  await press('Enter');
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  await tabTo('Done');
  await press('Enter');
  await page.getByRole('heading', { name: '2 indexes on Keys' }).waitFor();
});

test('settings, and removing a connection', async () => {
  await tabTo('Settings');
  await press('Enter');
  await tabTo('Edit Keys');
  await press('Enter');
  await page.getByRole('dialog', { name: 'Connection “Keys”' }).waitFor();
  await press('Escape');
  expect(await focused()).toBe('Edit Keys');
  await tabTo('Remove Keys');
  await press('Enter');
  // The harmless button comes first.
  await tabTo('Cancel');
  await press('Enter');
  expect(await focused()).toBe('Remove Keys');
});

test('text at twice its size still fits', async () => {
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2));
  const overflow = (): Promise<boolean> =>
    page.evaluate(() => {
      const dialog = document.querySelector('dialog .dialog-body') ?? document.documentElement;
      return dialog.scrollWidth > dialog.clientWidth + 1;
    });
  await page.getByRole('button', { name: 'Home' }).click();
  await page.getByRole('heading', { level: 3, name: 'by-keys' }).waitFor();
  expect(await overflow()).toBe(false);
  await photograph('50-zoom-home');
  await chooseOnCard(page, 'code', 'Export code');
  expect(await overflow()).toBe(false);
  await page.getByRole('button', { name: 'Choose where to save…' }).scrollIntoViewIfNeeded();
  await photograph('51-zoom-export');
  await press('Escape');
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1));
  expect(await look(app, '52-home')).toEqual([]);
});

/** By Electron itself: from outside, only a quarter of a window at twice its size is seen. */
async function photograph(name: string): Promise<void> {
  const png = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
    return image?.toPNG().toString('base64') ?? '';
  });
  mkdirSync(join(root, 'test-results', 'screens'), { recursive: true });
  writeFileSync(join(root, 'test-results', 'screens', `${name}.png`), Buffer.from(png, 'base64'));
}
