import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Conf from 'conf';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import type { ImportResult } from '../../main/service/types.ts';
import { openSettings, type Settings } from '../../main/settings/settings.ts';
import { entry } from '../support/command-line.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { call, create, pointTexts, runExport, settingsText, upsert } from '../support/server-text.ts';

let origin: Qdrant;
let target: Qdrant;
let proxy: Proxy;
let folder: string;
let path: string;
let settings: Settings;
let service: Service;
beforeAll(async () => {
  [origin, target] = await Promise.all([startQdrant(), startQdrant()]);
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-unfinished-'));
  path = join(folder, 'index.json.gz');
  await create(
    origin.url,
    'index',
    '{"vectors":{"size":1,"distance":"Dot"},"strict_mode_config":{"enabled":true,"max_query_limit":1000}}',
  );
  await upsert(
    origin.url,
    'index',
    Array.from({ length: 3000 }, (_, id) => `{"id":${id},"vector":[${id}]}`),
  );
  for (const field of ['a', 'b'])
    await call(
      origin.url,
      'PUT',
      '/collections/index/index?wait=true',
      `{"field_name":"${field}","field_schema":"keyword"}`,
    );
  const alias = '{"actions":[{"create_alias":{"alias_name":"live","collection_name":"index"}}]}';
  await call(origin.url, 'POST', '/collections/aliases', alias);
  await runExport({ target: { url: origin.url }, collection: 'index', path });
});
afterAll(async () => {
  await Promise.all([origin.stop(), target.stop()]);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  proxy = await startProxy(target.url);
  const home = await mkdtemp(join(folder, 'home-'));
  settings = openSettings({ Store: Conf, dir: home });
  const workerScript = new URL('../out/main/worker.js', pathToFileURL(entry()));
  service = createService({ settings, home, qdrantBinary: undefined, workerScript, generator: 'vectorkeep test' });
});
afterEach(async () => {
  await service.close();
  await proxy.stop();
});

const bring = (collection: string, from = path): Promise<ImportResult> =>
  service.importIndex({
    ...{ connection: { url: proxy.url }, path: from, collection, onConflict: 'skip' },
    ...{ dryRun: false, allowModelMismatch: false },
  }).result;

const complete = async (collection: string): Promise<void> => {
  expect(await pointTexts(target.url, collection)).toEqual(await pointTexts(origin.url, 'index'));
  expect(await settingsText(target.url, collection)).toBe(await settingsText(origin.url, 'index'));
};

it('stopped among the points: the next run brings the rest, the indexes and the alias', async () => {
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, after: 1, fault: { kind: 'answer', status: 400 } }]);
  await expect(bring('among')).rejects.toMatchObject({ code: 'QDRANT_REFUSED' });
  expect(settings.unfinishedFile(proxy.url, 'among')).toMatch(/^\d+-/);
  proxy.setRules([]);
  const again = await bring('among');
  expect(again.new + again.skipped).toBe(3000);
  expect(settings.unfinishedFile(proxy.url, 'among')).toBeNull();
  await complete('among');
  expect(await call(target.url, 'GET', '/collections/among/aliases')).toContain('"live"');
  await call(target.url, 'DELETE', '/collections/among');
});

it('stopped behind the points: the next run makes the indexes and the alias', async () => {
  proxy.setRules([{ method: 'PUT', path: /\/index\?/, after: 1, fault: { kind: 'answer', status: 403 } }]);
  await expect(bring('behind')).rejects.toMatchObject({
    code: 'QDRANT_FORBIDDEN',
    params: { written: 3000, total: 3000 },
  });
  proxy.setRules([]);
  expect(await bring('behind')).toMatchObject({ new: 0, updated: 0, skipped: 3000, createdCollection: false });
  await complete('behind');
  expect(await call(target.url, 'GET', '/collections/behind/aliases')).toContain('"live"');
  await call(target.url, 'DELETE', '/collections/behind');
});

it('stopped before anything was made: there is nothing to finish later', async () => {
  proxy.setRules([{ method: 'PUT', path: /\/collections\/before$/, fault: { kind: 'answer', status: 403 } }]);
  await expect(bring('before')).rejects.toMatchObject({ code: 'QDRANT_FORBIDDEN' });
  expect(settings.unfinishedFile(proxy.url, 'before')).toBeNull();
});

it('an index of somebody else never gets the indexes and aliases of the file, whatever happens', async () => {
  await create(target.url, 'theirs', '{"vectors":{"size":1,"distance":"Dot"}}');
  const alias = '{"actions":[{"create_alias":{"alias_name":"by-alias","collection_name":"theirs"}}]}';
  await call(target.url, 'POST', '/collections/aliases', alias);
  const before = await settingsText(target.url, 'theirs');
  for (const name of ['theirs', 'by-alias']) {
    proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, after: 1, fault: { kind: 'answer', status: 400 } }]);
    await bring(name).catch(() => undefined);
    expect(settings.unfinishedFile(proxy.url, name)).toBeNull();
    proxy.setRules([]);
    expect((await bring(name)).createdCollection).toBe(false);
    expect(await settingsText(target.url, 'theirs')).toBe(before);
  }
});

it('two imports into one index at once: the second is told that the first is at it', async () => {
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, times: 1, fault: { kind: 'delay', ms: 1500 } }]);
  const first = bring('busy');
  await expect.poll(() => proxy.seen.some((line) => /PUT .*\/points\?wait/.test(line)), { timeout: 20_000 }).toBe(true);
  await expect(bring('busy')).rejects.toMatchObject({ code: 'BUSY' });
  expect(await first).toMatchObject({ new: 3000 });
  await complete('busy');
});

it('an import of another file does not finish what is not its own, and leaves the note of it', async () => {
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, after: 1, fault: { kind: 'answer', status: 400 } }]);
  await expect(bring('other')).rejects.toMatchObject({ code: 'QDRANT_REFUSED' });
  proxy.setRules([]);
  const stranger = join(folder, 'stranger.json');
  await writeFile(stranger, '{"version":"1.0","metadata":{"dimensions":1},"vectors":[{"id":1,"vector":[1]}]}');
  const before = await settingsText(target.url, 'other');
  await bring('other', stranger);
  expect(await settingsText(target.url, 'other')).toBe(before);
  // Wherever the file lies by now.
  await copyFile(path, join(folder, 'moved.json.gz'));
  await bring('other', join(folder, 'moved.json.gz'));
  await complete('other');
  await call(target.url, 'DELETE', '/collections/other');
});

it('an alias is the index that it stands for: its model, and its one writer', async () => {
  await create(target.url, 'real', '{"vectors":{"size":1,"distance":"Dot"}}');
  const alias = '{"actions":[{"create_alias":{"alias_name":"nickname","collection_name":"real"}}]}';
  await call(target.url, 'POST', '/collections/aliases', alias);
  settings.rememberModel(proxy.url, 'real', 'its-model');
  const request = { connection: { url: proxy.url }, collection: 'nickname', compress: false, replace: true };
  const exported = await service.exportIndex({ ...request, path: join(folder, 'nick.json'), companions: [] }).result;
  expect(exported).toMatchObject({ collection: 'nickname', model: 'its-model' });
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, times: 1, fault: { kind: 'delay', ms: 1500 } }]);
  const first = bring('real');
  await expect.poll(() => proxy.seen.some((line) => /PUT .*\/points\?wait/.test(line)), { timeout: 20_000 }).toBe(true);
  await expect(bring('nickname')).rejects.toMatchObject({ code: 'BUSY', params: { collection: 'real' } });
  await first;
  expect(await bring('nickname')).toMatchObject({ collection: 'nickname', skipped: 3000 });
});
