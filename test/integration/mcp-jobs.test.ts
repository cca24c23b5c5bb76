/** Long work of agents, with a Qdrant that is slow: it outlives its client, is found again, is stopped cleanly, and never overlaps. */
import { request as httpRequest } from 'node:http';
// Real, also where a test has stopped the others.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toolCall } from '../support/mcp-aftermath.ts';
import { CLIENTS, openClient, type ToolClient } from '../support/mcp-clients.ts';
import { fillCollection, openMcpGround, type McpGround } from '../support/mcp-ground.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { pointTexts } from '../support/server-text.ts';

const POINTS = 200;

let ground: McpGround;
let proxy: Proxy;
let client: ToolClient;
let serial = 0;
let code = '';

beforeAll(async () => {
  ground = await openMcpGround({ approve: () => Promise.resolve(true) });
  proxy = await startProxy(ground.qdrant.url);
  ground.settings.saveConnection({ name: 'slow', kind: 'url', url: proxy.url });
  ground.settings.selectConnection('slow');
  client = await openClient('client 2.x, 2026-07-28', ground.endpoint.url, ground.token);
});
afterAll(async () => {
  await client.close();
  await ground.close();
  await proxy.stop();
});
beforeEach(async () => {
  code = `code-${serial++}`;
  await fillCollection(ground.control, code, POINTS);
});
afterEach(() => {
  vi.useRealTimers();
  letGo();
});

/** The request for a page of points, the first one unless `after` others, is held back. Resolves once it was made. */
function holdBack(after = 0): () => Promise<void> {
  const path = /\/points\/scroll/;
  proxy.setRules([{ path, after, times: 1, fault: { kind: 'delay', ms: 100_000 } }]);
  const from = proxy.seen.length;
  return async () => {
    const begun = performance.now();
    while (proxy.seen.slice(from).filter((line) => path.test(line)).length <= after) {
      if (performance.now() - begun > 20_000) throw new Error(`Asked for: ${proxy.seen.slice(from).join(', ')}`);
      await pause(10);
    }
  };
}
const letGo = (): void => proxy.setRules([]);
const told = async (tool: string, args: Record<string, unknown>): Promise<Record<string, unknown>> =>
  (await client.call(tool, args)).structuredContent ?? {};
/** Of the service: the newest job. */
const newest = (): string => ground.service.jobs().at(-1)?.id ?? '';
const ended = (id: unknown) => told('get_job', { job_id: id, wait_seconds: 45 });
const begin = (tool: string, args: Record<string, unknown>) => told(tool, { ...args, wait_seconds: 0 });
const backupsOf = async (collection: string): Promise<string[]> =>
  (await ground.service.listBackups({ collection })).backups.map(({ backupName }) => backupName);

/** A backup, and an index that is another one since. */
async function disturbed(): Promise<{ backup: unknown; points: Map<string, string> }> {
  const { job_id } = await begin('create_backup', { collection: code });
  const { backup_name: backup } = await ended(job_id);
  await ground.control.delete(code, { points: [1, 2, 3], wait: true });
  await ground.control.upsert(code, { points: [{ id: 999, vector: [1, 2, 3, 4, 5, 6, 7, 8] }], wait: true });
  return { backup, points: await pointTexts(ground.qdrant.url, code) };
}

describe('outlives its client', () => {
  it('a backup whose connection is cut off, and any client finds it', async () => {
    const asked = holdBack();
    const body = toolCall('create_backup', { collection: code, wait_seconds: 45 });
    const request = httpRequest(ground.endpoint.url, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${ground.token}`, 'content-type': 'application/json' },
        accept: 'application/json, text/event-stream',
      },
    });
    const cut = new Promise((resolve) => request.on('error', resolve).on('close', resolve));
    request.end(body);
    await asked();
    request.socket?.resetAndDestroy();
    await cut;
    expect(ground.service.job(newest())?.status).toBe('running');
    letGo();
    for (const kind of CLIENTS) {
      const other = await openClient(kind, ground.endpoint.url, ground.token);
      const found = (await other.resources()).find(({ name }) => name === newest());
      expect(found?.description).toMatch(new RegExp(`^create_backup of ${code}: (running|done)$`));
      const { structuredContent } = await other.call('get_job', { job_id: found?.name, wait_seconds: 45 });
      expect(structuredContent).toMatchObject({ status: 'done', collection: code, total_vectors: POINTS });
      await other.close();
    }
    expect(await backupsOf(code)).toHaveLength(1);
  });

  it.each(CLIENTS)('a restore whose client ends: %s', async (kind) => {
    const { backup } = await disturbed();
    const asked = holdBack();
    const leaving = await openClient(kind, ground.endpoint.url, ground.token);
    const args = { backup_name: backup, conflict_strategy: 'exact', wait_seconds: 45 };
    const call = leaving.call('restore_backup', args).catch(() => 'gone');
    await asked();
    await leaving.close();
    expect(await call).toBe('gone');
    letGo();
    const job = (await client.resources()).find(({ description }) => description?.startsWith('restore_backup'));
    expect(await ended(job?.name)).toMatchObject({ status: 'done', new: 3, removed: 1, verified: true });
  });
});

describe('is stopped by cancel_job', () => {
  it('a backup, and nothing of it is left', async () => {
    const asked = holdBack();
    const { job_id } = await begin('create_backup', { collection: code });
    await asked();
    expect(await told('cancel_job', { job_id })).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(await backupsOf(code)).toEqual([]);
    const { leftovers, problems } = await ground.service.verifyBackups({ full: false }).result;
    expect({ leftovers, problems }).toEqual({ leftovers: [], problems: [] });
    // The next one is as if there had been none.
    const again = await begin('create_backup', { collection: code });
    expect(await ended(again['job_id'])).toMatchObject({ status: 'done', new: POINTS });
  });

  it.each([
    ['looks at the index', 0],
    ['takes the safety copy', 1],
  ])('a restore while it %s, and all is as it was', async (_what, after) => {
    const { backup, points } = await disturbed();
    const asked = holdBack(after);
    const { job_id } = await begin('restore_backup', { backup_name: backup, conflict_strategy: 'exact' });
    await asked();
    expect(await told('cancel_job', { job_id })).toMatchObject({ status: 'cancelled' });
    expect(await pointTexts(ground.qdrant.url, code)).toEqual(points);
    expect(await backupsOf(code)).toEqual([backup]);
    const { leftovers, problems } = await ground.service.verifyBackups({ full: false }).result;
    expect({ leftovers, problems }).toEqual({ leftovers: [], problems: [] });
  });
});

it('of two that write to one index the second is refused, and the first is not disturbed', async () => {
  const { backup } = await disturbed();
  await ended((await begin('export_index', { collection: code, output_path: `${code}.json` }))['job_id']);
  const asked = holdBack();
  const exact = { backup_name: backup, conflict_strategy: 'exact' };
  const first = await begin('restore_backup', exact);
  await asked();
  for (const [tool, args] of [
    ['restore_backup', exact],
    ['restore_backup', { backup_name: backup }],
    ['import_index', { input_path: `${code}.json`, conflict_strategy: 'overwrite' }],
    ['import_index', { input_path: `${code}.json`, collection: code }],
  ] as const) {
    const { job_id } = await begin(tool, args);
    expect(await ended(job_id), tool).toMatchObject({ error: { code: 'BUSY', details: { collection: code } } });
  }
  letGo();
  expect(await ended(first['job_id'])).toMatchObject({ status: 'done', new: 3, removed: 1, verified: true });
});

it.each(CLIENTS)('a call that waits as long as it may has told its job before clients give up: %s', async (kind) => {
  const patient = await openClient(kind, ground.endpoint.url, ground.token);
  const asked = holdBack();
  // Those of the client too, which gives up after sixty seconds; the job goes by the real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let answered = false;
  const call = patient.call('create_backup', { collection: code, wait_seconds: 45 });
  void call.finally(() => (answered = true));
  await asked();
  await vi.advanceTimersByTimeAsync(43_000);
  expect(answered).toBe(false);
  await vi.advanceTimersByTimeAsync(2000);
  const { structuredContent } = await call;
  vi.useRealTimers();
  expect(structuredContent).toMatchObject({ status: 'running', job_id: newest() });
  const cancelled = await patient.call('cancel_job', { job_id: newest() });
  expect(cancelled.structuredContent).toMatchObject({ status: 'cancelled' });
  await patient.close();
});
