import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importing, ONE, simple } from '../support/imports.ts';
import { startProxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { call, create, pointTexts, upsert } from '../support/server-text.ts';

// Promises about the target of an import that others may be using too.

let qdrant: Qdrant;
let folder: string;
beforeAll(async () => {
  qdrant = await startQdrant();
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-target-'));
});
afterAll(async () => {
  await qdrant.stop();
  await rm(folder, { recursive: true, force: true });
});

const { fileOf, bring, refusal } = importing(() => ({ url: qdrant.url, folder }));

it.each([
  ['skip', { onConflict: 'skip' }],
  ['an import that nobody had to allow', { onConflict: 'overwrite', mustBeEmpty: true }],
] as const)('%s leaves alone what somebody else puts into the empty index while it is filled', async (_what, how) => {
  const collection = `meanwhile-${how.onConflict}`;
  await create(qdrant.url, collection, ONE);
  const path = await fileOf(simple([1, 2], '[1,2]', '{}'));
  const proxy = await startProxy(qdrant.url);
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, times: 1, fault: { kind: 'delay', ms: 1000 } }]);
  const done = bring({ target: { url: proxy.url }, collection, path, ...how });
  await expect.poll(() => proxy.seen.some((line) => line.startsWith('PUT'))).toBe(true);
  await upsert(qdrant.url, collection, simple([2], '[9,9]', '{"theirs":1}'));
  await done;
  await proxy.stop();
  const got = await pointTexts(qdrant.url, collection);
  expect(got.size).toBe(2);
  expect(got.get('2')).toBe('{"id":2,"payload":{"theirs":1},"vector":[9.0,9.0]}');
});

it('what was acknowledged and never applied is told, though the index held points before', async () => {
  await create(qdrant.url, 'void', ONE);
  await upsert(qdrant.url, 'void', simple([1], '[1,1]', '{}'));
  const path = await fileOf(simple([1, 2, 3], '[1,2]', '{}'));
  const proxy = await startProxy(qdrant.url);
  const body = '{"result":{"operation_id":1,"status":"acknowledged"},"status":"ok","time":0}';
  proxy.setRules([{ method: 'PUT', path: /\/points\?wait/, fault: { kind: 'answer', status: 200, body } }]);
  const fault = await refusal({ target: { url: proxy.url }, collection: 'void', path });
  await proxy.stop();
  expect(fault).toMatchObject({ code: 'QDRANT_REFUSED', params: { written: 2, total: 3, created: false } });
  expect(fault.params['reason']).toContain('it holds 1 of 3 points');
});

it('that nobody was asked about: refused when there are any by the time of the import', async () => {
  const path = await fileOf(simple([1, 2], '[1,2]', '{}'));
  const asked = { collection: 'unasked', path, onConflict: 'overwrite', mustBeEmpty: true } as const;
  expect((await bring(asked)).createdCollection).toBe(true);
  const before = await pointTexts(qdrant.url, 'unasked');
  expect(await refusal(asked)).toMatchObject({ code: 'APPROVAL_NEEDED' });
  expect(await pointTexts(qdrant.url, 'unasked')).toEqual(before);
});

it('learns the model of an index only where all its points come from the file', async () => {
  const path = await fileOf(simple([1], '[1,2]', '{}'), '{"dimensions":2,"model":"new-model"}');
  expect((await bring({ collection: 'learnt', path })).model).toBe('new-model');
  // It holds points by now, of whatever model: here all are skipped.
  expect((await bring({ collection: 'learnt', path })).model).toBeNull();
  expect((await bring({ collection: 'learnt', path, unfinished: true, usualModel: 'usual' })).model).toBe('new-model');
  await create(qdrant.url, 'said', '{"vectors":{"size":2,"distance":"Dot"},"metadata":{"model":"old-model"}}');
  const allowed = await bring({ collection: 'said', path, allowModelMismatch: true });
  expect(allowed).toMatchObject({ counts: { new: 1 }, model: null });
  await create(qdrant.url, 'open', ONE);
  expect((await bring({ collection: 'open', path })).model).toBe('new-model');
});

it('what was killed right after the index was made gets its later settings too', async () => {
  const config = '{"vectors":{"size":2,"distance":"Dot"},"params":{"read_fan_out_factor":3}}';
  const path = await fileOf(simple([1], '[1,2]', '{}'), `{"config":${config}}`);
  await create(qdrant.url, 'killed', ONE);
  await bring({ collection: 'killed', path });
  const settings = (): Promise<string> => call(qdrant.url, 'GET', '/collections/killed');
  expect(await settings()).not.toContain('read_fan_out_factor');
  await bring({ collection: 'killed', path, unfinished: true });
  expect(await settings()).toContain('"read_fan_out_factor":3');
});
