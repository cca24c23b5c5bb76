/** The window's screen of backups, as tests use it; and an index of files to back up. */
import type { Locator } from 'playwright-core';
import { rest } from './collections.ts';
import type { RunningApp } from './electron.ts';
import { keptInEmptyFolder } from './setup-page.ts';

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** File that point `id` is of: ten files in two folders. */
export const fileOf = (id: number): string => `src/${id % 2 === 0 ? 'even' : 'odd'}/file-${id % 10}.ts`;

/** Writes points with one vector of four dimensions, each `{ file_path, line }`. */
export async function putLines(
  url: string,
  name: string,
  ids: readonly number[],
  payload: (id: number) => object = (id) => ({ file_path: fileOf(id), line: id }),
): Promise<void> {
  const points = ids.map((id) => ({ id, vector: [id, 1, 2, id / 3], payload: payload(id) }));
  await rest(url, 'PUT', `/collections/${name}/points?wait=true`, { points });
}

export async function removePoints(url: string, name: string, ids: readonly number[]): Promise<void> {
  await rest(url, 'POST', `/collections/${name}/points/delete?wait=true`, { points: ids });
}

export interface BackupsPage {
  readonly button: (name: string | RegExp) => Locator;
  readonly dialog: (name: string | RegExp) => Locator;
  /** Backups in the list, newest first. */
  readonly rows: () => Locator;
  readonly texts: (selector: string) => Promise<string[]>;
  /** Numbers of a preview or a comparison: "3 added". */
  readonly tally: () => Promise<string[]>;
  /** Numbers of a result. */
  readonly counts: () => Promise<string[]>;
  /** Makes an empty folder and has backups kept there. Gives its path. */
  readonly chooseVault: () => Promise<string>;
  readonly openBackupsOf: (name: string) => Promise<void>;
  /** Presses Back up now on the screen of an index and waits for the new row. */
  readonly backUp: () => Promise<void>;
  /** Opens the menu of a row and takes an item of it. */
  readonly choose: (row: Locator, item: string) => Promise<void>;
  /** From the questions of a restore to the numbers of what would happen. */
  readonly preview: () => Promise<void>;
  /** Waits for the end of a restore that was read back and found to be the backup. */
  readonly restored: (title?: string) => Promise<void>;
  readonly done: () => Promise<void>;
}

export function backupsPage(app: RunningApp): BackupsPage {
  const { page } = app;
  const button = (name: string | RegExp): Locator =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const rows = (): Locator => page.locator('.backup');
  const texts = async (selector: string): Promise<string[]> =>
    (await page.locator(selector).allTextContents()).map((text) => text.trim().replace(/\s+/g, ' '));
  const dialog = (name: string | RegExp): Locator => page.getByRole('dialog', { name });
  return {
    button,
    dialog,
    rows,
    texts,
    tally: () => texts('dialog .tally li'),
    counts: () => texts('dialog .counts li'),
    async chooseVault() {
      await button('Backups').click();
      return keptInEmptyFolder(app, () => button('Change folder…').click());
    },
    async openBackupsOf(name) {
      await button('Home').click();
      await button(`Backups of ${name}`).click();
      await page.getByRole('heading', { level: 1, name: `Backups of “${name.slice(0, 20)}` }).waitFor();
    },
    async backUp() {
      const before = await rows().count();
      await button('Back up now').first().click();
      await rows().nth(before).waitFor();
    },
    async choose(row, item) {
      await row.getByRole('button', { name: /^More for/ }).click();
      await row.getByRole('button', { name: item }).click();
    },
    async preview() {
      await button('See what would happen').click();
      await dialog(/what would happen/)
        .getByText('added')
        .waitFor();
    },
    async restored(title = 'Restore finished') {
      await dialog(title)
        .getByText(/point for point/)
        .waitFor();
    },
    async done() {
      await button('Done').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
  };
}
