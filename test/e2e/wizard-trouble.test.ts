/** The setup of protection by keyboard alone, left in the middle, and with a Qdrant that is gone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp, type RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { button, focused, heading, keptInEmptyFolder, qdrantOfThree } from '../support/setup-page.ts';
import { request } from '../support/window-requests.ts';

const qdrant = qdrantOfThree();

describe('by keyboard alone, with an address', () => {
  let app: RunningApp;
  let page: Page;
  beforeAll(async () => {
    app = await launchApp();
    page = app.page;
  });
  afterAll(async () => {
    await app.close();
  });

  /** Tabs until `name` has the focus. */
  async function tabTo(name: string): Promise<void> {
    for (let step = 0; step < 30; step += 1) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const element = document.activeElement;
        const labels = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
        return labels ?? element?.getAttribute('aria-label') ?? element?.textContent ?? '';
      });
      if (here === name) return;
    }
    throw new Error(`${name} was not reached by Tab.`);
  }

  test('the address is typed and tested', async () => {
    await page.getByRole('heading', { name: 'Connect to your Qdrant' }).waitFor();
    expect(await look(app, '66-setup-address')).toEqual([]);
    await tabTo('Address');
    await page.keyboard.type('http://127.0.0.1:9');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Could not reach Qdrant').waitFor();
    expect(await look(app, '67-setup-unreachable')).toEqual([]);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(qdrant().url);
    await tabTo('Test connection');
    await page.keyboard.press('Space');
    await page.getByText(/answers in [\d,]+ ms and has 3 indexes\./).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
  });

  test('and so on to the end', async () => {
    await heading(page, 'What is to be kept?').waitFor();
    await page.getByText('3 of 3 indexes').waitFor();
    await expect.poll(() => focused(page)).toBe('What is to be kept?');
    await tabTo('documents');
    await page.keyboard.press('Space');
    await page.getByText('2 of 3 indexes').waitFor();
    await tabTo('Continue');
    await page.keyboard.press('Enter');
    await heading(page, 'How often, and where to?').waitFor();
    expect(await focused(page)).toBe('How often, and where to?');
    await tabTo('Every day, keep a month');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await keptInEmptyFolder(app, async () => {
      await tabTo('Choose another folder…');
      await page.keyboard.press('Enter');
    });
    await tabTo('Start the first backup');
    await page.keyboard.press('Enter');
    await heading(page, 'Your indexes are safe').waitFor();
    await tabTo('Done');
    await page.keyboard.press('Enter');
    await heading(page, /safe/).waitFor();
    const { indexes, keep } = await request(app, 'protection:get', undefined);
    expect(keep).toEqual({ keepLast: 3, keepWeekly: 26 });
    expect(indexes.map(({ collection }) => collection)).toEqual(['code-index', 'scratch']);
  });
});

describe('when things go wrong', () => {
  let app: RunningApp;
  let page: Page;
  let proxy: Proxy;
  beforeAll(async () => {
    proxy = await startProxy(qdrant().url);
    app = await launchApp({ env: { QDRANT_URL: proxy.url } });
    page = app.page;
  });
  afterAll(async () => {
    await app.close();
    await proxy.stop();
  });

  test('leaving before anything is chosen lands on Home, from where it goes on', async () => {
    await button(page, 'Not now').click();
    await heading(page, 'Keep your vector indexes').waitFor();
    expect(await look(app, '68-nothing-yet')).toEqual([]);
    await button(page, 'Set up protection…').click();
    await button(page, 'Use it').click();
    await page.getByText('3 of 3 indexes').waitFor();
  });

  test('leaving in the middle keeps what was set; started again, there is a connection and no first run', async () => {
    await button(page, 'Not now').click();
    await button(page, 'Choose a schedule…').waitFor();
    await page.reload();
    await button(page, 'Choose a schedule…').click();
    await page.getByRole('button', { name: /^Use 127/ }).click();
    await page.getByText('3 of 3 indexes').waitFor();
    await button(page, 'Continue').click();
    await heading(page, 'How often, and where to?').waitFor();
    await keptInEmptyFolder(app, () => button(page, 'Choose another folder…').click());
  });

  test('a backup that fails is a card with a way to try again', async () => {
    await proxy.refuse();
    await button(page, 'Start the first backup').click();
    await heading(page, 'Not everything is backed up yet').waitFor();
    expect(await page.getByRole('alert').count()).toBe(3);
    expect(await look(app, '69-setup-failed')).toEqual([]);
    await proxy.accept();
    await button(page, 'Try again').first().click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(2);
    await page.getByText('1 of 3 indexes are backed up, 2 could not be').waitFor();
    proxy.setRules([{ path: /points\/scroll/, fault: { kind: 'delay', ms: 6000 } }]);
    await button(page, 'Try all again').click();
    await page.getByRole('progressbar').first().waitFor();
    expect(await look(app, '69a-setup-running')).toEqual([]);
    proxy.setRules([]);
    await heading(page, 'Your indexes are safe').waitFor();
    await page.getByText('3 indexes backed up and verified').waitFor();
  });
});
