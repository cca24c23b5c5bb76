/** Backups and restores that take their time: progress, cancelling, hiding, and what is left. */
import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backupsPage, putLines, range, removePoints, type BackupsPage } from '../support/backups-page.ts';
import { countPoints, makeCollection } from '../support/collections.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const POINTS = 6000;
let app: RunningApp;
let page: Page;
let qdrant: Qdrant;
let proxy: Proxy;
let ui: BackupsPage;
let vault: string;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: POINTS, text: 2000 });
  proxy = await startProxy(qdrant.url);
  app = await launchApp();
  page = app.page;
  ui = backupsPage(app);
  await connect(app, proxy.url, { name: 'Slow' });
  vault = await ui.chooseVault();
  await ui.openBackupsOf('code');
});
afterAll(async () => {
  await app.close();
  await proxy.stop();
  await qdrant.stop();
});

/** Everything after the first requests of a kind waits for seconds, so that there is time to look and to act. */
const hold = (path: RegExp, after: number): void => {
  proxy.setRules([{ path, after, fault: { kind: 'delay', ms: 8000 } }]);
};
const activity = () => page.getByRole('region', { name: 'Activity' });

test('a backup shows how far it is, and one that is cancelled counts for nothing', async () => {
  hold(/points\/scroll/, 2);
  await ui.button('Back up now').first().click();
  await activity()
    .getByText(`of ${POINTS.toLocaleString('en')} points`)
    .waitFor();
  expect(await look(app, '90-backing-up')).toEqual([]);
  await ui.button('Home').click();
  await ui.button('Backing up…: code').waitFor();
  expect(await look(app, '91-home-backing-up')).toEqual([]);
  await ui.button('Cancel: Backing up “code”').click();
  await activity().getByText('Cancelled').waitFor();
  await page.getByText('Never backed up').waitFor();
  const left = readdirSync(vault, { recursive: true }).map(String);
  expect(left.filter((name) => name.endsWith('.parquet') || /backups.*\.json$/.test(name))).toEqual([]);
  await ui.button('Dismiss: Backup of “code”').click();
});

test('a backup that fails says so, and can be tried again from there', async () => {
  proxy.setRules([{ path: /points\/scroll/, after: 2, fault: { kind: 'answer', status: 403, body: '{}' } }]);
  await ui.button('Back up now: code').click();
  await activity().getByText('Failed').waitFor();
  await ui.button('Details: Backup of “code”').click();
  await page.getByText('Your index is untouched, and every backup from before still counts.').waitFor();
  expect(await look(app, '92-backup-failed')).toEqual([]);
  proxy.setRules([]);
  await ui.button('Try again').click();
  await page.getByText('Last backup just now, verified').waitFor();
});

test('a restore is cancelled, and the same again finishes it', async () => {
  await removePoints(qdrant.url, 'code', range(1001, POINTS));
  await putLines(qdrant.url, 'code', [1]);
  await ui.openBackupsOf('code');
  await ui.button(/^Restore code/).click();
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  await page.getByRole('radio', { name: /^Replace with the backup/ }).check();
  await ui.preview();
  expect(await ui.tally()).toEqual(['5,000 added', '1 changed', '999 left alone', '0 removed']);
  proxy.setRules([{ method: 'PUT', path: /collections\/code\/points/, after: 1, fault: { kind: 'delay', ms: 8000 } }]);
  await ui.button('Restore').click();
  await ui
    .dialog('Restoring into “code”')
    .getByText(/[1-9][\d,]* of [\d,]+ points/)
    .waitFor();
  expect(await look(app, '93-restore-running')).toEqual([]);
  await ui.button('Cancel restore').click();
  await ui
    .dialog(/what would happen/)
    .getByText('added')
    .waitFor();
  proxy.setRules([]);
  expect(await countPoints(qdrant.url, 'code')).toBeLessThan(POINTS);
  await ui.button('Restore').click();
  await ui.restored();
  await ui.done();
  expect(await countPoints(qdrant.url, 'code')).toBe(POINTS);
});

test('a restore that is hidden goes on, and can be undone from where it ended', async () => {
  await removePoints(qdrant.url, 'code', range(1, 10));
  await putLines(qdrant.url, 'code', [11]);
  await ui.button(/^Restore code/).click();
  await page.getByRole('radio', { name: 'An index that exists' }).check();
  await page.getByRole('radio', { name: /^Replace with the backup/ }).check();
  await ui.preview();
  hold(/points\/scroll/, 1);
  await ui.button('Restore').click();
  await ui.dialog('Restoring into “code”').getByRole('progressbar').waitFor();
  await ui.button('Hide').click();
  await activity().getByText('Restoring “code”').waitFor();
  proxy.setRules([]);
  await activity().getByText('Finished').waitFor();
  await ui.button('Details: Restore of “code”').click();
  await ui.button('Undo restore…').first().click();
  await ui.dialog('Undo the restore into “code”').getByText('10 points will be removed').waitFor();
  await page.keyboard.press('Escape');
});
