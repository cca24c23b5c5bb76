/** The setup of protection: from nothing to the first verified backup, back and forth, and once more later. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complaintsOf } from '../support/complaints.ts';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { button, focused, heading, keptInEmptyFolder, qdrantOfThree } from '../support/setup-page.ts';
import { request } from '../support/window-requests.ts';

const qdrant = qdrantOfThree();

describe('a Qdrant that answers on this machine', () => {
  let app: RunningApp;
  let page: Page;
  beforeAll(async () => {
    app = await launchApp({ env: { QDRANT_URL: qdrant().url } });
    page = app.page;
  });
  afterAll(async () => {
    await app.close();
  });

  test('is found', async () => {
    await page.getByText(`Found Qdrant ${qdrant().version} with 3 indexes`).waitFor();
    await page.getByText(`127.0.0.1:${qdrant().port}`).waitFor();
    expect(await focused(page)).toBe('Keep your indexes safe');
    expect(await look(app, '60-setup-found', 'setup')).toEqual([]);
    await button(page, 'Use it').click();
  });

  test('its indexes are ticked, all of them at first', async () => {
    await heading(page, 'What is to be kept?').waitFor();
    await page.getByText('3 of 3 indexes').waitFor();
    await page.getByRole('checkbox', { name: 'scratch' }).uncheck();
    await page.getByText('2 of 3 indexes').waitFor();
    expect(await page.getByRole('checkbox', { name: 'All indexes' }).isChecked()).toBe(false);
    expect(await look(app, '61-setup-indexes')).toEqual([]);
    await page.getByRole('checkbox', { name: 'All indexes' }).check();
    await page.getByRole('checkbox', { name: 'All indexes' }).uncheck();
    await page.getByText('Tick at least one.').waitFor();
    expect(await button(page, 'Continue').isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'code-index' }).check();
    await page.getByRole('checkbox', { name: 'documents' }).check();
    await button(page, 'Continue').click();
  });

  test('a plan and a folder are chosen; going back loses nothing', async () => {
    await heading(page, 'How often, and where to?').waitFor();
    expect(await page.getByRole('radio', { name: 'Every day, keep a month' }).isChecked()).toBe(true);
    await keptInEmptyFolder(app, () => button(page, 'Choose another folder…').click());
    expect(await look(app, '62-setup-plan')).toEqual([]);
    await page.getByRole('radio', { name: /^Every week/ }).check();
    await button(page, 'Back').click();
    await page.getByText('2 of 3 indexes').waitFor();
    await button(page, 'Continue').click();
    expect(await page.getByRole('radio', { name: /^Every week/ }).isChecked()).toBe(true);
    await page.getByRole('radio', { name: 'Every day, keep a month' }).check();
  });

  test('the first backup runs, and the last page says what holds from now on', async () => {
    await button(page, 'Start the first backup').click();
    await heading(page, 'Your indexes are safe').waitFor();
    expect(await focused(page)).toBe('Your indexes are safe');
    await page.getByText('2 indexes backed up and verified').waitFor();
    await page.getByText('940 points were read back and compared.').waitFor();
    await page.getByText(/The next backup comes (today|tomorrow) at 12:30/).waitFor();
    expect(await look(app, '64-setup-done', 'setup-done')).toEqual([]);
    const view = await request(app, 'protection:get', undefined);
    expect(view.keep).toEqual({ keepLast: 3, keepDaily: 30 });
    // null: that cannot be had here.
    expect((await request(app, 'state:get', undefined)).startsAtLogin).not.toBe(false);
    expect(view.defaults).toEqual([]);
    expect(view.indexes.map(({ collection, schedule, health }) => [collection, schedule, health])).toEqual([
      ['code-index', { kind: 'daily', times: ['12:30'] }, 'safe'],
      ['documents', { kind: 'daily', times: ['12:30'] }, 'safe'],
    ]);
  });

  test('each step can be gone back to, and what ran does not run again', async () => {
    await button(page, 'Back').click();
    await heading(page, 'The first backup is done').waitFor();
    await page.getByText('All 2 indexes are backed up').waitFor();
    expect(await look(app, '63-setup-backed-up')).toEqual([]);
    await button(page, 'Back').click();
    await heading(page, 'How often, and where to?').waitFor();
    await page.getByText('2 backups in it already').waitFor();
    await button(page, 'Start the first backup').click();
    await heading(page, 'The first backup is done').waitFor();
    await button(page, 'Continue').click();
    await button(page, 'Done').click();
    await heading(page, /safe/).waitFor();
    expect((await request(app, 'backups:list', {})).backups).toHaveLength(2);
  });

  test('run again from Settings, it begins with what holds; with all ticked there is one rule for all', async () => {
    await button(page, 'Settings').click();
    await button(page, 'Set up protection…').click();
    await heading(page, 'Which Qdrant?').waitFor();
    expect(await look(app, '65-setup-again')).toEqual([]);
    await page.getByRole('button', { name: /^Use 127/ }).click();
    await page.getByText('2 of 3 indexes').waitFor();
    await page.getByRole('checkbox', { name: 'All indexes' }).check();
    await button(page, 'Continue').click();
    await page.getByRole('radio', { name: /^Every hour/ }).check();
    await button(page, 'Start the first backup').click();
    await heading(page, 'Your indexes are safe').waitFor();
    const view = await request(app, 'protection:get', undefined);
    expect(view.defaults.map(({ schedule }) => schedule)).toEqual([{ kind: 'hourly', minute: 0 }]);
    expect(view.indexes.map(({ collection, own }) => [collection, own])).toEqual([
      ['code-index', false],
      ['documents', false],
      ['scratch', false],
    ]);
    await button(page, 'Done').click();
  });

  test('nothing was printed that anybody would have to worry about', () => {
    expect(complaintsOf(app)).toEqual([]);
  });
});
