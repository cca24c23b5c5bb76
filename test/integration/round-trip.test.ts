import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, count, create, pointTexts, runExport, runImport, settingsText, upsert } from '../support/server-text.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { SERVER_POINTS, serverPoints } from '../support/server-points.ts';
import {
  makeIds,
  makeMixed,
  makeOneKind,
  makeSettings,
  makeSize,
  ONE_KIND,
  PAGE_ENDS,
  PAYLOADS,
  pointText,
  uuid,
} from '../support/whole-collections.ts';

let qdrant: Qdrant;
let folder: string;
beforeAll(async () => {
  qdrant = await startQdrant();
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-round-'));
});
afterAll(async () => {
  await qdrant.stop();
  await rm(folder, { recursive: true, force: true });
});

let runs = 0;

/** Out, in under a new name, and both sides compared as the server tells them. Returns the new name. */
async function roundTrip(name: string, options: { compress?: boolean; aliases?: boolean } = {}): Promise<string> {
  const target = { url: qdrant.url };
  const compress = options.compress ?? true;
  const path = join(folder, `${name}-${runs++}.json${compress ? '.gz' : ''}`);
  const out = await runExport({ target, collection: name, path, compress });
  const before = await pointTexts(qdrant.url, name);
  expect(out).toMatchObject({ totalVectors: before.size, moved: false, notices: [] });
  const bytes = await readFile(path);
  expect(bytes.length).toBe(out.bytes);
  const text = compress ? gunzipSync(bytes) : bytes;
  expect(text.length).toBe(out.rawBytes);
  const file = JSON.parse(text.toString()) as { metadata: { total_vectors: number }; vectors: unknown[] };
  expect(file.metadata.total_vectors).toBe(before.size);
  expect(file.vectors).toHaveLength(before.size);

  const copy = `${name}-copy-${runs}`;
  const { counts, createdCollection, notices } = await runImport({ target, collection: copy, path });
  expect(counts).toEqual({ new: before.size, updated: 0, skipped: 0 });
  expect(createdCollection).toBe(true);
  expect(notices.filter(({ code }) => !['MODEL_UNKNOWN', 'ALIAS_TAKEN', 'INDEXING_PENDING'].includes(code))).toEqual(
    [],
  );
  const after = await pointTexts(qdrant.url, copy);
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [id, point] of before) expect(after.get(id)).toBe(point);
  expect(await settingsText(qdrant.url, copy)).toBe(await settingsText(qdrant.url, name));
  return copy;
}

describe('what comes back is what went in', () => {
  it('ids of both kinds up to the last u64, and payloads of every sort, as the server spells them', async () => {
    const ids = await makeIds(qdrant.url, 'ids');
    expect(await count(qdrant.url, 'ids')).toBe(11);
    const copy = await roundTrip('ids');
    expect([...(await pointTexts(qdrant.url, copy)).keys()].slice(0, 8)).toEqual(ids.slice(0, 8));
    await roundTrip('ids', { compress: false });
  });

  it('named, sparse and multivectors, alone, mixed and missing, in every datatype', async () => {
    await makeMixed(qdrant.url, 'mixed');
    await roundTrip('mixed');
  });

  it.each(ONE_KIND)('vectors of one kind: %s', async (name) => {
    await makeOneKind(qdrant.url, name, name);
    const copy = await roundTrip(name);
    await roundTrip(copy);
  });

  it('settings, quantization, payload indexes of every type with params, and aliases', async () => {
    await makeSettings(qdrant.url, 'settings');
    const path = join(folder, 'settings.json.gz');
    const target = { url: qdrant.url };
    const out = await runExport({ target, collection: 'live', path });
    expect(out).toMatchObject({ model: 'text-embedding-3-small', totalVectors: 400, dimensions: 8 });

    const other = await startQdrant();
    try {
      const { notices } = await runImport({ target: { url: other.url }, collection: 'settings', path });
      expect(notices.filter(({ code }) => code !== 'INDEXING_PENDING')).toEqual([]);
      expect(await settingsText(other.url, 'settings')).toBe(await settingsText(qdrant.url, 'settings'));
      expect(await pointTexts(other.url, 'live')).toEqual(await pointTexts(qdrant.url, 'settings'));
      expect(await call(other.url, 'GET', '/collections/settings/aliases')).toContain('über');
    } finally {
      await other.stop();
    }
    const beside = await runImport({ target, collection: 'beside', path });
    expect(beside.notices.filter(({ code }) => code === 'ALIAS_TAKEN')).toHaveLength(2);
    expect(await call(qdrant.url, 'GET', '/collections/beside/aliases')).toContain('"aliases":[]');
  });

  it.each(PAGE_ENDS)('%i points, at and around the ends of pages', async (size) => {
    const name = `size-${size}`;
    await makeSize(qdrant.url, name, size);
    await roundTrip(name, { compress: size % 2 === 0 });
  });

  it('the next page begins at 0 is not the end, nor above 2^53, nor at a UUID', async () => {
    // Pages of one point, as strict mode may force them: every id is a page's offset once.
    await create(
      qdrant.url,
      'paged',
      '{"vectors":{"size":1,"distance":"Dot"},"strict_mode_config":{"enabled":true,"max_query_limit":1}}',
    );
    const ids = [0, 1, '9007199254740993', '18446744073709551615', uuid(5), uuid(6)];
    await upsert(
      qdrant.url,
      'paged',
      ids.map((id) => pointText(id, '[1]', '{"filePath":"a"}')),
    );
    const path = join(folder, 'paged.json');
    const out = await runExport({ target: { url: qdrant.url }, collection: 'paged', path, compress: false });
    expect(out.totalVectors).toBe(6);
    const text = await readFile(path, 'utf8');
    const found = [...text.matchAll(/"id":(\d+|"[^"]+")/g)].map((match) => match[1]);
    expect(found).toEqual(ids.map(String));
    expect(text).toContain('"files":{\n"a":{"points":6}\n}');
  });

  it('cosine vectors settle at the first write: a second round trip changes nothing', async () => {
    await create(qdrant.url, 'settling', '{"vectors":{"size":16,"distance":"Cosine"}}');
    const random = (n: number): string =>
      `[${Array.from({ length: 16 }, (_, d) => Math.sin(n * 31 + d * 7) * 10 ** ((n % 9) - 4)).join(',')}]`;
    const points = Array.from({ length: 2000 }, (_, n) => pointText(n, n === 5 ? `[${'0,'.repeat(15)}0]` : random(n)));
    await upsert(qdrant.url, 'settling', points);
    await roundTrip(await roundTrip('settling'));
  });

  it('a file whose name says nothing of its compression, and one that was compressed by others', async () => {
    await create(qdrant.url, 'plain', '{"vectors":{"size":1,"distance":"Dot"}}');
    await upsert(qdrant.url, 'plain', [pointText(1, '[2]', PAYLOADS[5])]);
    const target = { url: qdrant.url };
    const path = join(folder, 'odd.json');
    await runExport({ target, collection: 'plain', path });
    await writeFile(join(folder, 'odd.gz'), gunzipSync(await readFile(path)));
    for (const name of ['odd.json', 'odd.gz']) {
      const { counts } = await runImport({ target, collection: name.replace('.', '-'), path: join(folder, name) });
      expect(counts.new).toBe(1);
      expect(await pointTexts(qdrant.url, name.replace('.', '-'))).toEqual(await pointTexts(qdrant.url, 'plain'));
    }
  });

  it('whatever the points are', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(serverPoints, fc.boolean(), async (list, compress) => {
        const name = `any-${round++}`;
        await create(qdrant.url, name, SERVER_POINTS);
        await upsert(
          qdrant.url,
          name,
          list.map((parts) => pointText(...parts)),
        );
        const copy = await roundTrip(name, { compress });
        await call(qdrant.url, 'DELETE', `/collections/${name}`);
        await call(qdrant.url, 'DELETE', `/collections/${copy}`);
      }),
      { numRuns: 10 },
    );
  });
});
