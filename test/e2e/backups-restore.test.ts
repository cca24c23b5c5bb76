/** Restoring from backups in the window: into a new index, some files only, exactly, undone, and an index that was lost. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backupsPage, fileOf, putLines, range, removePoints, type BackupsPage } from '../support/backups-page.ts';
import { countPoints, makeCollection, rest } from '../support/collections.ts';
import { complaintsOf } from '../support/complaints.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let ui: BackupsPage;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 0 });
  await putLines(qdrant.url, 'code', range(1, 400));
  app = await launchApp();
  page = app.page;
  ui = backupsPage(app);
  await connect(app, qdrant.url, { name: 'Test' });
  await ui.chooseVault();
  await ui.openBackupsOf('code');
  await ui.backUp();
  await putLines(qdrant.url, 'code', range(1, 10), (id) => ({ file_path: fileOf(id), line: -id }));
  await putLines(qdrant.url, 'code', [401, 402, 403], () => ({ file_path: 'src/new.ts', line: 0 }));
  await removePoints(qdrant.url, 'code', [20, 40, 60, 80, 100]);
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
});

const lineOf = async (name: string, id: number): Promise<unknown> => {
  const point = await rest(qdrant.url, 'GET', `/collections/${name}/points/${id}`);
  return (point as { payload: { line: unknown } }).payload.line;
};

test('restored into a new index', async () => {
  await ui.button(/^Restore code/).click();
  expect(await page.getByLabel('Name of the new index').inputValue()).toBe('code-restored');
  expect(await look(app, '64-restore-questions')).toEqual([]);
  await ui.preview();
  expect(await ui.tally()).toEqual(['400 added', '0 changed', '0 left alone', '0 removed']);
  expect(await look(app, '65-restore-preview-new')).toEqual([]);
  expect(await rest(qdrant.url, 'GET', '/collections/code-restored/exists')).toEqual({ exists: false });
  await ui.button('Restore').click();
  await ui.restored();
  expect(await ui.counts()).toEqual(['400 added', '0 changed', '0 left as they were', '0 removed']);
  expect(await look(app, '66-restore-done-new')).toEqual([]);
  await ui.done();
  expect(await countPoints(qdrant.url, 'code-restored')).toBe(400);
  expect(await lineOf('code-restored', 7)).toBe(7);
  await rest(qdrant.url, 'DELETE', '/collections/code-restored');
});

test('only the files that match, keeping what is there', async () => {
  await ui.button(/^Restore code/).click();
  await page.getByRole('radio', { name: 'Only some files' }).check();
  expect(await ui.button('See what would happen').isDisabled()).toBe(true);
  await page.getByLabel('Files that match').fill('src/even/**');
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  await ui.preview();
  expect(await ui.tally()).toEqual(['5 added', '0 changed', '195 left alone', '0 removed']);
  await page.getByText('not needed: nothing is overwritten or removed').waitFor();
  await ui.button('Back').click();
  expect(await page.getByLabel('Files that match').inputValue()).toBe('src/even/**');
  await page.keyboard.press('Escape');
});

test('made exactly like the backup, with a safety copy', async () => {
  await ui.button(/^Restore code/).click();
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  await page.getByRole('radio', { name: /^Make it exactly/ }).check();
  expect(await look(app, '67-restore-exact')).toEqual([]);
  await ui.button('See what would happen').click();
  await ui
    .dialog(/what would happen/)
    .getByText('3 points will be removed')
    .waitFor();
  expect(await ui.tally()).toEqual(['5 added', '10 changed', '385 left alone', '3 removed']);
  expect(await look(app, '68-restore-preview', 'restore-preview')).toEqual([]);
  expect(await countPoints(qdrant.url, 'code')).toBe(398);
  await ui.button('Restore, and remove 3 points').click();
  await ui.restored();
  expect(await ui.counts()).toEqual(['5 added', '10 changed', '385 left as they were', '3 removed']);
  expect(await look(app, '69-restore-done')).toEqual([]);
  expect(await countPoints(qdrant.url, 'code')).toBe(400);
  expect(await lineOf('code', 7)).toBe(7);
});

test('and undone from there', async () => {
  await ui.button('Undo restore…').first().click();
  await ui.dialog('Undo the restore into “code”').getByText('5 points will be removed').waitFor();
  expect(await ui.tally()).toEqual(['3 added', '10 changed', '385 left alone', '5 removed']);
  expect(await look(app, '70-undo')).toEqual([]);
  await ui.button('Undo restore').click();
  await ui.restored('Restore undone');
  expect(await look(app, '71-undone')).toEqual([]);
  await ui.done();
  expect(await countPoints(qdrant.url, 'code')).toBe(398);
  expect(await lineOf('code', 7)).toBe(-7);
});

test('safety copies stand in the list, and undo from there too', async () => {
  await expect.poll(() => ui.texts('.mark-safety'), { timeout: 30_000 }).toEqual(['Safety copy', 'Safety copy']);
  expect(await look(app, '72-backups', 'backups')).toEqual([]);
  await ui
    .button(/^Undo restore: /)
    .first()
    .click();
  await ui.dialog('Undo the restore into “code”').getByText('3 points will be removed').waitFor();
  await page.keyboard.press('Escape');
});

test('companion files are put where the person says', async () => {
  const companion = join(app.files, 'index_state.json');
  writeFileSync(companion, '{"seen":398}');
  await app.answer({ open: [companion] });
  await ui.button('More ways to back up').click();
  await ui.button('With companion files…').click();
  await ui.rows().getByText('1 companion file').waitFor();
  const folder = join(app.files, 'put-back');
  mkdirSync(folder);
  await ui
    .rows()
    .first()
    .getByRole('button', { name: /^Restore/ })
    .click();
  await app.answer({ open: [folder] });
  await ui.button('Put them into a folder…').click();
  await page.getByText(folder).waitFor();
  expect(await look(app, '74-restore-companions')).toEqual([]);
  await page.getByLabel('Name of the new index').fill('code-too');
  await ui.button('See what would happen').click();
  await ui.button('Restore').click();
  await ui.dialog('Restore finished').getByText('1 companion file put back').waitFor();
  await ui.done();
  expect(readFileSync(join(folder, 'index_state.json'), 'utf8')).toBe('{"seen":398}');
});

test('a lost index comes back under its name', async () => {
  await rest(qdrant.url, 'DELETE', '/collections/code');
  await ui.button('Home').click();
  await ui.button('Look again').click();
  await page.getByText('“code” is not on this Qdrant any more, and has backups').waitFor();
  expect(await look(app, '76-home-lost')).toEqual([]);
  await ui.button('Show the backups').click();
  await ui
    .rows()
    .last()
    .getByRole('button', { name: /^Restore/ })
    .click();
  expect(await page.getByLabel('Name of the new index').inputValue()).toBe('code');
  await ui.button('See what would happen').click();
  await ui.button('Restore').click();
  await ui.restored();
  await ui.done();
  expect(await countPoints(qdrant.url, 'code')).toBe(400);
});

test('with the keyboard alone', async () => {
  await ui
    .rows()
    .last()
    .getByRole('button', { name: /^More for/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await ui.dialog('Verify this backup').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^More for code/);
  await ui
    .rows()
    .last()
    .getByRole('button', { name: /^Restore/ })
    .focus();
  await page.keyboard.press('Enter');
  await ui.dialog('Restore “code”').waitFor();
  await page.getByLabel('Name of the new index').focus();
  await page.keyboard.press('Enter');
  await ui
    .dialog(/what would happen/)
    .getByText('400')
    .waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/what would happen/);
  await page.keyboard.press('Escape');
});

test('text at twice its size still fits', async () => {
  const zoom = (factor: number): Promise<void> =>
    app.electron.evaluate(({ BrowserWindow }, given) => {
      BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(given);
    }, factor);
  const overflow = (): Promise<boolean> =>
    page.evaluate(() => {
      const box = document.querySelector('dialog .dialog-body') ?? document.documentElement;
      return box.scrollWidth > box.clientWidth + 1;
    });
  await zoom(2);
  expect(await overflow()).toBe(false);
  await ui
    .rows()
    .first()
    .getByRole('button', { name: /^Restore/ })
    .click();
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  expect(await overflow()).toBe(false);
  await page.keyboard.press('Escape');
  await zoom(1);
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});
