/** The page of coding agents, as tests use it. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Conf from 'conf';
import { openSettings, type EndpointSettings } from '../../main/settings/settings.ts';
import { launchApp, type RunningApp } from './electron.ts';

/** An app whose settings say so of the endpoint; any free port unless told, as an app in use here has the usual one. */
export async function launchWith(
  endpoint: Partial<EndpointSettings> = {},
  prepare: (home: string) => void = () => undefined,
): Promise<RunningApp> {
  const home = join(await mkdtemp(join(tmpdir(), 'vectorkeep-home-')), 'home');
  openSettings({ Store: Conf, dir: home }).setEndpoint({ port: 0, ...endpoint });
  prepare(home);
  return launchApp({ home });
}

export async function closeWith(app: RunningApp): Promise<void> {
  await app.close();
  await rm(dirname(app.home), { recursive: true, force: true });
}

export async function openAgents({ page }: RunningApp): Promise<void> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Set up coding agents…' }).click();
  await page.getByRole('heading', { level: 1, name: 'Coding agents' }).waitFor();
}

/** Of the settings, or of one of their pages. */
export async function goToSection({ page }: RunningApp, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: title }).click();
}

/** What agents find of the running endpoint. */
export function discovered({ home }: RunningApp): { readonly url: string; readonly token: string } {
  return JSON.parse(readFileSync(join(home, 'mcp.json'), 'utf8')) as { url: string; token: string };
}
