/*
 * The official Inspector's command line against the endpoint, in both eras of the protocol and through the bridge. Each call is a process of its
 * own, so what does not depend on each other runs side by side.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { inspect } from '../support/mcp-inspector.ts';
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

const http = (token = ground.token) => [
  ...[ground.endpoint.url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`],
];
/** A program that the Inspector starts for each method; it finds the endpoint by the settings folder, and no token is told. */
const bridge = () => [process.execPath, join(root, 'bin/vectorkeep.js'), 'mcp', '--home', ground.home];

const WAYS = [
  { over: 'http', era: 'legacy', where: http },
  { over: 'http', era: 'modern', where: http },
  { over: 'bridge', era: 'legacy', where: bridge },
] as const;

describe.each(WAYS)('$era over $over', ({ over, era, where }) => {
  const run = (...method: string[]) => inspect(where(), era, method, ground.token);
  const call = (tool: string, args: Record<string, unknown> = {}) =>
    run('tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(args));

  it('connects, lists the tools without an error in their schemas, and calls every one', async () => {
    const file = `copy-${over}-${era}.json`;
    const [met, list, backup, exported] = await Promise.all([
      run('initialize'),
      run('tools/list', '--strict'),
      call('create_backup', { collection: 'code', reason: `before-${over}-${era}` }),
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
        { input_path: file, collection: `into-${over}-${era}` },
        { new: POINTS, created_collection: true },
      ],
      list_backups: [
        { collection: 'code' },
        { backups: expect.arrayContaining([expect.objectContaining({ backup_name })]) },
      ],
      restore_backup: [{ backup_name, conflict_strategy: 'skip' }, { status: 'done' }],
      list_collections: [{}, { collections: expect.arrayContaining([expect.objectContaining({ name: 'code' })]) }],
      get_status: [{}, { status: 'done' }],
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

  it('lists resources, and reads the manifest of a backup', async () => {
    const { backups } = await ground.service.listBackups({});
    const uri = `vectorkeep://backups/${backups[0]?.backupName ?? ''}`;
    const [list, read] = await Promise.all([run('resources/list'), run('resources/read', '--uri', uri)]);
    const { resources } = list.result as { resources: { uri: string }[] };
    expect(resources.map((each) => each.uri)).toContain(uri);
    expect(read.exitCode, read.printed).toBe(0);
    const { contents } = read.result as { contents: { text: string }[] };
    expect(JSON.parse(contents[0]?.text ?? '') as unknown).toMatchObject({ collection: 'code' });
  });
});

it('goes over the bridge in the modern era as well', async () => {
  const run = (...method: string[]) => inspect(bridge(), 'modern', method, ground.token);
  const [met, status] = await Promise.all([run('initialize'), run('tools/call', '--tool-name', 'get_status')]);
  expect(met.result).toMatchObject({ serverInfo: { name: 'vectorkeep' }, protocolVersion: VERSIONS.modern });
  expect(structured(status), status.printed).toMatchObject({ status: 'done' });
});

it('says in its own terms what failed', async () => {
  const absent = ['tools/call', '--tool-name', 'get_job', '--tool-args-json', '{"job_id":"none"}'];
  const [job, token] = await Promise.all([
    inspect(http(), 'modern', absent, ground.token),
    inspect(http('A'.repeat(43)), 'legacy', ['tools/list', '--stored-auth-only'], ground.token),
  ]);
  expect(job).toMatchObject({ exitCode: 5, failure: 'tool_is_error' });
  expect(structured(job)).toMatchObject({ error: { code: 'JOB_NOT_FOUND' } });
  expect(token).toMatchObject({ exitCode: 3, failure: 'auth_required' });
});
