/** The page of coding agents: on and off, how clients are set up, what they may do, where, and what they have done. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeWith, discovered, goToSection, launchWith, openAgents } from '../support/agents-page.ts';
import { makeCollection } from '../support/collections.ts';
import { complaintsOf } from '../support/complaints.ts';
import { connect, type RunningApp } from '../support/electron.ts';
import { openClient } from '../support/mcp-clients.ts';
import { look } from '../support/pictures.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let qdrant: Qdrant;
let app: RunningApp;
let page: Page;

beforeAll(async () => {
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 12 });
  await makeCollection(qdrant.url, { name: 'docs', points: 3 });
  app = await launchWith();
  page = app.page;
  await connect(app, qdrant.url, { name: 'Work' });
});
afterAll(async () => {
  await closeWith(app);
  await qdrant.stop();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const radio = (group: string | RegExp, name: string) =>
  page.getByRole('group', { name: group }).getByRole('radio', { name, exact: true });
const setup = (name: string) =>
  page.getByRole('group', { name: new RegExp(`^The (command|configuration) for ${name}$`) });
const endpointTick = () => page.getByRole('checkbox', { name: /coding agents/ });
const inUse = () => page.getByRole('combobox', { name: 'Meant when an agent names no index' });

const goTo = (title: string) => goToSection(app, title);

/** What is kept about agents. */
const kept = (): Record<string, unknown> =>
  (JSON.parse(readFileSync(join(app.home, 'settings.json'), 'utf8')) as { endpoint: Record<string, unknown> }).endpoint;

const clipboard = (): Promise<string> => app.electron.evaluate(({ clipboard: board }) => board.readText());

async function statusWith(bearer: string): Promise<number> {
  const { url } = discovered(app);
  const answer = await fetch(url, { method: 'POST', body: '{', headers: { authorization: `Bearer ${bearer}` } });
  return answer.status;
}

test('the settings say whether agents are answered, and lead to their page and back by keyboard alone', async () => {
  await button('Settings').click();
  await page.getByRole('region', { name: 'Coding agents' }).getByText('Off', { exact: true }).waitFor();
  await goTo('Coding agents');
  expect(await look(app, '80-settings-agents')).toEqual([]);
  await button('Set up coding agents…').press('Enter');
  const heading = page.getByRole('heading', { level: 1, name: 'Coding agents' });
  await heading.waitFor();
  await expect.poll(() => heading.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await look(app, '81-agents-off')).toEqual([]);
  await button('Back to the settings').press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  // The page is drawn before the focus is handed on.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('agents-title');
});

test('the endpoint is turned on, and its address and where the token is are shown, the token never', async () => {
  await openAgents(app);
  await endpointTick().press('Space');
  await page.getByText('The endpoint is on', { exact: true }).waitFor();
  expect(await endpointTick().isChecked()).toBe(true);
  expect(await endpointTick().evaluate((element) => element === document.activeElement)).toBe(true);
  const { url, token } = discovered(app);
  await page.getByRole('status').getByText(url).waitFor();
  expect(kept()['enabled']).toBe(true);
  expect(await look(app, '82-agents-on')).toEqual([]);
  await goTo('Address and token');
  await button('Copy address').click();
  await expect.poll(clipboard).toBe(url);
  await page.getByText(join(app.home, 'mcp.json'), { exact: true }).waitFor();
  expect(await look(app, '83-agents-token')).toEqual([]);
  expect(await page.content()).not.toContain(token);
});

test('a new token is made after a question; the old one is worthless at once', async () => {
  const { token } = discovered(app);
  expect(await statusWith('')).toBe(401);
  expect(await statusWith(token)).not.toBe(401);
  await button('New token…').click();
  await page.getByRole('dialog', { name: 'Make a new token?' }).waitFor();
  expect(await look(app, '84-agents-new-token')).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await statusWith(token)).not.toBe(401);
  await button('New token…').click();
  await button('Make a new token').click();
  await page.getByText('the old one no longer works').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await statusWith(token)).toBe(401);
  const renewed = discovered(app).token;
  expect(await statusWith(renewed)).not.toBe(401);
  expect(await page.content()).not.toContain(renewed);
});

test('each client has a text that is copied as it stands, without a secret', async () => {
  await goTo('Set up a client');
  const names = ['Claude Code', 'Cursor', 'VS Code', 'Claude Desktop', 'Zed', 'Codex'];
  expect(await page.getByRole('group', { name: 'Client' }).locator('label').allTextContents()).toEqual(names);
  for (const name of names) {
    await radio('Client', name).check();
    const text = (await setup(name).textContent()) ?? '';
    expect(text).toContain('mcp');
    expect(text).not.toContain(discovered(app).token);
    await button(new RegExp(`^Copy the (command|configuration) for ${name}$`)).click();
    await page.getByText(new RegExp(`^The (command|configuration) for ${name} is copied$`)).waitFor();
    await expect.poll(clipboard).toBe(text);
    expect(await look(app, `85-agents-${name.toLowerCase().replace(' ', '-')}`)).toEqual([]);
  }
});

test('what agents may do is kept as it is chosen, and by keyboard', async () => {
  await goTo('What they may do');
  expect(kept()).toMatchObject({ approval: 'ask', headless: 'refuse', readOnly: false });
  expect(await radio(/^Work that could/, 'Ask me each time').isChecked()).toBe(true);
  expect(await look(app, '86-agents-leave', 'agents')).toEqual([]);
  await radio(/^Work that could/, 'Ask me each time').press('ArrowDown');
  await page.getByText('Allowed from now on, after a safety copy').waitFor();
  expect(await radio(/^Work that could/, 'Allow, after a safety copy').isChecked()).toBe(true);
  expect(kept()).toMatchObject({ approval: 'allow', headless: 'refuse' });
  await radio(/^Work that could/, 'Refuse').check();
  await expect.poll(() => kept()['approval']).toBe('refuse');
  await radio(/without the window/, 'Allow, after a safety copy').check();
  await expect.poll(kept).toMatchObject({ approval: 'refuse', headless: 'allow' });
  await page.getByRole('checkbox', { name: 'Agents can look but not write' }).check();
  await page.getByText('Agents can only look', { exact: true }).waitFor();
  expect(kept()['readOnly']).toBe(true);
  await page.getByRole('status').getByText('On, to look only').waitFor();
  await page.getByRole('checkbox', { name: 'Agents can look but not write' }).uncheck();
  await radio(/^Work that could/, 'Ask me each time').check();
  await expect.poll(kept).toMatchObject({ approval: 'ask', readOnly: false });
});

test('the index that is meant is one of those there are, or one that is there no longer', async () => {
  await goTo('Usual index');
  await expect.poll(() => inUse().locator('option').allTextContents()).toEqual(['None', 'code', 'docs']);
  await inUse().selectOption({ label: 'docs' });
  await page.getByText('Agents mean “docs”').waitFor();
  expect(kept()['index']).toEqual({ connection: 'Work', collection: 'docs' });
  await fetch(`${qdrant.url}/collections/docs`, { method: 'DELETE' });
  await button('Back to the settings').click();
  await button('Set up coding agents…').click();
  await page.getByText('There is no index “docs” on “Work” any more.').waitFor();
  expect(await inUse().locator('option:checked').textContent()).toBe('docs, no longer there');
  await goTo('Usual index');
  expect(await look(app, '87-agents-index-gone')).toEqual([]);
  await inUse().selectOption({ label: 'None' });
  await page.getByText('Agents name the index themselves').waitFor();
  expect(kept()['index']).toBe(null);
  await expect.poll(() => inUse().locator('option').allTextContents()).toEqual(['None', 'code']);
});

test('a folder is allowed in the dialog of the system, and no longer', async () => {
  await goTo('Folders');
  await page.getByText(join(homedir(), 'Vectorkeep'), { exact: true }).waitFor();
  expect(await look(app, '88-agents-folders-none')).toEqual([]);
  await app.answer({ open: [] });
  await button('Allow a folder…').click();
  await expect.poll(async () => (await app.dialogs()).at(-1)?.text).toBe('Choose a folder that coding agents may use');
  expect(kept()['allowedFolders']).toEqual([]);
  const folders = [join(app.files, 'exports'), join(app.files, 'a folder with a name/that goes on and on/'.repeat(5))];
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    await app.answer({ open: [folder] });
    await button('Allow a folder…').click();
    await button(`Remove ${folder}`).waitFor();
  }
  await page.getByText('Agents may use that folder').waitFor();
  expect(kept()['allowedFolders']).toEqual(folders);
  expect(await look(app, '89-agents-folders')).toEqual([]);
  await button(`Remove ${folders[0] ?? ''}`).press('Enter');
  await page.getByText('Agents may no longer use that folder').waitFor();
  expect(kept()['allowedFolders']).toEqual(folders.slice(1));
  // The button that was pressed is gone: the focus is on that of the next row.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  await expect.poll(focused).toBe(`Remove ${folders[1] ?? ''}`);
});

test('a call of an agent is listed while the page is open', async () => {
  await goTo('Last calls');
  await page.getByText('No agent has called yet.').waitFor();
  expect(await look(app, '90-agents-no-calls')).toEqual([]);
  const { url, token } = discovered(app);
  const client = await openClient('client 2.x, 2026-07-28', url, token);
  await client.call('list_collections', {});
  await client.call('export_index', { output_path: '../outside.json' });
  await client.close();
  const rows = page.getByRole('row').filter({ hasText: 'just now' });
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(2);
  expect(await rows.first().textContent()).toMatch(/test.*export_index.*Refused.*PATH_NOT_ALLOWED/);
  expect(await rows.last().textContent()).toMatch(/test.*list_collections.*Done/);
});

test('what is copied for a client is all that it needs', async () => {
  await goTo('Set up a client');
  await radio('Client', 'Cursor').check();
  await button('Copy the configuration for Cursor').click();
  await expect.poll(clipboard).toContain('mcpServers');
  const { mcpServers } = JSON.parse(await clipboard()) as {
    mcpServers: { vectorkeep: { command: string; args: string[] } };
  };
  const client = new Client({ name: 'some editor', version: '1' });
  await client.connect(new StdioClientTransport(mcpServers.vectorkeep));
  await client.callTool({ name: 'list_collections', arguments: {} });
  await client.close();
  await expect.poll(() => page.getByRole('row').count(), { timeout: 20_000 }).toBe(4);
  expect(await page.getByRole('row').nth(1).textContent()).toMatch(/some editor.*list_collections.*Done/);
});

test('what could lose points is asked in the app, and the question goes with the work', async () => {
  const folder = join(app.files, 'asked');
  mkdirSync(folder);
  await app.answer({ open: [folder], question: 0 });
  await button('Allow a folder…').click();
  await button(`Remove ${folder}`).waitFor();
  const { url, token } = discovered(app);
  const client = await openClient('client 2.x, 2026-07-28', url, token);
  const path = join(folder, 'code.json');
  await client.call('export_index', { collection: 'code', output_path: path, wait_seconds: 45 });
  const overwrite = { input_path: path, collection: 'code', conflict_strategy: 'overwrite', wait_seconds: 45 };
  const refused = await client.call('import_index', overwrite);
  expect(JSON.stringify(refused)).toContain('APPROVAL_DENIED');
  expect((await app.dialogs()).at(-1)?.text).toBe('A coding agent wants to import into an index that has points');

  await app.answer({ question: null });
  const asked = await client.call('import_index', { ...overwrite, conflict_strategy: 'merge', wait_seconds: 0 });
  expect(asked.structuredContent).toMatchObject({ status: 'awaiting_approval' });
  await expect.poll(async () => (await app.dialogs()).filter(({ kind }) => kind === 'question').length).toBe(2);
  await client.call('cancel_job', { job_id: asked.structuredContent?.['job_id'] });
  await expect.poll(() => app.electron.evaluate(() => globalThis.vectorkeepTest.withdrawn)).toBe(1);
  await client.close();
  const row = (words: RegExp) => page.getByRole('row').filter({ hasText: words });
  // The call, and what was answered.
  await expect.poll(() => row(/import_index.*Refused.*APPROVAL_DENIED/).count(), { timeout: 20_000 }).toBe(2);
  await row(/import_index.*You were asked/).waitFor({ timeout: 20_000 });
});

test('the endpoint is turned off', async () => {
  await goTo('Endpoint');
  await endpointTick().uncheck();
  await page.getByText('The endpoint is off').waitFor();
  expect(readdirSync(app.home)).not.toContain('mcp.json');
  expect(kept()['enabled']).toBe(false);
  await page.getByText('Turn the endpoint on first.').waitFor();
});

test('nothing was printed that anybody would have to worry about', () => {
  expect(complaintsOf(app)).toEqual([]);
});
