/** The page of coding agents where things are not as usual: a port that is taken, an endpoint that cannot start, and a lot of everything. */
import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EndpointSettings } from '../../main/settings/settings.ts';
import type { AgentCall } from '../../preload/api.ts';
import { closeWith, discovered, goToSection, launchWith, openAgents } from '../support/agents-page.ts';
import { complaintsOf } from '../support/complaints.ts';
import type { RunningApp } from '../support/electron.ts';
import { look } from '../support/pictures.ts';

async function withApp(
  endpoint: Partial<EndpointSettings>,
  prepare: (home: string) => void,
  work: (app: RunningApp) => Promise<void>,
): Promise<void> {
  const app = await launchWith(endpoint, prepare);
  try {
    await work(app);
    expect(complaintsOf(app)).toEqual([]);
  } finally {
    await closeWith(app);
  }
}

test('where another program has the port of the endpoint, a free one is taken and that is said', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  try {
    await withApp(
      { port, enabled: true },
      () => undefined,
      async (app) => {
        await openAgents(app);
        await app.page.getByText(`Another program uses the usual port, ${port}`).waitFor();
        expect(await look(app, '91-agents-port')).toEqual([]);
        const { url } = discovered(app);
        expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
      },
    );
  } finally {
    squatter.close();
  }
});

test('an endpoint that cannot start says why, and starts once it can', async () => {
  await withApp(
    { enabled: true },
    // A folder stands where the file with the address goes.
    (home) => mkdirSync(join(home, 'mcp.json')),
    async (app) => {
      await app.page.getByRole('button', { name: 'Settings', exact: true }).click();
      await app.page.getByText('On, but it could not start').waitFor();
      await app.page.getByRole('button', { name: 'Set up coding agents…' }).click();
      await app.page.getByRole('alert').waitFor();
      expect(await look(app, '92-agents-failed')).toEqual([]);
      await app.page.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => app.page.getByRole('alert').count()).toBe(1);
      rmdirSync(join(app.home, 'mcp.json'));
      await app.page.getByRole('button', { name: 'Try again' }).click();
      await app.page.getByRole('alert').waitFor({ state: 'detached' });
      await app.page.getByRole('status').getByText(discovered(app).url).waitFor();
    },
  );
});

const HOSTILE = '<img src=x onerror=alert(1)> \u202Eevil\u202C\nsecond line ' + 'long '.repeat(12);
const MINUTE = 60_000;

/** A hundred and ten calls, the last of them first in mind. */
function calls(now: number): AgentCall[] {
  const shapes: Partial<AgentCall>[] = [
    { tool: 'list_collections', durationMs: 12 },
    { tool: 'create_backup', outcome: 'running', jobId: '7', durationMs: 20_004 },
    { tool: 'restore_backup', outcome: 'awaiting_approval', jobId: '8', durationMs: 20_011 },
    { tool: 'import_index', outcome: 'failed', code: 'APPROVAL_DENIED', durationMs: 3120 },
    { tool: 'export_index', outcome: 'failed', code: 'QDRANT_UNREACHABLE', durationMs: 1260 },
    { client: '', tool: 'get_status', durationMs: 0.4 },
    { client: HOSTILE.slice(0, 100), tool: 'verify_backup', outcome: 'cancelled', durationMs: 845_000 },
    { client: 'c'.repeat(100), tool: 't'.repeat(100), outcome: 'failed', code: 'COLLECTION_HIDDEN_POINTS' },
  ];
  return Array.from({ length: 110 }, (_, n) => ({
    at: new Date(now - n * n * 3 * MINUTE).toISOString(),
    client: n % 2 === 0 ? 'claude-code' : 'Visual Studio Code',
    tool: 'get_job',
    arguments: '0123456789abcdef',
    outcome: 'done' as const,
    code: null,
    jobId: null,
    durationMs: 31 + n,
    ...shapes[n],
  })).reverse();
}

test('fifty folders, calls of all kinds under names of all kinds, and an index on a connection that is gone', async () => {
  const folders = Array.from({ length: 50 }, (_, n) => `/srv/team-${n + 1}/exports${'/of a project'.repeat(n % 9)}`);
  await withApp(
    { allowedFolders: folders, index: { connection: 'Moved away', collection: 'code' } },
    (home) => {
      const lines = calls(Date.now()).map((call) => JSON.stringify(call));
      writeFileSync(join(home, 'audit.jsonl'), `${lines.join('\n')}\n`);
    },
    async (app) => {
      await openAgents(app);
      await app.page.getByText('There is no connection “Moved away” any more.').waitFor();
      await goToSection(app, 'Folders');
      expect(await app.page.getByRole('button', { name: /^Remove / }).count()).toBe(50);
      expect(await look(app, '93-agents-folders-many')).toEqual([]);
      await app.answer({ open: [app.files] });
      await app.page.getByRole('button', { name: 'Allow a folder…' }).click();
      await app.page.getByRole('alert').getByText('fifty folders').waitFor();
      expect(await look(app, '94-agents-folders-too-many')).toEqual([]);

      await goToSection(app, 'Last calls');
      expect(await app.page.getByRole('row').count()).toBe(101);
      const row = (text: string) => app.page.getByRole('row').filter({ hasText: text });
      expect(await row('verify_backup').textContent()).toMatch(/<img src=x onerror=alert\(1\)> evil second line/);
      expect(await app.page.locator('img').count()).toBe(0);
      expect(await row('get_status').textContent()).toMatch(/not said.*Done.*0 ms/);
      expect(await row('create_backup').textContent()).toMatch(/Went on as a job.*20 s/);
      expect(await row('restore_backup').textContent()).toMatch(/You were asked/);
      expect(await row('import_index').textContent()).toMatch(/Refused.*APPROVAL_DENIED/);
      expect(await row('export_index').textContent()).toMatch(/Failed.*QDRANT_UNREACHABLE/);
      // One line each, however long.
      const heights = await app.page
        .locator('.one-line')
        .evaluateAll((names) => names.map((name) => (name as HTMLElement).offsetHeight));
      expect(Math.max(...heights)).toBeLessThan(30);
      expect(await look(app, '95-agents-calls')).toEqual([]);
    },
  );
});
