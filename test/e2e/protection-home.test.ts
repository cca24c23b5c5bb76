/** Home and the history, through everything that can become of protected indexes. */
import { appendFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Input, Schedule } from '../../preload/api.ts';
import { range, removePoints } from '../support/backups-page.ts';
import { makeCollection } from '../support/collections.ts';
import { complaintsOf } from '../support/complaints.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { failedOn, weeksOf, writeHome } from '../support/protection-home.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const LONG = `index-of-${'a-repository-with-a-long-name-'.repeat(7)}`.slice(0, 200);
const AWAY = 'http://127.0.0.1:9';
const MONTH_AGO = new Date(Date.now() - 30 * 86_400_000).toISOString();
const NAMES = Array.from({ length: 50 }, (_, n) => `repository-${n + 1}`);
const CODE = { connection: 'Local', collection: 'code' };
/** Half a day away, so that nothing runs by itself while it is looked at. */
const HOUR = String((new Date().getHours() + 12) % 24).padStart(2, '0');
const DAILY: Schedule = { kind: 'daily', times: [`${HOUR}:30`] };
const EVERY_MINUTE: Schedule = { kind: 'cron', expression: '* * * * *' };

let folder: string;
let home: string;
let qdrant: Qdrant;
let app: RunningApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-protection-'));
  home = join(folder, 'home');
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 1204 });
  await makeCollection(qdrant.url, { name: 'docs', points: 300 });
  await makeCollection(qdrant.url, { name: LONG, points: 12 });
  writeHome(home, {
    connections: { Local: qdrant.url, Studio: AWAY },
    rules: [{ connection: 'Studio', collection: null, schedule: DAILY, since: MONTH_AGO }],
    history: [
      ...weeksOf(CODE, qdrant.url),
      ...['notes', 'papers'].map((collection) => failedOn(0, { connection: 'Studio', collection }, AWAY)),
    ],
    seen: { Studio: ['notes', 'papers', 'mails'] },
  });
  app = await launchApp({ home });
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
  await rm(folder, { recursive: true, force: true });
});

const button = (name: string | RegExp): Locator =>
  app.page.getByRole('button', { name, exact: typeof name === 'string' });
const card = (name: string): Locator => app.page.locator(`[data-index="${name}"]`);
const sentence = (text: string | RegExp): Promise<void> =>
  app.page.getByRole('heading', { level: 1, name: text }).waitFor();
const schedule = (input: Input<'protection:set-schedule'>): Promise<boolean> =>
  app.page.evaluate(async (given) => (await window.vectorkeep.request('protection:set-schedule', given)).ok, input);
/** What stands on the screen of one kind, in its order. */
const texts = async (locator: Locator): Promise<string[]> =>
  (await locator.allTextContents()).map((text) => text.trim().replace(/\s+/g, ' '));

test('without a schedule Home says what is missing, and what is elsewhere', async () => {
  await sentence(/The last backups of 2 indexes failed/);
  await app.page.getByRole('heading', { name: '3 indexes on Local' }).waitFor();
  await app.page.getByText('3 indexes: 2 failing, 1 due').waitFor();
  expect(await texts(app.page.locator('.index-card .health'))).toEqual(['No schedule', 'No schedule', 'No schedule']);
  expect(await look(app, '90-protection-none')).toEqual([]);
  await app.page.evaluate(() => window.vectorkeep.request('connections:remove', { name: 'Studio' }));
  await sentence('No index is backed up by itself yet.');
  expect(await look(app, '91-protection-unscheduled')).toEqual([]);
});

test('a schedule for all, and the first backups by one press', async () => {
  expect(await schedule({ connection: 'Local', collection: null, schedule: DAILY })).toBe(true);
  await sentence(/No index has a backup yet/);
  expect(await look(app, '92-protection-never')).toEqual([]);
  await button('Back up now').click();
  await sentence(/^All 3 indexes are safe/);
  expect(await texts(app.page.locator('.index-card .health'))).toEqual(['Safe', 'Safe', 'Safe']);
  expect(await look(app, '93-protection-safe')).toEqual([]);
});

test('the days of an index are told in words too, behind one press', async () => {
  const strip = card('code').getByRole('img');
  expect(await strip.getAttribute('aria-label')).toMatch(
    /^code\. Last 30 days: \d+ with a backup, 1 failed, 3 skipped$/,
  );
  expect(await strip.locator('.day-skipped').first().locator('..').getAttribute('title')).toMatch(
    /skipped: Vectorkeep was not running\.$/,
  );
  await card('code').getByText('1 day failed, 3 skipped').focus();
  await app.page.keyboard.press('Enter');
  await card('code')
    .getByText(/1 run failed: Could not reach Qdrant/)
    .waitFor();
  expect(await look(app, '94-protection-days', 'home')).toEqual([]);
});

test('the last backup of an index is tested', async () => {
  await button('More for code').click();
  await button('Test the last backup').click();
  await card('code')
    .locator('dd', { hasText: /^Today$/ })
    .waitFor();
  await app.page.getByText('came back as it was').waitFor();
});

test('backups are paused, and resumed', async () => {
  await button('Pause backups').click();
  await button('Until I resume').click();
  await sentence('Backups are paused until you resume them.');
  expect(await texts(card('docs').locator('.health'))).toEqual(['Paused']);
  expect(await look(app, '95-protection-paused')).toEqual([]);
  await button('Resume').click();
  await sentence(/^All 3 indexes are safe/);
});

test('an index that shrank says so until that is accepted', async () => {
  await removePoints(qdrant.url, 'docs', range(1, 200));
  // Every change of a schedule looks at the indexes anew.
  await schedule({ connection: 'Local', collection: null, schedule: DAILY });
  await sentence('“docs” shrank from 300 to 100 points. Its last good backup is kept.');
  expect(await texts(app.page.locator('.index-card .health'))).toEqual(['Changed', 'Safe', 'Safe']);
  expect(await look(app, '96-protection-changed')).toEqual([]);
  await button('Restore docs from its backups').click();
  await sentence('Backups of “docs”');
  await button('Home').click();
  await button('That is fine: docs').click();
  await sentence(/^All 3 indexes are safe/);
});

test('the history tells what ran and why something did not, and is narrowed down', async () => {
  await button('More for code').click();
  await card('code').getByRole('button', { name: 'History' }).click();
  await sentence('History');
  expect(await app.page.getByLabel('Index').inputValue()).toBe(JSON.stringify(['Local', 'code']));
  await button('Show everything').click();
  expect(await look(app, '97-history')).toEqual([]);
  await app.page.getByLabel('Index').selectOption('code (Local)');
  await app.page.getByLabel('What', { exact: true }).selectOption('Skipped run');
  await expect.poll(() => app.page.locator('.entry').count()).toBe(3);
  await app.page.locator('.entry summary').first().focus();
  await app.page.keyboard.press('Enter');
  await app.page
    .getByText(/^Due \d+ \w+ \d{4}, \d\d:\d\d$/)
    .first()
    .waitFor();
  expect(await look(app, '98-history-skipped')).toEqual([]);
  await app.page.getByLabel('How it went').selectOption('Failed');
  await app.page.getByText('Nothing like that has happened.').waitFor();
  expect(await look(app, '99-history-no-match')).toEqual([]);
  await button('Show everything').click();
  await schedule({ connection: 'Local', collection: null, schedule: EVERY_MINUTE });
  // The schedule's own run, whenever its minute comes.
  const ran = app.page.locator('.entry', { hasText: 'Backed up' });
  await expect
    .poll(async () => (await texts(ran)).some((text) => text.includes('On time: scheduled')), { timeout: 70_000 })
    .toBe(true);
});

test('a server that is away: one card says so, each index tells what is known, and who is asked again says it', async () => {
  await qdrant.stop();
  await app.close();
  appendFileSync(
    join(home, 'history.jsonl'),
    ['code', 'docs']
      .map(
        (collection) =>
          `${JSON.stringify(failedOn(0, { connection: 'Local', collection }, qdrant.url, { at: new Date().toISOString() }))}\n`,
      )
      .join(''),
  );
  app = await launchApp({ home });
  await sentence(/^The last backups of \d indexes failed/);
  await app.page.getByRole('alert').first().waitFor();
  expect(await look(app, '9a-protection-failing')).toEqual([]);
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});

test('fifty indexes', async () => {
  await app.close();
  const dir = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vectorkeep-crowd-'));
  const crowd = await startQdrant({ dir });
  await Promise.all(NAMES.map((name) => makeCollection(crowd.url, { name, points: 3 })));
  const other = join(folder, 'fifty');
  writeHome(other, {
    connections: { Crowd: crowd.url },
    rules: [{ connection: 'Crowd', collection: null, schedule: DAILY, since: new Date().toISOString() }],
    history: NAMES.flatMap((collection, n) =>
      weeksOf({ connection: 'Crowd', collection }, crowd.url).filter((_, day) => (day + n) % 7 !== 0),
    ),
  });
  app = await launchApp({ home: other });
  await app.page.getByRole('heading', { name: '50 indexes on Crowd' }).waitFor();
  await card('repository-50').waitFor();
  expect(await look(app, '9b-protection-fifty')).toEqual([]);
  await app.page.getByLabel('Find an index').fill('repository-3');
  await app.page.getByText('11 indexes found').waitFor();
  await button('Back up now').click();
  // What waits for its turn is counted, and not listed.
  await app.page.getByText(/^Show \d\d more$/).waitFor();
  expect(await app.page.locator('.activity-item').count()).toBeLessThan(4);
  await crowd.stop();
  await rm(dir, { recursive: true, force: true });
});
