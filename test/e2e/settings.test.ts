/** The settings of schedules, rotation, the vault, tests of backups and pauses, as a person sets them. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCollection } from '../support/collections.ts';
import { complaintsOf } from '../support/complaints.ts';
import { connect, launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { keptInEmptyFolder } from '../support/setup-page.ts';
import { request } from '../support/window-requests.ts';

let qdrant: Qdrant;
let app: RunningApp;
let page: Page;

const LONG = 'a-name-that-goes-on-and-on-'.repeat(6);

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 60 });
  await makeCollection(qdrant.url, { name: 'docs', points: 20 });
  await makeCollection(qdrant.url, { name: LONG, points: 1 });
  app = await launchApp();
  page = app.page;
  await connect(app, qdrant.url, { name: 'Work' });
  await button('Settings').click();
  await keptInEmptyFolder(app, () => button('Use another folder…').click());
});
afterAll(async () => {
  await app.close();
  await qdrant.stop();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const radio = (name: string | RegExp) => page.getByRole('radio', { name, exact: typeof name === 'string' });
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name });
const nextTimes = () => page.locator('.next-times li').allTextContents();

const protection = () => request(app, 'protection:get', undefined);

async function goTo(section: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: section }).click();
}

async function save(): Promise<void> {
  await button('Save').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('a schedule for all indexes of a connection, with the next times while it is chosen', async () => {
  await goTo('Schedules');
  expect(await look(app, '70-schedules-none')).toEqual([]);
  await button('Choose the schedule of all indexes of Work').click();
  await dialog('Schedule of “Work”').waitFor();
  await expect.poll(async () => (await nextTimes()).length).toBe(5);
  expect((await nextTimes()).every((time) => time.endsWith('at 12:30'))).toBe(true);
  await button('Add a time').click();
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Time 2');
  await page.getByLabel('Time 2', { exact: true }).fill('18:05');
  await expect
    .poll(async () => (await nextTimes()).filter((time) => time.endsWith('at 18:05')).length)
    .toBeGreaterThan(1);
  expect(await look(app, '71-schedule-daily', 'schedule')).toEqual([]);
  await save();
  await page.getByText('Every day at 12:30 and 18:05', { exact: true }).waitFor();
  expect((await protection()).defaults).toEqual([
    { connection: 'Work', schedule: { kind: 'daily', times: ['12:30', '18:05'] } },
  ]);
});

test('a schedule of one index: days of the week, then off, then as all', async () => {
  await button('Change the schedule of docs').click();
  expect(await radio('As all indexes of “Work”').isChecked()).toBe(true);
  await radio('On days of the week').check();
  await page.getByLabel('Monday').uncheck();
  await button('Save').click();
  await page.getByText('Tick at least one day.').waitFor();
  await page.getByLabel('Tuesday').check();
  await page.getByLabel('Saturday').check();
  await expect.poll(async () => (await nextTimes()).every((time) => /^(Tue|Sat|Today|Tomorrow)/.test(time))).toBe(true);
  expect(await look(app, '72-schedule-weekly')).toEqual([]);
  await save();
  await page.getByText('Every Tuesday and Saturday at 12:30', { exact: true }).waitFor();

  await button('Change the schedule of docs').click();
  await radio('Off').check();
  await save();
  const own = async () => (await protection()).indexes.find(({ collection }) => collection === 'docs');
  expect(await own()).toMatchObject({ own: true, schedule: { kind: 'off' } });
  await button('Change the schedule of docs').click();
  await radio('As all indexes of “Work”').check();
  await save();
  expect(await own()).toMatchObject({ own: false, schedule: { kind: 'daily' } });
});

test('an expression says what is wrong with it, and nothing half-typed is saved', async () => {
  await button('Change the schedule of code').click();
  await radio('By a cron expression').check();
  await page.getByRole('textbox', { name: 'Expression' }).fill('0 3 * *');
  await page.getByText('An expression has five fields').waitFor();
  await button('Save').click();
  expect(await dialog('Schedule of “code”').isVisible()).toBe(true);
  await page.getByRole('textbox', { name: 'Expression' }).fill('0 3 31 2 *');
  await page.getByText('its time never comes').waitFor();
  expect(await page.getByRole('textbox', { name: 'Expression' }).getAttribute('aria-invalid')).toBe('true');
  expect(await look(app, '73-schedule-wrong')).toEqual([]);
  await page.getByRole('textbox', { name: 'Expression' }).fill('0 3 * * 1-5');
  await expect.poll(async () => (await nextTimes()).length).toBe(5);
  await save();
  await page.getByText('By the expression 0 3 * * 1-5', { exact: true }).waitFor();
  expect(await look(app, '74-schedules')).toEqual([]);
});

test('a time that is empty is not saved', async () => {
  await button('Change the schedule of all indexes of Work').click();
  await page.getByLabel('Time 2', { exact: true }).fill('');
  await button('Save').click();
  await page.getByText('Fill in every time, or remove those left empty.').waitFor();
  await button('Remove time 2').click();
  await save();
  expect((await protection()).defaults[0]?.schedule).toEqual({ kind: 'daily', times: ['12:30'] });
});

test('what a rotation would delete is shown before it is saved', async () => {
  for (let count = 0; count < 3; count += 1) {
    const { jobId } = await request(app, 'backup:start', { connection: 'Work', collection: 'code', pin: false });
    const ended = async () => (await request(app, 'jobs:list', undefined)).find(({ id }) => id === jobId);
    await expect.poll(async () => (await ended())?.status, { timeout: 30_000 }).toBe('done');
  }
  await goTo('Rotation');
  await radio('The last 7').check();
  await page.getByText('No backup would be deleted').waitFor();
  await radio('My own numbers').check();
  await page.getByLabel('Newest').fill('x');
  await page.getByText('Newest: a whole number, or nothing.').waitFor();
  expect(await button('Save rotation').isDisabled()).toBe(true);
  await page.getByLabel('Newest').fill('1');
  await page.getByText(/^2 backups would be deleted, .+ freed$/).waitFor();
  await page.getByText('The last good backup of every index always stays').waitFor();
  await page.getByText('Show which').click();
  expect(await page.locator('.going-list li').count()).toBe(2);
  expect(await look(app, '75-rotation', 'rotation')).toEqual([]);
  expect((await protection()).keep).toBe(null);
  expect((await request(app, 'backups:list', {})).backups).toHaveLength(3);
  await button('Save rotation').click();
  await page.getByText('Saved. Keeps the last one').waitFor();
  expect((await protection()).keep).toEqual({ keepLast: 1 });
  await radio('A month of days').check();
  await button('Leave it as it was').click();
  expect(await page.getByLabel('Newest').inputValue()).toBe('1');
});

test('backups are moved to another folder', async () => {
  await goTo('Folder of backups');
  const folder = join(app.files, 'moved');
  mkdirSync(folder);
  await app.answer({ open: [folder] });
  await button('Move…').click();
  await page.getByText('3 backups moved and compared').waitFor();
  await expect.poll(async () => (await request(app, 'backups:list', {})).vault).toBe(folder);
  await page.getByText('3 backups of all indexes').waitFor();
  expect(await look(app, '75a-moved')).toEqual([]);
});

test('when backups are tested, and on which Qdrant', async () => {
  await goTo('Testing backups');
  await page.getByText('Every Sunday at 11:00', { exact: true }).waitFor();
  await page.getByRole('checkbox', { name: /my own Qdrant/ }).check();
  await page.getByText('Tests may use your own Qdrant').waitFor();
  await button('Change when backups are tested').click();
  await radio('Every day').check();
  await save();
  expect((await protection()).drill).toMatchObject({
    schedule: { kind: 'daily', times: ['11:00'] },
    onConnections: true,
  });
  expect(await look(app, '76-drill')).toEqual([]);
});

test('a pause begins and ends', async () => {
  await goTo('Pause');
  await button('For an hour').click();
  await page.getByText(/^Paused until (tomorrow at )?\d\d:\d\d$/).waitFor();
  expect(await look(app, '77-pause')).toEqual([]);
  expect((await protection()).paused?.until).not.toBe(null);
  await button('Until I resume').click();
  await page.getByText('Paused until you resume').waitFor();
  await button('Resume now').click();
  await page.getByText('Paused until you resume').waitFor({ state: 'detached' });
  expect((await protection()).paused).toBe(null);
});

test('a tick holds at once and keeps the focus; where it cannot be kept it says why, and is tried again', async () => {
  await goTo('Exports');
  const tick = page.getByRole('checkbox', { name: 'Compress export files' });
  // Nothing can be written where a file stands in the place of the folder.
  renameSync(app.home, `${app.home}-away`);
  writeFileSync(app.home, '');
  await tick.focus();
  await page.keyboard.press('Space');
  await page.getByRole('alert').getByText('Your indexes and exports are not affected.').waitFor();
  expect(await tick.isChecked()).toBe(true);
  rmSync(app.home);
  renameSync(`${app.home}-away`, app.home);
  await button('Try again').click();
  await page.getByText('Exports are plain JSON').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(await tick.isChecked()).toBe(false);
  await tick.focus();
  await page.keyboard.press('Space');
  await page.getByText('Exports are compressed').waitFor();
  expect(await tick.isChecked()).toBe(true);
  expect(await tick.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('settings from the top', async () => {
  await goTo('Connections');
  expect(await look(app, '78-settings', 'settings')).toEqual([]);
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});
