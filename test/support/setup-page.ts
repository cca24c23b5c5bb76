/** The pages of the setup, as tests use them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { ProtectionView } from '../../preload/api.ts';
import type { RunningApp } from './electron.ts';

export const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
/** The heading of the page. */
export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole('heading', { level: 1, name });
/** Text of what has the focus. */
export const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

/** Backups of a test have no business where this person's are. */
export function emptyFolder({ files }: RunningApp): string {
  const folder = join(files, 'vault');
  mkdirSync(folder);
  return folder;
}

export function protectionOf(page: Page): Promise<ProtectionView> {
  return page.evaluate(async () => {
    const { vectorkeep } = window as unknown as {
      vectorkeep: { request(channel: string): Promise<{ value: ProtectionView }> };
    };
    return (await vectorkeep.request('protection:get')).value;
  });
}
