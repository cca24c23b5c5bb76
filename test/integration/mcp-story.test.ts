/** What agents are for, from end to end, with each official client: a backup, a loss behind its back, and everything back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../main/mcp/approval.ts';
import { questionOf } from '../../main/mcp/approval-question.ts';
import { Protection } from '../../main/protection/protection.ts';
import { wallClock } from '../../main/protection/wall-clock.ts';
import { rest } from '../support/collections.ts';
import { CLIENTS, openClient, type ToolAnswer, type ToolClient } from '../support/mcp-clients.ts';
import { fillCollection, openMcpGround, type McpGround } from '../support/mcp-ground.ts';
import { never } from '../support/protections.ts';
import { pointTexts } from '../support/server-text.ts';

const POINTS = 300;
const SECRET = 'a sentence that stands in a payload and nowhere else';

let ground: McpGround;
let protection: Protection;
let approve: (request: ApprovalRequest) => Promise<boolean>;

beforeAll(async () => {
  ground = await openMcpGround({
    approve: (request) => approve(request),
    protection: () => protection.view(),
  });
  const { service, settings, home } = ground;
  protection = await Protection.open({ service, settings, home, clock: wallClock, builtin: false });
  settings.setRule({ connection: 'local', collection: null }, never, new Date());
});
afterAll(async () => {
  await protection.end();
  await ground.close();
});

describe.each(CLIENTS)('with %s', (kind) => {
  const name = `story-${CLIENTS.indexOf(kind)}`;
  const code = `code-${CLIENTS.indexOf(kind)}`;
  /** What the log has to tell of: calls, and what came of questions. */
  const calls: string[] = [];
  /** Texts that calls held. */
  const given = new Set<string>();
  let client: ToolClient;
  let before: Map<string, string>;
  let disturbed: Map<string, string>;
  let backup = '';
  let safety = '';
  beforeAll(async () => {
    await fillCollection(ground.control, code, POINTS, { text: SECRET });
    before = await pointTexts(ground.qdrant.url, code);
    client = await openClient(kind, ground.endpoint.url, ground.token, { name });
  });
  afterAll(() => client.close());

  async function call(tool: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
    calls.push(tool);
    for (const value of Object.values(args)) if (typeof value === 'string') given.add(value);
    const answer = await client.call(tool, args);
    expect(JSON.parse(answer.content[0]?.text ?? '')).toEqual(answer.structuredContent);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    return answer;
  }
  const told = async (tool: string, args?: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const { isError, structuredContent } = await call(tool, args);
    expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
    return structuredContent ?? {};
  };

  it('sees the index, and backs it up before it is indexed anew', async () => {
    const { collections, connections } = await told('list_collections');
    expect(collections).toContainEqual(
      expect.objectContaining({
        name: code,
        points: POINTS,
        dimensions: 8,
        is_default: (collections as unknown[]).length === 1,
      }),
    );
    expect(connections).toEqual([{ name: 'local', kind: 'url', is_current: true }]);

    const { content, structuredContent } = await call('create_backup', { collection: code, reason: 'before-reindex' });
    expect(structuredContent).toMatchObject({
      status: 'done',
      collection: code,
      total_vectors: POINTS,
      verified: true,
    });
    backup = String(structuredContent?.['backup_name']);
    expect(content.slice(1)).toMatchObject([{ type: 'resource_link', uri: `vectorkeep://backups/${backup}` }]);
    const manifest = await client.read(content[1]?.uri ?? '');
    expect(manifest).toMatchObject({
      ...{ format: 'vectorkeep-backup', name: backup, collection: code, reason: 'before-reindex' },
      ...{ total_vectors: POINTS, source: ground.qdrant.url },
    });
    expect(JSON.stringify(manifest)).not.toMatch(new RegExp(`${SECRET}|src/`));
    expect((await client.resources())[0]).toMatchObject({ uri: `vectorkeep://backups/${backup}`, name: backup });
  });

  it('sees what became of it behind its back', async () => {
    await ground.control.delete(code, { points: [1, 2, 3], wait: true });
    await rest(ground.qdrant.url, 'POST', `/collections/${code}/points/payload?wait=true`, {
      ...{ points: [4, 5], payload: { n: -1 } },
    });
    const vector = [1, 0, 0, 0, 0, 0, 0, 0];
    const late = { id: 5000, vector, payload: { file_path: 'src/new.ts' } };
    await ground.control.upsert(code, { points: [late], wait: true });
    disturbed = await pointTexts(ground.qdrant.url, code);
    const found = await told('diff_backups', { from: backup });
    expect(found).toMatchObject({
      ...{ status: 'done', from: backup, to: code, added: 1, changed: 2, removed: 3, same: POINTS - 5, elsewhere: 0 },
    });
    const paths = found['paths'] as { path: string }[];
    expect(paths).toContainEqual({ path: 'src/2.ts', added: 0, changed: 0, removed: 1 });
    expect(paths).toHaveLength(6);
  });

  it('brings all of it back by a plan, with the leave of the person', async () => {
    const args = { backup_name: backup, conflict_strategy: 'exact' };
    const plan = await told('restore_backup', { ...args, dry_run: true });
    expect(plan).toMatchObject({
      ...{ status: 'done', dry_run: true, new: 3, updated: 2, removed: 1, skipped: POINTS - 5, safety_backup: null },
      ...{ verified: null, plan_id: expect.stringMatching(/^[\w-]{36}$/) as string },
    });
    expect(await pointTexts(ground.qdrant.url, code)).toEqual(disturbed);

    const asked: ApprovalRequest[] = [];
    let answer: (yes: boolean) => void = () => undefined;
    approve = (request) => {
      asked.push(request);
      return new Promise((resolve) => (answer = resolve));
    };
    const waiting = await told('restore_backup', { ...args, plan_id: plan['plan_id'], wait_seconds: 0 });
    expect(waiting).toEqual({
      ...{ status: 'awaiting_approval', job_id: expect.any(String) as string },
      next_step: 'The person is being asked in the app. Call get_job with this job_id.',
    });
    const [summary] = (await ground.service.listBackups({ collection: code })).backups;
    expect(asked).toEqual([
      {
        ...{ kind: 'restore', connection: 'local', collection: code, points: POINTS - 2, backup },
        ...{ createdAt: summary?.createdAt, backupPoints: POINTS, onConflict: 'exact', paths: null },
        ...{ safetyCopy: true, allowModelMismatch: false, effect: { new: 3, updated: 2, removed: 1 } },
      },
    ]);
    expect(questionOf(asked[0] as ApprovalRequest).detail).toContain('In numbers: 2 replaced, 1 removed, 3 new.');
    expect(await pointTexts(ground.qdrant.url, code)).toEqual(disturbed);

    answer(true);
    calls.push('restore_backup');
    const done = await told('get_job', { job_id: waiting['job_id'], wait_seconds: 45 });
    expect(done).toMatchObject({
      ...{ status: 'done', collection: code, new: 3, updated: 2, removed: 1, verified: true, dry_run: false },
      ...{ differences: { count: 0, points: [] }, safety_backup: expect.stringContaining(code) as string },
    });
    safety = String(done['safety_backup']);
    expect(await pointTexts(ground.qdrant.url, code)).toEqual(before);
  });

  it('finds the backups whole, and is told how everything stands', async () => {
    const { backups, leftovers, problems } = await told('verify_backup', { full: true });
    expect({ leftovers, problems }).toEqual({ leftovers: [], problems: [] });
    for (const name of [backup, safety]) expect(backups).toContainEqual({ backup_name: name, ok: true, problems: [] });
    await protection.look();
    const { read_only, approval, indexes } = await told('get_status');
    expect({ read_only, approval }).toEqual({ read_only: false, approval: 'ask' });
    const index = (indexes as { collection: string }[]).find(({ collection }) => collection === code);
    expect(index).toMatchObject({ connection: 'local', health: 'safe', last_good: { backup, points: POINTS } });
  });

  it('takes it all back by the safety copy', async () => {
    approve = () => Promise.resolve(true);
    calls.push('restore_backup');
    const args = { backup_name: safety, conflict_strategy: 'exact', wait_seconds: 45 };
    const done = await told('restore_backup', args);
    expect(done).toMatchObject({ status: 'done', new: 1, updated: 2, removed: 3, verified: true });
    expect(await pointTexts(ground.qdrant.url, code)).toEqual(disturbed);
  });

  it('has left a line for every call and every answer, and no word of what was in it', async () => {
    const lines = await vi.waitFor(() => {
      const log = readFileSync(join(ground.home, 'audit.jsonl'), 'utf8').trim().split('\n');
      const own = log.filter((line) => line.includes(`"client":"${name}`));
      expect(own).toHaveLength(calls.length);
      return own;
    });
    const noted = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(noted.map(({ tool }) => tool)).toEqual(calls);
    const own = kind.includes('2026') ? `${name} 1.0.0` : `${name}-agent/1`;
    expect(new Set(noted.map((line) => line['client']))).toEqual(new Set([own]));
    expect(noted.filter(({ outcome }) => outcome !== 'done')).toMatchObject([
      { tool: 'restore_backup', outcome: 'awaiting_approval', code: null },
      { tool: 'restore_backup', outcome: 'running', code: null },
      { tool: 'restore_backup', outcome: 'running', code: null },
    ]);
    expect(given.size).toBeGreaterThan(5);
    const log = lines.join('\n');
    for (const text of [SECRET, code, 'before-reindex', backup, safety]) expect(log).not.toContain(text);
  });
});
