import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFault } from '../../main/faults/explain.ts';
import { call, create, pointTexts, runExport, runImport, settingsText, upsert } from '../support/server-text.ts';
import { failureOf } from '../support/faults.ts';
import { importing, ONE, simple } from '../support/imports.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const KEYS = { QDRANT__SERVICE__API_KEY: 'all', QDRANT__SERVICE__READ_ONLY_API_KEY: 'look' };
let qdrant: Qdrant;
let guarded: Qdrant;
let folder: string;
beforeAll(async () => {
  [qdrant, guarded] = await Promise.all([startQdrant(), startQdrant({ env: KEYS })]);
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-import-'));
});
afterAll(async () => {
  await Promise.all([qdrant.stop(), guarded.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const NAMED = '{"vectors":{"a":{"size":2,"distance":"Dot"},"b":{"size":1,"distance":"Dot"}},"sparse_vectors":{"s":{}}}';
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const { fileOf, bring, refusal } = importing(() => ({ url: qdrant.url, folder }));

describe('points that exist already', () => {
  it.each([
    ['skip', { new: 1500, updated: 0, skipped: 1500 }, '"old":1', '[1.0,1.0]'],
    ['overwrite', { new: 1500, updated: 1500, skipped: 0 }, '"new":2', '[2.0,2.0]'],
    ['merge', { new: 1500, updated: 1500, skipped: 0 }, '"old":1,"new":2', '[2.0,2.0]'],
  ] as const)(
    '%s: exact counts, the same in a dry run, which writes nothing',
    async (onConflict, counts, payload, vector) => {
      const collection = `conflict-${onConflict}`;
      await create(qdrant.url, collection, ONE);
      await upsert(qdrant.url, collection, simple(range(0, 3000), '[1,1]', '{"old":1}'));
      const path = await fileOf(simple(range(1500, 4500), '[2,2]', '{"new":2}'));
      const before = await pointTexts(qdrant.url, collection);
      const dry = await bring({ collection, path, onConflict, dryRun: true });
      expect(dry).toMatchObject({ counts, createdCollection: false, totalVectors: 3000 });
      expect(await pointTexts(qdrant.url, collection)).toEqual(before);
      const real = await bring({ collection, path, onConflict });
      expect(real).toMatchObject({ counts, createdCollection: false, totalVectors: 3000 });
      const after = await pointTexts(qdrant.url, collection);
      expect(after.size).toBe(4500);
      for (const id of range(0, 1500)) expect(after.get(`${id}`)).toBe(before.get(`${id}`));
      for (const id of range(1500, 3000))
        expect(after.get(`${id}`)).toBe(`{"id":${id},"payload":{${payload}},"vector":${vector}}`);
      for (const id of range(3000, 4500))
        expect(after.get(`${id}`)).toBe(`{"id":${id},"payload":{"new":2},"vector":[2.0,2.0]}`);
      // Once more: nothing is new, and nothing changes.
      const again = await bring({ collection, path, onConflict });
      expect(again.counts).toEqual({
        new: 0,
        updated: 0,
        skipped: 0,
        [onConflict === 'skip' ? 'skipped' : 'updated']: 3000,
      });
      expect(await pointTexts(qdrant.url, collection)).toEqual(after);
    },
  );

  it('merge keeps what only the target has: keys, vectors, everything of a point that brings nothing', async () => {
    await create(qdrant.url, 'merge', NAMED);
    const full = '"vector":{"a":[1,1],"b":[1],"s":{"indices":[1],"values":[1]}},"payload":{"keep":{"x":1},"change":1}';
    await upsert(
      qdrant.url,
      'merge',
      range(0, 8).map((id) => `{"id":${id},${full}}`),
    );
    const whole = (await pointTexts(qdrant.url, 'merge')).get('0') ?? '';
    const path = await fileOf(
      [
        '{"id":1,"vector":{"b":[9]},"payload":{"change":1.0,"more":18446744073709551615}}',
        '{"id":2,"vector":{},"payload":{}}',
        '{"id":3,"payload":{"change":null}}',
        '{"id":4,"vector":null,"payload":null}',
        '{"id":5,"vector":{"s":{"indices":[5],"values":[5]}}}',
        '{"vector":{"a":[7,7]},"id":6,"score":3,"payload":{"keep":[]}}',
        '{"id":50,"payload":{"new":true}}',
        '{"id":51}',
        '{"id":52,"vector":{"b":[3]}}',
      ],
      '{"config":{"vectors":{"a":{"size":2},"b":{"size":1}},"sparse_vectors":{"s":{}}}}',
    );
    const { counts } = await bring({ collection: 'merge', path, onConflict: 'merge' });
    expect(counts).toEqual({ new: 3, updated: 6, skipped: 0 });
    const got = await pointTexts(qdrant.url, 'merge');
    const text = (id: number, payload: string, a = '[1.0,1.0]', b = '[1.0]', s = '{"indices":[1],"values":[1.0]}') =>
      `{"id":${id},"payload":{${payload}},"vector":{"a":${a},"b":${b},"s":${s}}}`;
    const old = '"keep":{"x":1},"change":1';
    expect(got.get('0')).toBe(whole);
    expect(got.get('1')).toBe(text(1, '"keep":{"x":1},"change":1.0,"more":18446744073709551615', undefined, '[9.0]'));
    expect(got.get('2')).toBe(text(2, old));
    // Qdrant's own rule for set-payload: a null takes the key away.
    expect(got.get('3')).toBe(text(3, '"keep":{"x":1}'));
    expect(got.get('4')).toBe(text(4, old));
    expect(got.get('5')).toBe(text(5, old, undefined, undefined, '{"indices":[5],"values":[5.0]}'));
    expect(got.get('6')).toBe(text(6, '"keep":[],"change":1', '[7.0,7.0]'));
    expect(got.get('7')).toBe(text(7, old));
    expect(got.get('50')).toBe('{"id":50,"payload":{"new":true},"vector":{}}');
    expect(got.get('51')).toBe('{"id":51,"payload":{},"vector":{}}');
    expect(got.get('52')).toBe('{"id":52,"payload":{},"vector":{"b":[3.0]}}');
  });

  it('overwrite replaces the whole point, with all it had', async () => {
    await create(qdrant.url, 'whole', NAMED);
    await upsert(qdrant.url, 'whole', ['{"id":1,"vector":{"a":[1,1],"b":[1]},"payload":{"x":1}}']);
    const config = '{"config":{"vectors":{"a":{"size":2},"b":{"size":1}},"sparse_vectors":{"s":{}}}}';
    const path = await fileOf(['{"id":1,"vector":{"a":[2,2]}}', '{"id":2,"vector":{"b":[1]}}'], config);
    const { counts } = await bring({ collection: 'whole', path, onConflict: 'overwrite' });
    expect(counts).toEqual({ new: 1, updated: 1, skipped: 0 });
    expect((await pointTexts(qdrant.url, 'whole')).get('1')).toBe('{"id":1,"payload":{},"vector":{"a":[2.0,2.0]}}');
  });

  it('an index that exists but is empty, and one that is named by its alias', async () => {
    await create(qdrant.url, 'empty', ONE);
    const actions = '{"actions":[{"create_alias":{"alias_name":"other-name","collection_name":"empty"}}]}';
    await call(qdrant.url, 'POST', '/collections/aliases', actions);
    const path = await fileOf(simple([1, 2], '[1,2]', '{}'));
    const dry = await bring({ collection: 'empty', path, dryRun: true });
    expect(dry.counts).toEqual({ new: 2, updated: 0, skipped: 0 });
    const first = await bring({ collection: 'other-name', path });
    expect(first).toMatchObject({ counts: { new: 2, updated: 0, skipped: 0 }, createdCollection: false });
    const second = await bring({ collection: 'other-name', path, onConflict: 'overwrite' });
    expect(second.counts).toEqual({ new: 0, updated: 2, skipped: 0 });
    expect((await pointTexts(qdrant.url, 'empty')).size).toBe(2);
  });
});

describe('refused before the first write', () => {
  it.each([
    ['another size', '{"vectors":{"size":3,"distance":"Dot"}}', '{"dimensions":2}', /2 dimensions, there it has 3/],
    [
      'another distance',
      '{"vectors":{"size":2,"distance":"Cosine"}}',
      '{"config":{"vectors":{"size":2,"distance":"Dot"}}}',
      /Dot, there by Cosine/,
    ],
    ['another name', '{"vectors":{"x":{"size":2,"distance":"Dot"}}}', '{"dimensions":2}', /does not exist there/],
    [
      'another kind',
      '{"vectors":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}',
      '{"dimensions":2}',
      /single/,
    ],
  ])('%s', async (what, config, metadata, reason) => {
    const collection = `refused-${what.replaceAll(' ', '-')}`;
    await create(qdrant.url, collection, config);
    const path = await fileOf(simple([1, 2], '[1,2]', '{}'), metadata);
    for (const dryRun of [true, false]) {
      const fault = await refusal({ collection, path, dryRun, onConflict: 'overwrite' });
      expect(fault.code).toBe('SCHEMA_MISMATCH');
      expect(explainFault(fault)).toMatchObject({ exitCode: 3, message: expect.stringMatching(reason) as string });
    }
    expect((await pointTexts(qdrant.url, collection)).size).toBe(0);
  });

  it('another model, unless it is allowed; one that nobody knows is a warning', async () => {
    await create(qdrant.url, 'model', ONE);
    const path = await fileOf(simple([1], '[1,2]', '{}'), '{"dimensions":2,"model":"new-model"}');
    const fault = await refusal({ collection: 'model', path, targetModel: 'old-model' });
    expect(fault).toMatchObject({ code: 'MODEL_MISMATCH', params: { file: 'new-model', target: 'old-model' } });
    expect((await pointTexts(qdrant.url, 'model')).size).toBe(0);
    const unknown = await bring({ collection: 'model', path, dryRun: true });
    expect(unknown.notices).toContainEqual({ code: 'MODEL_UNKNOWN', params: { of: 'index' } });
    const same = await bring({ collection: 'model', path, dryRun: true, targetModel: 'new-model' });
    expect(same.notices.map(({ code }) => code)).toEqual(['NO_SUMMARY']);
    const allowed = await bring({ collection: 'model', path, targetModel: 'old-model', allowModelMismatch: true });
    expect(allowed.notices).toContainEqual({
      code: 'MODEL_DIFFERS',
      params: { file: 'new-model', target: 'old-model' },
    });
    expect(allowed.counts.new).toBe(1);
    const bare = await fileOf(simple([1], '[1,2]', '{}'));
    const without = await bring({ collection: 'model', path: bare, targetModel: 'old-model' });
    expect(without.notices).toContainEqual({ code: 'MODEL_UNKNOWN', params: { of: 'file' } });
  });

  it('a bad point far behind many good ones', async () => {
    const points = simple(range(0, 20_000), '[1,2]', '{}');
    const path = await fileOf([...points, '{"id":20000,"vector":[1,2,3]}']);
    const fault = await refusal({ collection: 'never', path });
    expect(fault).toMatchObject({ code: 'BAD_ARCHIVE', params: { reason: 'dimension', point: '20000' } });
    expect(await call(qdrant.url, 'GET', '/collections')).not.toContain('"never"');
  });

  it('a key that may only look: QDRANT_FORBIDDEN, exit code 4', async () => {
    const path = await fileOf(simple([1], '[1,2]', '{}'));
    const all = { target: { url: guarded.url, apiKey: 'all' }, path };
    const look = { target: { url: guarded.url, apiKey: 'look' }, path };
    for (const collection of ['made-first', 'made-later']) {
      if (collection === 'made-first')
        await runImport({ ...all, collection, path: await fileOf(simple([7], '[1,2]', '{}')) });
      const fault = await refusal({ ...look, collection });
      expect(fault.code).toBe('QDRANT_FORBIDDEN');
      expect(explainFault(fault).exitCode).toBe(4);
      expect(JSON.stringify(fault.params)).not.toContain('look');
      const dry = await bring({ ...look, collection, dryRun: true });
      expect(dry.counts).toEqual({ new: 1, updated: 0, skipped: 0 });
    }
    const wrong = await refusal({ target: { url: guarded.url, apiKey: 'wrong' }, path, collection: 'x' });
    expect(explainFault(wrong).exitCode).toBe(4);
    const out = await runExport({ ...look, collection: 'made-first', path: join(folder, 'looked.json') });
    expect(out.totalVectors).toBe(1);
  });
});

describe('files of others', () => {
  it('the least that a file may say makes an index', async () => {
    const path = await fileOf(simple(range(0, 10), '[3,4]', '{"a":1.0}'));
    const made = await bring({ collection: 'minimal', path });
    expect(made).toMatchObject({ createdCollection: true, counts: { new: 10, updated: 0, skipped: 0 } });
    expect(made.notices.map(({ code }) => code)).toEqual(['NO_SUMMARY', 'MODEL_UNKNOWN']);
    expect(await settingsText(qdrant.url, 'minimal')).toContain('"vectors":{"size":2,"distance":"Cosine"}');
    // What it does not say, the distance, does not keep it out of an index that has one.
    await create(qdrant.url, 'dot', ONE);
    expect((await bring({ collection: 'dot', path })).counts.new).toBe(10);
  });

  it('vectors that only the points tell of', async () => {
    const path = await fileOf(
      ['{"id":1,"vector":{"d":[1,2],"s":{"indices":[3],"values":[4]},"m":[[1,2,3]]}}', '{"id":2}'],
      '{}',
    );
    await bring({ collection: 'seen', path });
    const settings = await settingsText(qdrant.url, 'seen');
    expect(settings).toMatch(/"m":\{"size":3,"distance":"Cosine","multivector_config"/);
    expect(settings).toMatch(/"d":\{"size":2,"distance":"Cosine"\}/);
    expect((await pointTexts(qdrant.url, 'seen')).get('1')).toContain('"s":{"indices":[3],"values":[4.0]}');
  });

  it('points that name shards of a server that had some', async () => {
    const path = await fileOf(['{"id":1,"vector":[1,2],"shard_key":"eu","order_value":3}']);
    expect((await bring({ collection: 'unsharded', path })).counts.new).toBe(1);
    await create(qdrant.url, 'unsharded-2', ONE);
    expect((await bring({ collection: 'unsharded-2', path, onConflict: 'merge' })).counts.new).toBe(1);
  });

  it('companions are told of, and put where somebody says', async () => {
    const companion = join(folder, 'index-metadata.json');
    await writeFile(companion, '{"files":{}}');
    await create(qdrant.url, 'companied', ONE);
    const path = join(folder, 'companied.json.gz');
    const target = { url: qdrant.url };
    await runExport({ target, collection: 'companied', path, companions: [companion] });
    const { notices } = await bring({ collection: 'companied', path });
    expect(notices).toContainEqual({ code: 'COMPANIONS_NOT_RESTORED', params: { count: 1 } });
    const place = join(folder, 'state');
    const put = await bring({ collection: 'companied', path, companionsTo: place });
    expect(put.notices).not.toContainEqual(expect.objectContaining({ code: 'COMPANIONS_NOT_RESTORED' }));
    expect(put.companions).toEqual([join(place, 'index-metadata.json')]);
    expect(await readFile(join(place, 'index-metadata.json'), 'utf8')).toBe('{"files":{}}');
    // The same once more is fine; another file in its place is not, and nothing is written then.
    expect((await bring({ collection: 'companied', path, companionsTo: place })).companions).toEqual([]);
    await writeFile(join(place, 'index-metadata.json'), 'mine');
    const refused = await failureOf(bring({ collection: 'companied-not', path, companionsTo: place }));
    expect(refused).toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(join(place, 'index-metadata.json'), 'utf8')).toBe('mine');
  });
});

describe('an index with strict mode', () => {
  const strict = (limits: string): string =>
    `{"vectors":{"size":2,"distance":"Dot"},"strict_mode_config":{"enabled":true,${limits}}}`;

  it.each(['skip', 'overwrite', 'merge'] as const)(
    'small batches and pages only, no exact count: %s',
    async (onConflict) => {
      const collection = `strict-${onConflict}`;
      await create(
        qdrant.url,
        collection,
        strict(
          '"upsert_max_batchsize":7,"max_query_limit":9,"search_allow_exact":false,"unindexed_filtering_retrieve":false,"unindexed_filtering_update":false',
        ),
      );
      const path = await fileOf(simple(range(0, 50), '[1,2]', '{}'));
      const first = await bring({ collection, path, onConflict });
      expect(first.counts).toEqual({ new: 50, updated: 0, skipped: 0 });
      const more = await fileOf(simple(range(25, 75), '[1,2]', '{}'));
      const second = await bring({ collection, path: more, onConflict });
      expect(second.counts.new).toBe(25);
      expect(second.counts.updated + second.counts.skipped).toBe(25);
      const out = await runExport({
        target: { url: qdrant.url },
        collection,
        path: join(folder, `${collection}.json`),
      });
      expect(out).toMatchObject({ totalVectors: 75, moved: false });
    },
  );

  it('a rate limit that is smaller than a batch', async () => {
    await create(qdrant.url, 'rate', strict('"write_rate_limit":600,"read_rate_limit":600'));
    await upsert(qdrant.url, 'rate', ['{"id":0,"vector":[1,2]}']);
    const path = await fileOf(simple(range(0, 630), '[1,2]', '{}'));
    const { counts } = await bring({ collection: 'rate', path });
    expect(counts).toEqual({ new: 629, updated: 0, skipped: 1 });
  });
});
