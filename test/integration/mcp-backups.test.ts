/** Agents with backups, from end to end: a real Qdrant, a real vault, other people's clients. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Approve } from '../../main/mcp/approval.ts';
import { startEndpoint, type Endpoint } from '../../main/mcp/endpoint.ts';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { openSettings } from '../../main/settings/settings.ts';
import { countPoints, makeCollection, putPoints, rest } from '../support/collections.ts';
import { CLIENTS, openClient, type ClientKind, type ToolAnswer, type ToolClient } from '../support/mcp-clients.ts';
import { endpointParts } from '../support/endpoint-parts.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const POINTS = 1000;
const SECRET = 'a sentence that stands in a payload and nowhere else';

let root = '';
let qdrant: Qdrant;
let service: Service;
let serial = 0;
const endpoints: Endpoint[] = [];

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'vk-mcp-backups-')));
  qdrant = await startQdrant();
  const settings = openSettings({ Store: Conf, dir: root });
  settings.saveConnection({ name: 'local', kind: 'url', url: qdrant.url });
  settings.setVaultFolder(join(root, 'vault'));
  service = createService({
    settings,
    home: root,
    qdrantBinary: undefined,
    workerScript: new URL('../../main/jobs/worker.ts', import.meta.url),
    generator: 'Vectorkeep test',
  });
});
afterAll(async () => {
  for (const endpoint of endpoints) await endpoint.close();
  await service.close();
  await qdrant.stop();
  rmSync(root, { recursive: true });
});

/** A client in front of the service, or of one that is not quite it. */
async function open(
  kind: ClientKind,
  options: { readonly approve?: Approve; readonly service?: Service } = {},
): Promise<ToolClient> {
  const home = join(root, `endpoint-${serial++}`);
  const endpoint = await startEndpoint({
    service,
    home,
    port: 0,
    version: '0.0.0',
    ...endpointParts(home),
    ...options,
  });
  endpoints.push(endpoint);
  return openClient(kind, endpoint.url, readFileSync(join(home, 'mcp-token'), 'utf8').trim());
}

/** What a tool gives once its work is done, however long that takes. */
async function outcomeOf(client: ToolClient, tool: string, args: object): Promise<ToolAnswer> {
  let answer = await client.call(tool, tool === 'list_backups' ? { ...args } : { wait_seconds: 45, ...args });
  while (answer.structuredContent?.['status'] === 'running')
    answer = await client.call('get_job', { job_id: answer.structuredContent['job_id'], wait_seconds: 45 });
  expect(JSON.parse(answer.content[0]?.text ?? '')).toEqual(answer.structuredContent);
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  return answer;
}
const resultOf = async (client: ToolClient, tool: string, args: object): Promise<Record<string, unknown>> => {
  const { isError, structuredContent } = await outcomeOf(client, tool, args);
  expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
  return structuredContent ?? {};
};
const codeOf = async (client: ToolClient, tool: string, args: object): Promise<unknown> =>
  ((await outcomeOf(client, tool, args)).structuredContent?.['error'] as { code?: string } | undefined)?.code;

/** A thousand points of three files: 1 to 50, 51 to 100, and the others. */
async function makeIndex(name: string): Promise<void> {
  await makeCollection(qdrant.url, { name, points: 0 });
  const files = { 'src/a.ts': [1, 50], 'src/b.ts': [51, 50], 'docs/all.md': [101, POINTS - 100] } as const;
  for (const [path, [from, many]] of Object.entries(files))
    await putPoints(qdrant.url, name, from, many, { payload: { file_path: path, text: SECRET } });
}

const remove = (name: string, points: readonly number[]): Promise<unknown> =>
  rest(qdrant.url, 'POST', `/collections/${name}/points/delete?wait=true`, { points });

const backupsOf = async (collection: string): Promise<string[]> =>
  (await service.listBackups({ collection })).backups.map(({ backupName }) => backupName);

describe.each(CLIENTS)('the whole story with %s', (kind) => {
  const code = `code-${kind.replaceAll(/\W+/g, '-')}`;

  it('a backup before re-indexing, a loss, and everything back', async () => {
    await makeIndex(code);
    const asked: unknown[] = [];
    const client = await open(kind, {
      approve: (request) => {
        asked.push(request);
        return Promise.resolve(true);
      },
    });
    const backup = await resultOf(client, 'create_backup', { collection: code, reason: 'before-reindex', pin: true });
    expect(backup).toMatchObject({ status: 'done', collection: code, total_vectors: POINTS, verified: true });
    const name = backup['backup_name'];
    const listed = await resultOf(client, 'list_backups', { collection: code });
    expect(listed['backups']).toMatchObject([
      { backup_name: name, reason: 'before-reindex', pinned: true, total_vectors: POINTS },
    ]);

    // Behind its back.
    await remove(code, [1, 2, 3]);
    await putPoints(qdrant.url, code, 4, 1, { payload: { file_path: 'src/a.ts', text: 'changed' } });
    await putPoints(qdrant.url, code, 5001, 2, { payload: { file_path: 'src/new.ts' } });
    const diff = await resultOf(client, 'diff_backups', { from: name });
    expect(diff).toMatchObject({ from: name, to: code, added: 2, changed: 1, removed: 3, same: POINTS - 4 });
    expect(diff['paths']).toContainEqual({ path: 'src/new.ts', added: 2, changed: 0, removed: 0 });

    const exact = { backup_name: name, conflict_strategy: 'exact' };
    const dry = await resultOf(client, 'restore_backup', { ...exact, dry_run: true });
    expect(dry).toMatchObject({ new: 3, updated: 1, removed: 2, dry_run: true, verified: null, safety_backup: null });
    expect(asked).toEqual([]);
    expect(await countPoints(qdrant.url, code)).toBe(POINTS - 1);

    const restored = await resultOf(client, 'restore_backup', exact);
    expect(restored).toMatchObject({ collection: code, new: 3, updated: 1, removed: 2, verified: true });
    expect(restored).toMatchObject({ differences: { count: 0 }, created_collection: false });
    expect(asked).toEqual([
      {
        ...{ kind: 'restore', connection: 'local', collection: code, points: POINTS - 1, backup: name },
        ...{
          createdAt: backup['created_at'],
          backupPoints: POINTS,
          onConflict: 'exact',
          paths: null,
          safetyCopy: true,
          allowModelMismatch: false,
          effect: null,
        },
      },
    ]);
    expect(await backupsOf(code)).toEqual([restored['safety_backup'], name]);

    const undoing = await resultOf(client, 'diff_backups', { from: name, to: restored['safety_backup'] });
    expect(undoing).toMatchObject({ added: 2, changed: 1, removed: 3 });
    const verified = await resultOf(client, 'verify_backup', { full: true });
    expect(verified).toMatchObject({ problems: [], leftovers: [], full: true });
    expect(verified['backups']).toContainEqual({ backup_name: name, ok: true, problems: [] });
    const one = await resultOf(client, 'verify_backup', { backup_name: name });
    expect(one['backups']).toEqual([{ backup_name: name, ok: true, problems: [] }]);
    await client.close();
  });
});

describe('without anybody to ask', () => {
  let client: ToolClient;
  let backup = '';
  beforeAll(async () => {
    client = await open('sdk 1.x');
    await makeIndex('unasked');
    backup = String((await resultOf(client, 'create_backup', { collection: 'unasked' }))['backup_name']);
    await remove('unasked', [1, 2, 3, 200]);
    await putPoints(qdrant.url, 'unasked', 4, 1, { payload: { file_path: 'src/a.ts', mine: true } });
  });
  afterAll(() => client.close());

  it.each(['overwrite', 'merge', 'exact'])('%s writes nothing, whatever else is asked for', async (strategy) => {
    const alias = `alias-${strategy}`;
    const actions = [{ create_alias: { alias_name: alias, collection_name: 'unasked' } }];
    await rest(qdrant.url, 'POST', '/collections/aliases', { actions });
    const args = { backup_name: backup, conflict_strategy: strategy };
    for (const more of [
      {},
      { target_collection: 'unasked' },
      { target_collection: alias },
      { safety_copy: false },
      { paths: '**' },
    ])
      expect(await codeOf(client, 'restore_backup', { ...args, ...more })).toBe('APPROVAL_NEEDED');
    expect(await countPoints(qdrant.url, 'unasked')).toBe(POINTS - 4);
    expect(await backupsOf('unasked')).toEqual([backup]);
  });

  it('skip brings back what is missing, here of some files, and leaves the rest alone', async () => {
    const some = await resultOf(client, 'restore_backup', { backup_name: backup, paths: 'src/**' });
    expect(some).toMatchObject({ total_vectors: 100, new: 3, updated: 0, removed: 0, safety_backup: null });
    const rest = await resultOf(client, 'restore_backup', { backup_name: backup });
    expect(rest).toMatchObject({ new: 1, updated: 0, skipped: POINTS - 1, verified: true, differences: { count: 1 } });
  });

  it('a new target can be had by any strategy', async () => {
    const args = {
      backup_name: backup,
      conflict_strategy: 'exact',
      target_collection: 'unasked-copy',
      safety_copy: false,
    };
    const made = await resultOf(client, 'restore_backup', args);
    expect(made).toMatchObject({ collection: 'unasked-copy', new: POINTS, created_collection: true, verified: true });
    expect(await codeOf(client, 'restore_backup', args)).toBe('APPROVAL_NEEDED');
  });

  it('a target that fills up right after it was looked at is left as it is', async () => {
    await makeCollection(qdrant.url, { name: 'filling', points: 0 });
    const countPoints: Service['countPoints'] = async (connection, collection) => {
      const before = await service.countPoints(connection, collection);
      await putPoints(qdrant.url, 'filling', 1, 2, { payload: { theirs: true } });
      return before;
    };
    const racing = await open('sdk 1.x', { service: { ...service, countPoints } });
    const args = { backup_name: backup, conflict_strategy: 'exact', target_collection: 'filling' };
    expect(await codeOf(racing, 'restore_backup', args)).toBe('APPROVAL_NEEDED');
    const [point] = (await rest(qdrant.url, 'POST', '/collections/filling/points', {
      ids: [1],
      with_payload: true,
    })) as object[];
    expect(point).toMatchObject({ payload: { theirs: true } });
    await racing.close();
  });

  it('says what went wrong with a code and a next step', async () => {
    for (const [tool, args, code] of [
      ['restore_backup', { backup_name: 'none' }, 'BACKUP_NOT_FOUND'],
      ['restore_backup', { backup_name: 'none', conflict_strategy: 'exact' }, 'BACKUP_NOT_FOUND'],
      ['restore_backup', { backup_name: '../../etc/passwd', conflict_strategy: 'exact' }, 'BACKUP_NOT_FOUND'],
      ['verify_backup', { backup_name: 'none' }, 'BACKUP_NOT_FOUND'],
      ['diff_backups', { from: 'none' }, 'BACKUP_NOT_FOUND'],
      ['diff_backups', { from: backup, to: 'none' }, 'BACKUP_NOT_FOUND'],
      ['diff_backups', { from: backup, collection: 'none' }, 'COLLECTION_NOT_FOUND'],
      ['create_backup', { collection: 'none' }, 'COLLECTION_NOT_FOUND'],
      ['create_backup', {}, 'COLLECTION_AMBIGUOUS'],
      ['create_backup', { connection: 'none' }, 'CONNECTION_NOT_FOUND'],
    ] as const) {
      const { isError, structuredContent } = await outcomeOf(client, tool, args);
      expect(isError, code).toBe(true);
      expect(structuredContent).toMatchObject({ error: { code, hint: expect.stringMatching(/./) as string } });
    }
  });
});

it('a no changes nothing, and a yes without a safety copy makes none', async () => {
  await makeIndex('decided');
  const client = await open('sdk 1.x', { approve: () => Promise.resolve(false) });
  const backup = (await resultOf(client, 'create_backup', { collection: 'decided' }))['backup_name'];
  await remove('decided', [1]);
  await putPoints(qdrant.url, 'decided', 5001, 1);
  const args = { backup_name: backup, conflict_strategy: 'exact', safety_copy: false };
  expect(await codeOf(client, 'restore_backup', args)).toBe('APPROVAL_DENIED');
  expect(await countPoints(qdrant.url, 'decided')).toBe(POINTS);
  const allowed = await open('sdk 1.x', { approve: () => Promise.resolve(true) });
  const done = await resultOf(allowed, 'restore_backup', args);
  await allowed.close();
  expect(done).toMatchObject({ new: 1, removed: 1, safety_backup: null, verified: true });
  expect(await backupsOf('decided')).toEqual([backup]);
  await client.close();
});
