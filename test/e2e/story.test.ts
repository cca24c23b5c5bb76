/** The main job from end to end: first run, sample data, export, import into a new index. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { complaintsOf } from '../support/complaints.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await launchApp();
});
afterAll(async () => {
  await app.close();
});

test('first run offers a Qdrant of one’s own or sample data', async () => {
  expect(await look(app, '01-first-run')).toEqual([]);
});

test('sample data comes with the built-in Qdrant', async () => {
  await app.page.getByRole('button', { name: 'Start with sample data' }).click();
  await app.page.getByRole('heading', { name: 'What is to be kept?' }).waitFor({ timeout: 60_000 });
  await app.page.getByRole('button', { name: 'Not now' }).click();
  await app.page.getByRole('heading', { name: '1 index on Built-in Qdrant' }).waitFor({ timeout: 60_000 });
  await app.page.getByText('2,080 points', { exact: false }).first().waitFor();
  expect(await look(app, '02-home')).toEqual([]);
});

test('an index is exported to the place that was chosen', async () => {
  const { page } = app;
  const path = join(app.files, 'kept.json.gz');
  await app.answer({ save: path });
  await page.getByRole('button', { name: /^More for / }).click();
  await page.getByRole('button', { name: /^Export / }).click();
  await page.getByRole('dialog', { name: 'Export an index' }).waitFor();
  expect(await look(app, '03-export', 'export')).toEqual([]);
  await page.getByRole('button', { name: 'Choose where to save…' }).click();
  await page.getByRole('dialog', { name: 'Export finished' }).waitFor();
  expect(await look(app, '04-export-done')).toEqual([]);
  expect(existsSync(path) && statSync(path).size).toBeGreaterThan(1000);
  expect((await app.dialogs()).at(-1)?.defaultPath).toMatch(/-\d{4}-\d\d-\d\d-\d{6}\.json\.gz$/);
  await page.getByRole('button', { name: 'Done' }).click();
});

test('the file is summarised, then imported into a new index', async () => {
  const { page } = app;
  await app.answer({ open: [join(app.files, 'kept.json.gz')] });
  await page.getByRole('button', { name: 'Import…', exact: true }).first().click();
  expect(await look(app, '05-import')).toEqual([]);
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  await page.getByText('0 new, 2,080 already there').waitFor();
  expect(await look(app, '06-import-plan')).toEqual([]);
  await page.getByRole('radio', { name: 'A new index' }).check();
  await page.getByLabel('Name of the new index').fill('second');
  expect(await look(app, '07-import-new')).toEqual([]);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  await page.getByText('2,080 new').waitFor();
  expect(await look(app, '08-import-done')).toEqual([]);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('heading', { name: '2 indexes on Built-in Qdrant' }).waitFor();
  expect(await look(app, '09-home-two')).toEqual([]);
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});
