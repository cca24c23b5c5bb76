/** The card of an index on Home, as tests use it. */
import type { Page } from 'playwright-core';

/** Opens the menu of a card and takes what is done more rarely: `Export code`, `Import into code`. */
export async function chooseOnCard(page: Page, index: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${index}`, exact: true }).click();
  await page.getByRole('button', { name: item, exact: true }).click();
}
