/** What is known of a call beside its message: who called, and whether the answer may hold links. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CLIENTS, send, type Sent } from '../../support/mcp-clients.ts';
import { toolsGround } from './open-tools.ts';

const ground = toolsGround();
const { open, openAs } = ground;

const backup = {
  ...{ backupName: 'first', collection: 'code', createdAt: '2026-01-02T03:04:05.000Z', totalVectors: 10 },
  ...{ new: 10, changed: 0, removed: 0, bytesAdded: 1, vaultBytes: 1, verified: true, moved: false },
  ...{ rotation: null, durationMs: 1, warnings: [] },
};
const link = { type: 'resource_link', uri: 'vectorkeep://backups/first', name: 'first' };

/** What is in the log once so many calls are; a call is noted after it was answered. */
async function calls(count: number): Promise<Record<string, unknown>[]> {
  const lines = await vi.waitFor(() => {
    const text = readFileSync(join(ground.tools.home, 'audit.jsonl'), 'utf8').split('\n');
    expect(text.length).toBeGreaterThan(count);
    return text;
  });
  expect(lines).toHaveLength(count + 1);
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('links to resources', () => {
  /** A job that is done. */
  const done = async () => {
    await ground.client.call('create_backup', { wait_seconds: 0 });
    ground.service.set('job-1', { status: 'done', result: backup });
  };

  it.each(CLIENTS)('%s gets them, of the backup and of the safety copy', async (kind) => {
    await openAs(kind);
    await done();
    const { content } = await ground.client.call('get_job', { job_id: 'job-1' });
    expect(content).toEqual([expect.objectContaining({ type: 'text' }), expect.objectContaining(link)]);
    ground.service.set('job-1', { result: { ...backup, safetyBackup: 'a b' } });
    const restored = await ground.client.call('get_job', { job_id: 'job-1' });
    expect(restored.content.slice(1)).toMatchObject([link, { uri: 'vectorkeep://backups/a%20b', name: 'a b' }]);
  });

  it.each([
    ['2025-11-25', 1],
    ['2025-06-18', 1],
    ['2025-03-26', 0],
    ['2024-11-05', 0],
    [undefined, 0],
  ] as const)('a client of %s gets %i', async (version, links) => {
    await open();
    await done();
    const params = { name: 'get_job', arguments: { job_id: 'job-1' } };
    const { result } = await send(ground.tools, 'tools/call', params, { version });
    expect(result).toMatchObject({ structuredContent: { backup_name: 'first' } });
    const kinds = (result?.['content'] as { type: string }[]).map(({ type }) => type);
    expect(kinds).toEqual(['text', ...Array.from({ length: links }, () => 'resource_link')]);
  });
});

describe('who called', () => {
  let count = 0;
  const one = async (params: object, sent: Sent): Promise<Record<string, unknown> | undefined> => {
    await send(ground.tools, 'tools/call', params, sent);
    return (await calls(++count)).at(-1);
  };
  const params = { name: 'list_backups', arguments: { collection: 'code' } };
  const modern = { version: '2026-07-28', headers: { 'user-agent': 'agent/1' } };
  beforeEach(async () => {
    count = 0;
    await open();
  });

  it('is what the client calls itself, where the revision has that; else its user agent', async () => {
    expect(await one(params, { ...modern, clientInfo: { name: 'Codex', version: '2' } })).toMatchObject({
      ...{ client: 'Codex 2', tool: 'list_backups', outcome: 'done', code: null, jobId: null },
    });
    for (const version of ['2025-11-25', undefined])
      expect(await one(params, { ...modern, version })).toMatchObject({ client: 'agent/1', outcome: 'done' });
  });

  it('is one short line, and a name of another sort is passed over', async () => {
    const name = `Codex\n{"at":"x"}\u001b[2J\u202e${'y'.repeat(500)}`;
    const noted = await one(params, { ...modern, clientInfo: { name, version: '2' } });
    expect(noted?.['client']).toMatch(/^Codex \{"at":"x"\} \[2J y+…$/);
    expect(String(noted?.['client'])).toHaveLength(100);
    const nameless = await one({ name: { toString: 'x' }, arguments: null }, { ...modern, version: undefined });
    expect(nameless).toMatchObject({ tool: '', outcome: 'failed', code: 'INVALID_CALL' });
  });

  it('is noted for calls that are refused, and for calls alone', async () => {
    expect(await one({ name: 'list_backups', arguments: { vault: '/x' } }, modern)).toMatchObject({
      ...{ tool: 'list_backups', outcome: 'failed', code: 'INVALID_CALL' },
    });
    expect(await one({ name: 'prune', arguments: {} }, modern)).toMatchObject({ tool: 'prune', code: 'INVALID_CALL' });
    expect(await one({ name: 'get_job', arguments: { job_id: 'x' } }, modern)).toMatchObject({
      ...{ outcome: 'failed', code: 'JOB_NOT_FOUND' },
    });
    await ground.client.tools();
    await ground.client.resources();
    await one(params, modern);
  });

  it('has no word of the arguments beside it, and the same digest for the same ones', async () => {
    const secret = { name: 'list_backups', arguments: { collection: 'secret-project' } };
    const first = await one(secret, modern);
    const second = await one(secret, { ...modern, version: undefined });
    expect(first?.['arguments']).toMatch(/^[0-9a-f]{16}$/);
    expect(second?.['arguments']).toBe(first?.['arguments']);
    expect((await one(params, modern))?.['arguments']).not.toBe(first?.['arguments']);
    expect(JSON.stringify(await calls(3))).not.toContain('secret-project');
  });
});
