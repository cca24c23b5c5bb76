/** Work that is stopped, hidden, or cut off: nothing half-done is left, and it can be done again. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPoints, makeCollection } from '../support/collections.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { chooseOnCard } from '../support/index-card.ts';
import { look } from '../support/pictures.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const POINTS = 6000;
let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let proxy: Proxy;
let file: string;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: POINTS, text: 2000 });
  proxy = await startProxy(qdrant.url);
  app = await launchApp();
  page = app.page;
  await connect(app, proxy.url, { name: 'Slow' });
  file = join(app.files, 'code.json.gz');
});
afterAll(async () => {
  await app.close();
  await proxy.stop();
  await qdrant.stop();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
/** Everything after the first requests of a kind waits for seconds, so that there is time to look and to act. */
const hold = (path: RegExp, after: number): void => {
  proxy.setRules([{ path, after, fault: { kind: 'delay', ms: 8000 } }]);
};

async function startExport(path: string): Promise<void> {
  await app.answer({ save: path });
  await chooseOnCard(page, 'code', 'Export code');
  await button('Choose where to save…').click();
}

test('an export shows how far it is, and cancelling leaves nothing', async () => {
  hold(/points\/scroll/, 2);
  await startExport(file);
  const bar = page.getByRole('dialog').getByRole('progressbar');
  await bar.waitFor();
  await page.getByText(new RegExp(`of ${POINTS.toLocaleString('en')} points`)).waitFor();
  expect(await look(app, '40-export-running')).toEqual([]);
  const begun = Date.now();
  await button('Cancel export').click();
  await page.getByRole('dialog', { name: 'Export an index' }).waitFor();
  expect(Date.now() - begun).toBeLessThan(2000);
  expect(readdirSync(app.files).filter((name) => name !== 'home')).toEqual([]);
  await page.keyboard.press('Escape');
});

test('a hidden export goes on, is shown on Home, and ends there', async () => {
  hold(/points\/scroll/, 2);
  await startExport(file);
  await page.getByRole('dialog').getByRole('progressbar').waitFor();
  await page.keyboard.press('Escape');
  const activity = page.getByRole('region', { name: 'Activity' });
  await activity.getByRole('heading', { name: 'Exporting “code”' }).waitFor();
  expect(await look(app, '41-activity')).toEqual([]);
  proxy.setRules([]);
  await activity.getByText('Finished').waitFor();
  await button('Details: Export of “code”').click();
  await page.getByText('6,000 points exported from “code”').waitFor();
  await page.keyboard.press('Escape');
  await button('Dismiss: Export of “code”').click();
  expect(await activity.count()).toBe(0);
  expect(readdirSync(app.files).filter((name) => name !== 'home')).toEqual(['code.json.gz']);
});

test('an export that fails says so and leaves the file from before alone', async () => {
  proxy.setRules([{ path: /points\/scroll/, after: 2, fault: { kind: 'answer', status: 403, body: '{}' } }]);
  await startExport(file);
  await page.getByRole('dialog', { name: 'Export failed' }).waitFor();
  expect(await look(app, '42-export-failed')).toEqual([]);
  expect(readdirSync(app.files).filter((name) => name !== 'home')).toEqual(['code.json.gz']);
  proxy.setRules([]);
  await page.keyboard.press('Escape');
});

test('an import is cancelled, and the same again finishes it', async () => {
  await app.answer({ open: [file] });
  await button('Import…').first().click();
  await button('Choose a file…').click();
  await page.getByRole('radio', { name: 'A new index' }).check();
  await page.getByLabel('Name of the new index').fill('copy');
  hold(/collections\/copy\/points/, 1);
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Importing into “copy”' }).waitFor();
  await page.getByText(new RegExp(`[1-9][\\d,]* of ${POINTS.toLocaleString('en')} points`)).waitFor();
  expect(await look(app, '43-import-running', 'progress')).toEqual([]);
  await button('Cancel import').click();
  await page.getByRole('dialog', { name: 'Import an index' }).waitFor();
  proxy.setRules([]);
  await page.keyboard.press('Escape');

  await button('Look again').click();
  await page.getByRole('heading', { level: 3, name: 'copy' }).waitFor();
  expect(await countPoints(qdrant.url, 'copy')).toBeLessThan(POINTS);
  await chooseOnCard(page, 'copy', 'Import into copy');
  await button('Choose a file…').click();
  await page.getByText(/[\d,]+ new, [\d,]+ already there/).waitFor();
  await button('Import').click();
  await page.getByRole('dialog', { name: 'Import finished' }).waitFor();
  expect(await countPoints(qdrant.url, 'copy')).toBe(POINTS);
  await button('Done').click();
});

test('quitting while it works asks first; staying keeps the work, leaving cancels it cleanly', async () => {
  hold(/points\/scroll/, 2);
  const other = join(app.files, 'never.json.gz');
  await startExport(other);
  await page.getByRole('dialog').getByRole('progressbar').waitFor();
  await app.answer({ question: 0 });
  await app.electron.evaluate(({ app: running }) => running.quit());
  await expect.poll(async () => (await app.dialogs()).at(-1)?.text).toBe('Vectorkeep is still working');
  expect(await page.getByRole('dialog').getByRole('progressbar').count()).toBe(1);

  await app.answer({ question: 1 });
  const ended = new Promise((resolve) => app.electron.process().once('exit', resolve));
  await app.electron.evaluate(({ app: running }) => running.quit());
  expect(await ended).toBe(0);
  expect(readdirSync(app.files).filter((name) => name.includes('never'))).toEqual([]);
});
