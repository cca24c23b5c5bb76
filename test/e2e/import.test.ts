/** Importing into an index that exists: numbers before, counts after, and what is refused. */
import { gunzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPoints, makeCollection, putPoints, rest } from '../support/collections.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { chooseOnCard } from '../support/index-card.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let file: string;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 450 });
  await makeCollection(qdrant.url, { name: 'wider', points: 1, size: 8 });
  app = await launchApp();
  page = app.page;
  await connect(app, qdrant.url, { name: 'Test' });
  file = join(app.files, 'code.json.gz');
  await app.answer({ save: file });
  await chooseOnCard(page, 'code', 'Export code');
  await button('Choose where to save…').click();
  await button('Done').click();
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const radio = (name: string | RegExp) => page.getByRole('radio', { name });

/** Leaves 38 of the file's points in the index, changed, and two that only the index has. */
async function thinOut(): Promise<void> {
  await rest(qdrant.url, 'PUT', '/collections/code/points?wait=true', {
    points: [
      { id: 1001, vector: [1, 2, 3, 4] },
      { id: 1002, vector: [1, 2, 3, 4] },
    ],
  });
  const ids = Array.from({ length: 412 }, (_, index) => index + 39);
  await rest(qdrant.url, 'POST', '/collections/code/points/delete?wait=true', { points: ids });
  await putPoints(qdrant.url, 'code', 1, 38, { payload: { from: 'index', own: true } });
}

async function openFile(path: string): Promise<void> {
  await app.answer({ open: [path] });
  await page.getByRole('button', { name: 'Import…', exact: true }).first().click();
  await button('Choose a file…').click();
}

const payloadOf = async (id: number): Promise<unknown> =>
  ((await rest(qdrant.url, 'GET', `/collections/code/points/${id}`)) as { payload: unknown }).payload;

test('the three strategies say what each would do, and nothing is written for that', async () => {
  await thinOut();
  await openFile(file);
  for (const effect of ['412 new, 38 already there', '412 new, 38 replaced', '412 new, 38 updated']) {
    await page.getByText(effect).waitFor();
  }
  expect(await countPoints(qdrant.url, 'code')).toBe(40);
  await radio(/^Merge both/).scrollIntoViewIfNeeded();
  expect(await look(app, '30-import-strategies', 'import')).toEqual([]);
});

test('keeping what is there', async () => {
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  expect(await counts()).toEqual(['412 new', '0 updated', '38 left as they were']);
  await button('Done').click();
  expect(await countPoints(qdrant.url, 'code')).toBe(452);
  expect(await payloadOf(1)).toEqual({ from: 'index', own: true });
});

test('merging', async () => {
  await thinOut();
  await openFile(file);
  await page.getByText('412 new, 38 updated').waitFor();
  await radio(/^Merge both/).check();
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  expect(await counts()).toEqual(['412 new', '38 updated', '0 left as they were']);
  await button('Done').click();
  expect(await payloadOf(1)).toEqual({ n: 1, from: 'server', own: true, text: 'x'.repeat(10) });
});

test('replacing', async () => {
  await thinOut();
  await openFile(file);
  await page.getByText('412 new, 38 replaced').waitFor();
  await radio(/^Replace with the file/).check();
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  expect(await counts()).toEqual(['412 new', '38 updated', '0 left as they were']);
  await button('Done').click();
  expect(await payloadOf(1)).toEqual({ n: 1, from: 'server', text: 'x'.repeat(10) });
});

test('an index of another shape is refused, with a way out', async () => {
  await openFile(file);
  await page.getByText('450 already there').waitFor();
  await page.getByRole('combobox', { name: 'Index' }).selectOption('wider');
  await page.getByRole('alert').getByText('does not fit').waitFor();
  expect(await look(app, '31-import-misfit')).toEqual([]);
  expect(await button('Import').isDisabled()).toBe(true);
  await button('Import into a new index').click();
  expect(await page.getByLabel('Name of the new index').inputValue()).toBe('code-2');
  await page.getByLabel('Name of the new index').fill('wider');
  await page.getByText('There is already an index with this name.').waitFor();
  expect(await button('Import').isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
});

/** The model that the connection's indexes are made with, as the person tells it in the settings. */
async function setModel(model: string): Promise<void> {
  await button('Settings').click();
  await button('Edit Test').click();
  await page.getByLabel('Embedding model').fill(model);
  await button('Save').click();
  await button('Home').click();
  await page.getByRole('listitem').filter({ hasText: model }).first().waitFor();
}

test('another model needs a tick', async () => {
  await setModel('model-of-the-file');
  const other = join(app.files, 'other-model.json.gz');
  await app.answer({ save: other });
  await chooseOnCard(page, 'code', 'Export code');
  await button('Choose where to save…').click();
  await button('Done').click();
  await setModel('model-of-the-index');
  await openFile(other);
  await page.getByText('Made with different models').waitFor();
  await page.getByText('452 already there').waitFor();
  expect(await button('Import').isDisabled()).toBe(true);
  expect(await look(app, '32-import-models')).toEqual([]);
  await page.getByRole('checkbox', { name: 'Import anyway' }).check();
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  await button('Done').click();
});

test('a damaged file is named with its place, and nothing is written', async () => {
  const damaged = join(app.files, 'damaged.json');
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  const broken = text.replace(/("id":17,.*?"vector":\[)/, '$19,');
  expect(broken).not.toBe(text);
  writeFileSync(damaged, broken);
  const before = await countPoints(qdrant.url, 'code');
  await openFile(damaged);
  await page.getByRole('dialog', { name: 'This file is damaged' }).waitFor();
  await page.getByText(/5 dimensions where 4 were expected \(byte \d+, point 17\)/).waitFor();
  expect(await look(app, '33-import-damaged')).toEqual([]);
  expect(await countPoints(qdrant.url, 'code')).toBe(before);

  writeFileSync(damaged, 'no json at all');
  await button('Choose another file…').click();
  await page.getByRole('alert').getByText('damaged.json cannot be imported').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a file dropped on the window opens the dialog with it', async () => {
  // A real drop ends in a file input as far as the page can tell: both give a File with a path behind it.
  const path = await page.evaluateHandle(() => {
    const input = document.createElement('input');
    input.type = 'file';
    document.body.append(input);
    return input;
  });
  await path.asElement().setInputFiles(file);
  await page.evaluate((input) => {
    const data = new DataTransfer();
    const dropped = input.files?.[0];
    if (dropped !== undefined) data.items.add(dropped);
    document.querySelector('main')?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    input.remove();
  }, path);
  await page.getByRole('dialog').getByText('450 points').first().waitFor();
  await page.keyboard.press('Escape');
});

/** The counts on the result card. */
async function counts(): Promise<string[]> {
  const texts = await page.locator('.counts li').allTextContents();
  return texts.map((text) => text.trim().replace(/\s+/g, ' '));
}
