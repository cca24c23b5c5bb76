/** The pages of the setup, as tests use them, and a Qdrant to set up. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { makeCollection } from './collections.ts';
import type { RunningApp } from './electron.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';

export const button = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
/** The heading of the page. */
export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole('heading', { level: 1, name });
/** Text of what has the focus. */
export const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');

/** A real Qdrant with 900 points in `code-index`, 40 in `documents` and 3 in `scratch`, for the tests of one file. */
export function qdrantOfThree(): () => Qdrant {
  let qdrant: Qdrant;
  beforeAll(async () => {
    qdrant = await startQdrant();
    await makeCollection(qdrant.url, { name: 'code-index', points: 900 });
    await makeCollection(qdrant.url, { name: 'documents', points: 40 });
    await makeCollection(qdrant.url, { name: 'scratch', points: 3 });
  });
  afterAll(async () => {
    await qdrant.stop();
  });
  return () => qdrant;
}

/** Backups of a test have no business where this person's are. */
export function emptyFolder({ files }: RunningApp): string {
  const folder = join(files, 'vault');
  mkdirSync(folder);
  return folder;
}

/** Has backups kept in an empty folder: `press` asks for the system's dialog, which gives it. Gives its path. */
export async function keptInEmptyFolder(app: RunningApp, press: () => Promise<void>): Promise<string> {
  const folder = emptyFolder(app);
  await app.answer({ open: [folder] });
  await press();
  await app.page.getByText(folder).waitFor();
  return folder;
}
