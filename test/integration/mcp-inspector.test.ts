/*
 * The official Inspector's command line against the endpoint, in both eras of the protocol. Each call is a process of its
 * own, so what does not depend on each other runs side by side.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERAS, inspect } from '../support/mcp-inspector.ts';
import type { Inspection } from '../support/mcp-inspector.ts';
import { fillCollection, openMcpGround } from '../support/mcp-ground.ts';
import type { McpGround } from '../support/mcp-ground.ts';

const VERSIONS = { legacy: '2025-11-25', modern: '2026-07-28' };
const POINTS = 40;

let ground: McpGround;
beforeAll(async () => {
  ground = await openMcpGround();
  await fillCollection(ground.control, 'code', POINTS);
});
afterAll(() => ground.close());

const structured = ({ result }: Inspection) => (result['structuredContent'] ?? {}) as Record<string, unknown>;

describe.each(ERAS)('%s', (era) => {
  const http = (token = ground.token) => [
    ...[ground.endpoint.url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`],
  ];
  const run = (...method: string[]) => inspect(http(), era, method, ground.token);
  const call = (tool: string, args: Record<string, unknown> = {}) =>
    run('tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args));

  it('connects, lists the tools without an error in their schemas, and calls every one', async () => {
    const file = `copy-${era}.json`;
    const [met, list, backup, exported] = await Promise.all([
      run('initialize'),
      run('tools/list', '--strict'),
      call('create_backup', { collection: 'code', reason: `before-${era}` }),
      call('export_index', { collection: 'code', output_path: file }),
    ]);
    expect(met.result).toMatchObject({ serverInfo: { name: 'vectorkeep' }, protocolVersion: VERSIONS[era] });
    expect(list.exitCode, list.printed).toBe(0);
    const tools = (list.result['tools'] as { name: string }[]).map(({ name }) => name);
    expect(structured(backup)).toMatchObject({ status: 'done', total_vectors: POINTS });
    expect(structured(exported)).toMatchObject({ status: 'done', total_vectors: POINTS });
    const { backup_name, job_id } = structured(backup);

    const calls: Record<string, [args: Record<string, unknown>, result: Record<string, unknown>]> = {
      import_index: [
        { input_path: file, collection: `into-${era}` },
        { new: POINTS, created_collection: true },
      ],
      list_backups: [
        { collection: 'code' },
        { backups: expect.arrayContaining([expect.objectContaining({ backup_name })]) },
      ],
      restore_backup: [{ backup_name, conflict_strategy: 'skip' }, { status: 'done' }],
      verify_backup: [{ backup_name }, { status: 'done' }],
      diff_backups: [{ from: backup_name }, { same: POINTS }],
      get_job: [{ job_id }, { backup_name, job_id }],
      cancel_job: [{ job_id }, { status: 'done', job_id }],
    };
    expect(new Set(tools)).toEqual(new Set(['create_backup', 'export_index', ...Object.keys(calls)]));
    const done = await Promise.all(
      Object.entries(calls).map(async ([tool, [args, result]]) => ({ tool, result, ran: await call(tool, args) })),
    );
    for (const { tool, result, ran } of done) {
      expect(ran.exitCode, `${tool}: ${ran.printed}`).toBe(0);
      expect(structured(ran), tool).toMatchObject(result);
    }
  });

  it('says in its own terms what failed', async () => {
    const [job, token] = await Promise.all([
      call('get_job', { job_id: 'none' }),
      inspect(http('A'.repeat(43)), era, ['tools/list', '--stored-auth-only'], ground.token),
    ]);
    expect(job).toMatchObject({ exitCode: 5, failure: 'tool_is_error' });
    expect(structured(job)).toMatchObject({ error: { code: 'JOB_NOT_FOUND' } });
    expect(token).toMatchObject({ exitCode: 3, failure: 'auth_required' });
  });
});
