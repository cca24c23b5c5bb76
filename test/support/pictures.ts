/** Photographs every state that a test passes through, and asks axe about it. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../scripts/runtimes.mjs';
import type { RunningApp } from './electron.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
const folder = join(root, 'test-results', 'screens');

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/**
 * Pictures of the window as it is now: light, dark, and narrow, in test-results/screens. Returns what axe finds in
 * light and in dark; a test expects nothing. `readme` is the name of a picture for the README, replaced only when
 * UPDATE_PICTURES=1.
 */
export async function look(app: RunningApp, name: string, readme?: string): Promise<readonly string[]> {
  const { page } = app;
  const update = readme !== undefined && process.env['UPDATE_PICTURES'] === '1';
  // A passing note has no place in a picture that stays.
  if (update) await page.locator('.toast').waitFor({ state: 'detached' });
  mkdirSync(folder, { recursive: true });
  const findings: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await drawn(page);
    const path = join(folder, `${name}-${colorScheme}.png`);
    await page.screenshot({ path });
    findings.push(...(await axeFindings(page)).map((finding) => `${name} ${colorScheme}: ${finding}`));
    if (update) {
      mkdirSync(join(root, 'docs', 'pictures'), { recursive: true });
      copyFileSync(path, join(root, 'docs', 'pictures', `${readme}-${colorScheme}.png`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await resize(app, 480);
  await page.screenshot({ path: join(folder, `${name}-narrow.png`) });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  if (wide) findings.push(`${name}: wider than a window of 480`);
  await resize(app, 1040);
  return findings;
}

/** Two frames later the new colours are on the screen everywhere. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 50)))),
  );
}

async function axeFindings(page: Page): Promise<readonly string[]> {
  // Injected from outside, where the page's own policy does not reach.
  await page.evaluate(`${axe}; undefined`);
  const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return results.violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`);
}

async function resize({ electron, page }: RunningApp, width: number): Promise<void> {
  await electron.evaluate(({ BrowserWindow }, size) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(size, 720);
  }, width);
  await page.waitForFunction((size) => Math.abs(window.innerWidth - size) <= 1, width);
}
