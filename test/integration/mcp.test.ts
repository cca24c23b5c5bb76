import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { QdrantClient } from '@qdrant/js-client-rest';
import Conf from 'conf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEndpoint } from '../../main/mcp/endpoint.ts';
import type { Endpoint } from '../../main/mcp/endpoint.ts';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { openSettings } from '../../main/settings/settings.ts';
import { endpointParts } from '../support/endpoint-parts.ts';
import { CLIENTS, openClient } from '../support/mcp-clients.ts';
import type { ToolAnswer, ToolClient } from '../support/mcp-clients.ts';
import { startQdrant } from '../support/qdrant.ts';
import type { Qdrant } from '../support/qdrant.ts';

const POINTS = 1200;
const SECRET = 'a sentence that stands in a payload and nowhere else';

let qdrant: Qdrant;
let control: QdrantClient;
let home = '';
let service: Service;
let endpoint: Endpoint;
let token = '';

beforeAll(async () => {
  qdrant = await startQdrant();
  control = new QdrantClient({ url: qdrant.url, checkCompatibility: false });
  await control.createCollection('code', { vectors: { size: 8, distance: 'Cosine' } });
  const points = Array.from({ length: POINTS }, (_, id) => ({
    id,
    vector: Array.from({ length: 8 }, (_each, at) => Math.sin(id * 8 + at + 1)),
    payload: { file_path: `src/${id}.ts`, text: SECRET },
  }));
  await control.upsert('code', { points, wait: true });

  home = realpathSync(mkdtempSync(join(tmpdir(), 'vk-mcp-')));
  const settings = openSettings({ Store: Conf, dir: home });
  settings.saveConnection({ name: 'local', kind: 'url', url: qdrant.url });
  settings.saveConnection({ name: 'nobody', kind: 'url', url: 'http://127.0.0.1:9' });
  service = createService({
    settings,
    home,
    qdrantBinary: undefined,
    workerScript: new URL('../../main/jobs/worker.ts', import.meta.url),
    generator: 'Vectorkeep test',
  });
  endpoint = await startEndpoint({ service, home, port: 0, version: '0.0.0', ...endpointParts(home) });
  ({ token } = JSON.parse(readFileSync(join(home, 'mcp.json'), 'utf8')) as { token: string });
});
afterAll(async () => {
  await endpoint.close();
  await service.close();
  await qdrant.stop();
  rmSync(home, { recursive: true });
});

const errorOf = (answer: ToolAnswer) => (answer.structuredContent?.['error'] ?? {}) as { code?: string; hint?: string };
const count = async (collection: string) => (await control.count(collection, { exact: true })).count;

describe.each(CLIENTS)('a safety copy and back with %s', (kind) => {
  const suffix = kind.replaceAll(/\W+/g, '-');
  const file = `copy-${suffix}.json.gz`;
  const target = `restored-${suffix}`;
  let client: ToolClient;
  beforeAll(async () => {
    client = await openClient(kind, endpoint.url, token);
  });
  afterAll(() => client.close());

  it('exports a collection, with progress', async () => {
    const steps: number[] = [];
    const answer = await client.call('export_index', { collection: 'code', output_path: file }, (step) => {
      steps.push(step.progress);
    });
    expect(answer.isError).toBeUndefined();
    const result = answer.structuredContent ?? {};
    expect(result).toMatchObject({
      status: 'done',
      collection: 'code',
      path: join(home, 'exports', file),
      total_vectors: POINTS,
      dimensions: 8,
      moved: false,
    });
    expect(JSON.parse(answer.content[0]?.text ?? '')).toEqual(result);
    const written = readFileSync(join(home, 'exports', file));
    expect(result['bytes']).toBe(written.length);
    expect(result['raw_bytes']).toBe(gunzipSync(written).length);
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  });

  it('counts without writing, then imports, then finds nothing new', async () => {
    const args = { input_path: file, collection: target };
    const dry = await client.call('import_index', { ...args, dry_run: true });
    expect(dry.structuredContent).toMatchObject({ status: 'done', new: POINTS, updated: 0, skipped: 0, dry_run: true });
    expect((await control.collectionExists(target)).exists).toBe(false);
    const real = await client.call('import_index', { ...args, conflict_strategy: 'overwrite' });
    expect(real.structuredContent).toMatchObject({
      status: 'done',
      collection: target,
      total_vectors: POINTS,
      new: POINTS,
      created_collection: true,
      dry_run: false,
    });
    expect(await count(target)).toBe(POINTS);
    await control.delete(target, { points: [1, 2, 3], wait: true });
    const again = await client.call('import_index', args);
    expect(again.structuredContent).toMatchObject({
      new: 3,
      updated: 0,
      skipped: POINTS - 3,
      created_collection: false,
    });
    expect(JSON.stringify([dry, real, again])).not.toContain(SECRET);
  });

  it('hands over a job at once, and its result later', async () => {
    const args = { input_path: file, collection: target, wait_seconds: 0 };
    const started = await client.call('import_index', args);
    expect(started.structuredContent).toMatchObject({ status: 'running' });
    const done = await client.call('get_job', { job_id: started.structuredContent?.['job_id'] });
    expect(done.structuredContent).toMatchObject({ status: 'done', skipped: POINTS, new: 0 });
  });

  it('refuses to overwrite, by name, by alias and by the name in the file', async () => {
    const alias = `alias-${suffix}`;
    await control.updateCollectionAliases({
      actions: [{ create_alias: { alias_name: alias, collection_name: target } }],
    });
    for (const named of [{ collection: target }, { collection: alias }, {}]) {
      const answer = await client.call('import_index', { input_path: file, conflict_strategy: 'overwrite', ...named });
      expect(answer.isError).toBe(true);
      expect(errorOf(answer).code).toBe('APPROVAL_NEEDED');
    }
  });

  it('says what went wrong with a code and a next step', async () => {
    writeFileSync(join(home, 'exports', 'bad.json'), '{"version": "1.0", "meta');
    for (const [tool, args, code] of [
      ['export_index', { collection: 'code', output_path: file }, 'FILE_EXISTS'],
      ['export_index', { collection: 'none' }, 'COLLECTION_NOT_FOUND'],
      ['export_index', { collection: 'code', connection: 'nobody' }, 'QDRANT_UNREACHABLE'],
      ['export_index', {}, 'COLLECTION_AMBIGUOUS'],
      ['import_index', { input_path: 'bad.json', collection: target }, 'BAD_ARCHIVE'],
      ['import_index', { input_path: 'bad.json', conflict_strategy: 'overwrite' }, 'BAD_ARCHIVE'],
      ['import_index', { input_path: '/etc/passwd' }, 'PATH_NOT_ALLOWED'],
    ] as const) {
      const answer = await client.call(tool, args);
      expect(answer.isError, code).toBe(true);
      expect(errorOf(answer).code).toBe(code);
      expect(errorOf(answer).hint).not.toBe('');
    }
  });

  it('cancels an export, and nothing is left of it', async () => {
    const args = { collection: 'code', output_path: `cancelled-${suffix}`, wait_seconds: 0 };
    const started = await client.call('export_index', args);
    const ended = await client.call('cancel_job', { job_id: started.structuredContent?.['job_id'] });
    expect(ended.structuredContent).toMatchObject({ status: 'cancelled' });
    expect(readdirSync(join(home, 'exports')).filter((name) => name.includes('cancelled'))).toEqual([]);
  });
});

it('does not follow a folder that became a link', async () => {
  const client = await openClient('sdk 1.x', endpoint.url, token);
  const outside = join(home, 'outside');
  mkdirSync(outside);
  const args = { collection: 'code', output_path: 'sub/x.json' };
  expect((await client.call('export_index', args)).structuredContent).toMatchObject({ status: 'done' });
  rmSync(join(home, 'exports', 'sub'), { recursive: true });
  symlinkSync(outside, join(home, 'exports', 'sub'));
  expect(errorOf(await client.call('export_index', args)).code).toBe('PATH_NOT_ALLOWED');
  expect(readdirSync(outside)).toEqual([]);
  await client.close();
});

it.each(['export_index', 'import_index'])(
  '%s does not follow a folder that becomes a link when it begins',
  async (tool) => {
    const own = join(home, `swapping-${tool}`);
    const [sub, outside] = [join(own, 'exports', 'sub'), join(own, 'outside')];
    for (const folder of [sub, outside]) mkdirSync(folder, { recursive: true });
    const text = '{"version":"1.0","metadata":{"dimensions":8},"vectors":[{"id":1,"vector":[1,2,3,4,5,6,7,8]}]}';
    for (const folder of [sub, outside]) writeFileSync(join(folder, 'a.json'), text);
    const swap = (): void => {
      rmSync(sub, { recursive: true });
      symlinkSync(outside, sub);
    };
    const swapping: Service = {
      ...service,
      exportIndex: (request) => (swap(), service.exportIndex(request)),
      importIndex: (request) => (swap(), service.importIndex(request)),
    };
    const opened = await startEndpoint({
      service: swapping,
      home: own,
      port: 0,
      version: '0.0.0',
      ...endpointParts(own),
    });
    const client = await openClient('sdk 1.x', opened.url, readFileSync(join(own, 'mcp-token'), 'utf8').trim());
    const args =
      tool === 'export_index' ? { output_path: 'sub/new.json' } : { input_path: 'sub/a.json', dry_run: true };
    expect(errorOf(await client.call(tool, { collection: 'code', ...args })).code).toBe('PATH_NOT_ALLOWED');
    expect(readdirSync(outside)).toEqual(['a.json']);
    await client.close();
    await opened.close();
  },
);

it('does not follow a file that became a link after the person allowed it', async () => {
  const own = join(home, 'approving');
  const exportFolder = join(own, 'exports');
  const path = join(exportFolder, 'a.json');
  const text = '{"version":"1.0","metadata":{"dimensions":8},"vectors":[{"id":1,"vector":[1,2,3,4,5,6,7,8]}]}';
  mkdirSync(exportFolder, { recursive: true });
  writeFileSync(path, text);
  writeFileSync(join(own, 'private.json'), text);
  const approve = (): Promise<boolean> => {
    rmSync(path);
    symlinkSync(join(own, 'private.json'), path);
    return Promise.resolve(true);
  };
  const asking = await startEndpoint({
    ...{ service, home: own, port: 0, version: '0.0.0', approve, ...endpointParts(own) },
  });
  const client = await openClient('sdk 1.x', asking.url, readFileSync(join(own, 'mcp-token'), 'utf8').trim());
  const args = { input_path: 'a.json', collection: 'code', conflict_strategy: 'overwrite' };
  expect(errorOf(await client.call('import_index', args)).code).toBe('PATH_NOT_ALLOWED');
  expect((await control.retrieve('code', { ids: [1] }))[0]?.payload).toMatchObject({ text: SECRET });
  await client.close();
  await asking.close();
});

it('imports the file that was allowed and no other that took its name while the job waited', async () => {
  const home2 = join(home, 'swapping');
  const exportFolder = join(home2, 'exports');
  mkdirSync(exportFolder, { recursive: true });
  const text = (id: number) =>
    `{"version":"1.0","metadata":{"dimensions":8},"vectors":[{"id":${id},"vector":[1,2,3,4,5,6,7,8]}]}`;
  writeFileSync(join(exportFolder, 'a.json'), text(900_001));
  writeFileSync(join(exportFolder, 'b.json'), text(900_002));
  const swapped: Service = {
    ...service,
    importIndex: (request) => {
      renameSync(join(exportFolder, 'b.json'), request.path);
      return service.importIndex(request);
    },
  };
  const asking = await startEndpoint({
    ...{ service: swapped, home: home2, port: 0, version: '0.0.0', approve: () => Promise.resolve(true) },
    ...endpointParts(home2),
  });
  const client = await openClient('sdk 1.x', asking.url, readFileSync(join(home2, 'mcp-token'), 'utf8').trim());
  const args = { input_path: 'a.json', collection: 'code', conflict_strategy: 'overwrite', safety_copy: false };
  const answer = await client.call('import_index', args);
  expect(errorOf(answer).code).toBe('BAD_ARCHIVE');
  expect(await control.retrieve('code', { ids: [900_001, 900_002] })).toEqual([]);
  await client.close();
  await asking.close();
});
