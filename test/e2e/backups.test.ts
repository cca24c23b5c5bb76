/** Backups in the window: taken, listed, compared, pinned, exported, verified, damaged; and a folder that is gone. */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backupsPage, fileOf, putLines, range, removePoints, type BackupsPage } from '../support/backups-page.ts';
import { makeCollection } from '../support/collections.ts';
import { complaintsOf } from '../support/complaints.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const LONG = `index-of-${'a-repository-with-a-long-name-'.repeat(4)}main`;
let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let ui: BackupsPage;
let vault: string;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 0 });
  await putLines(qdrant.url, 'code', range(1, 400));
  await makeCollection(qdrant.url, { name: LONG, points: 12 });
  app = await launchApp();
  page = app.page;
  ui = backupsPage(app);
  await connect(app, qdrant.url, { name: 'Test' });
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
});

test('before the first backup Home says so, and the folder is chosen', async () => {
  await page.getByText('No index has a verified backup yet').waitFor();
  expect(await page.getByText('Never backed up').count()).toBe(2);
  await ui.button('Backups').click();
  await page.getByText('There is no backup yet.').waitFor();
  vault = await ui.chooseVault();
  expect(await look(app, '60-backups-none')).toEqual([]);
  await ui.openBackupsOf('code');
  expect(await look(app, '61-backups-none-of-one')).toEqual([]);
});

test('one press takes a backup, and Home tells the truth about it', async () => {
  await ui.button('Home').click();
  await ui.button('Back up now: code').click();
  await page.getByText('Last backup just now, verified').waitFor();
  await page.getByText('1 of 2 indexes has a verified backup').waitFor();
  await ui.button(`Back up now: ${LONG}`).click();
  await page.getByText('All 2 indexes have a verified backup').waitFor();
  expect(await look(app, '62-home-backed-up')).toEqual([]);
});

test('a long name leaves room for what is said about it', async () => {
  await ui.openBackupsOf(LONG);
  expect(await ui.texts('h1')).toEqual(['Backups of “index-of-a-repository-…-with-a-long-name-main”']);
  expect(await look(app, '82-long-name')).toEqual([]);
  await ui.button(/^Restore index-of/).click();
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  await page.getByRole('radio', { name: /^Make it exactly/ }).check();
  expect(await look(app, '83-restore-long-name')).toEqual([]);
  await page.keyboard.press('Escape');
  await ui.button('Backups').click();
  expect(await look(app, '84-backups-of-all')).toEqual([]);
});

test('what changed since, by file', async () => {
  await putLines(qdrant.url, 'code', range(1, 10), (id) => ({ file_path: fileOf(id), line: -id }));
  await putLines(qdrant.url, 'code', [401, 402, 403], () => ({ file_path: 'src/new.ts', line: 0 }));
  await removePoints(qdrant.url, 'code', [20, 40, 60, 80, 100]);
  await ui.openBackupsOf('code');
  await ui.choose(ui.rows().first(), 'What changed…');
  await ui.dialog('What changed in “code”').getByText('added').first().waitFor();
  expect(await ui.tally()).toEqual(['3 added', '10 changed', '5 removed', '385 the same']);
  expect(await ui.texts('dialog tbody tr')).toContain('src/new.ts300');
  expect(await look(app, '63-what-changed')).toEqual([]);
  await ui.button('Close').last().click();
});

test('a pin stays', async () => {
  const pin = ui
    .rows()
    .last()
    .getByRole('button', { name: /^Pinned/ });
  await pin.click();
  await expect.poll(() => pin.getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('true');
  await ui.button('Look again').click();
  await expect.poll(() => pin.getAttribute('aria-pressed'), { timeout: 30_000 }).toBe('true');
});

test('two backups compared', async () => {
  await ui.backUp();
  await ui.choose(ui.rows().first(), 'What changed…');
  await ui.dialog('What changed in “code”').getByText('Nothing changed').waitFor();
  const select = ui.dialog('What changed in “code”').getByRole('combobox');
  await select.selectOption({ index: (await select.locator('option').count()) - 1 });
  await ui.dialog('What changed in “code”').getByText('added').first().waitFor();
  expect(await ui.tally()).toEqual(['3 added', '10 changed', '5 removed', '385 the same']);
  await page.keyboard.press('Escape');
});

test('a backup as a file, without any Qdrant', async () => {
  const path = join(app.files, 'from-backup.json');
  await app.answer({ save: path });
  await ui.choose(ui.rows().first(), 'Export as file…');
  await page.getByRole('checkbox', { name: 'Compress the file' }).uncheck();
  await ui.button('Choose where to save…').click();
  await ui.dialog('Export finished').getByText('398 points exported').waitFor();
  expect(await look(app, '73-backup-exported')).toEqual([]);
  await ui.done();
  expect(
    (JSON.parse(readFileSync(path, 'utf8')) as { metadata: { total_vectors: number } }).metadata.total_vectors,
  ).toBe(398);
});

test('an index that shrank keeps its good backups until the person says that this is fine', async () => {
  await removePoints(qdrant.url, 'code', range(1, 390));
  await ui.backUp();
  await page.getByText(/“code” shrank from 398 to \d+ points/).waitFor();
  expect(await look(app, '75-shrank')).toEqual([]);
  await ui.button(/^That is fine/).click();
  await page.getByText(/“code” shrank/).waitFor({ state: 'detached' });
});

test('all are whole', async () => {
  await ui.button('Verify all…').click();
  expect(await look(app, '77-verify')).toEqual([]);
  await ui.button('Verify').click();
  await ui
    .dialog('Verification finished')
    .getByText(/All \d+ backups are whole/)
    .waitFor();
  expect(await look(app, '78-verified')).toEqual([]);
  await ui.done();
});

test('a damaged file is found, named, and its backup is not restored from', async () => {
  const folder = readdirSync(vault).find((name) => name.startsWith('code-'));
  const segments = join(vault, folder ?? '', 'segments');
  // The largest holds the first backup's points.
  const [largest = ''] = readdirSync(segments)
    .map((name) => join(segments, name))
    .sort((a, b) => readFileSync(b).length - readFileSync(a).length);
  const bytes = readFileSync(largest);
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 0x40, middle);
  writeFileSync(largest, bytes);
  await ui.choose(ui.rows().last(), 'Verify…');
  await ui.button('Verify').click();
  await page.getByRole('alert').getByText('This backup is damaged').waitFor();
  expect(await look(app, '79-damaged')).toEqual([]);
  await ui.button('Choose another backup').click();
  await ui
    .rows()
    .last()
    .getByRole('button', { name: /^Restore/ })
    .click();
  await ui.button('See what would happen').click();
  await page.getByRole('alert').waitFor();
  expect(await look(app, '80-restore-damaged')).toEqual([]);
  await ui.button('Choose another backup').click();
  await page.getByLabel('Name of the new index').waitFor();
  await page.keyboard.press('Escape');
});

test('a folder of backups that is gone is said, with a way to choose another', async () => {
  renameSync(vault, `${vault}-away`);
  await ui.button('Look again').click();
  await page.getByRole('alert').waitFor();
  expect(await look(app, '81-vault-gone')).toEqual([]);
  await app.answer({ open: [`${vault}-away`] });
  await ui.button('Choose folder…').click();
  await ui.rows().first().waitFor();
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});
