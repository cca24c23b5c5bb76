import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, count, create, pointTexts, runExport, runImport, settingsText, upsert } from '../support/server-text.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { SERVER_POINTS, serverPoints } from '../support/server-points.ts';

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

const uuid = (n: number): string => `"00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}"`;
const point = (id: string | number, vector: string, payload = '{}'): string =>
  `{"id":${id},"vector":${vector},"payload":${payload}}`;

const PAYLOADS = [
  '{}',
  '{"int64":9223372036854775807,"min":-9223372036854775808,"u64":18446744073709551615,"past":9007199254740993}',
  '{"float":1.0,"minus":-0.0,"large":1e20,"tiny":1e-300,"exact":0.1,"zero":0,"sum":0.30000000000000004}',
  '{"__proto__":{"a":1},"constructor":"x","toString":null,"":"empty key","a.b":{"c.d":[]}}',
  '{"nested":{"a":[1,[2,[3,{"b":[null,true,false,{}]}]]]},"list":[[],[[]],{}]}',
  '{"text":"é ✓ 𝒳 漢字 \\u0000 \\u001f \\"quoted\\" \\\\ / \\n\\t\\r\\b\\f \\u2028 \\u2029"}',
  '{"id":7,"vector":[9],"payload":{"points":[],"next_page_offset":5}}',
  `{"code":${JSON.stringify('const x = "\\u{1F600}";\n\t'.repeat(900))}}`,
  '{"next_page_offset":null,"z":"\\"next_page_offset\\":17}"}',
];

describe('what comes back is what went in', () => {
  it('ids of both kinds up to the last u64, and payloads of every sort, as the server spells them', async () => {
    await create(qdrant.url, 'ids', '{"vectors":{"size":3,"distance":"Dot"}}');
    const ids = [0, 1, 2, '9007199254740991', '9007199254740992', '9007199254740993', '18446744073709551614'];
    const all = [...ids, '18446744073709551615', uuid(0), uuid(1), '"ffffffff-ffff-ffff-ffff-ffffffffffff"'];
    const points = all.map((id, n) => point(id, `[${n},1e-7,-3.4028235e38]`, PAYLOADS[n % PAYLOADS.length] ?? '{}'));
    await upsert(qdrant.url, 'ids', points);
    expect(await count(qdrant.url, 'ids')).toBe(11);
    const copy = await roundTrip('ids');
    expect([...(await pointTexts(qdrant.url, copy)).keys()].slice(0, 8)).toEqual(all.slice(0, 8).map(String));
    await roundTrip('ids', { compress: false });
  });

  it('named, sparse and multivectors, alone, mixed and missing, in every datatype', async () => {
    await create(
      qdrant.url,
      'mixed',
      `{"vectors":{"a":{"size":2,"distance":"Cosine"},"half":{"size":3,"distance":"Euclid","datatype":"float16"},
        "bytes":{"size":4,"distance":"Manhattan","datatype":"uint8"},"rows":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}},
        "é \\" x":{"size":1,"distance":"Dot"}},
        "sparse_vectors":{"words":{"modifier":"idf"},"other":{"index":{"datatype":"float16"}}}}`,
    );
    const parts = [
      '"a":[3,4]',
      '"half":[0.1,65504,-1e-5]',
      '"bytes":[0,127,255,1]',
      '"rows":[[1,2],[3,4],[5.5,6]]',
      '"é \\" x":[7]',
      '"words":{"indices":[7,3,4294967295],"values":[0.5,-1,1e-3]}',
      '"other":{"indices":[],"values":[]}',
    ];
    const points = Array.from({ length: 256 }, (_, n) => {
      const chosen = parts.filter((_, bit) => (n >> bit) & 1);
      return point(n % 2 === 0 ? n : uuid(n), `{${chosen.join(',')}}`, PAYLOADS[n % PAYLOADS.length]);
    });
    await upsert(qdrant.url, 'mixed', points);
    await roundTrip('mixed');
  });

  it.each([
    ['sparse-only', '{"sparse_vectors":{"s":{}}}', '{"s":{"indices":[1],"values":[2]}}'],
    [
      'multi-unnamed',
      '{"vectors":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}',
      '[[1,2],[3,4]]',
    ],
    ['half', '{"vectors":{"size":2,"distance":"Cosine","datatype":"float16"}}', '[0.3,0.7]'],
    ['bytes', '{"vectors":{"size":2,"distance":"Euclid","datatype":"uint8"}}', '[3,255]'],
    ['no-vectors', '{"vectors":{}}', '{}'],
  ])('%s', async (name, config, vector) => {
    await create(qdrant.url, name, config);
    const points = Array.from({ length: 70 }, (_, n) => point(n, n % 7 === 6 ? '{}' : vector, `{"n":${n}}`));
    await upsert(qdrant.url, name, points);
    const copy = await roundTrip(name);
    await roundTrip(copy);
  });

  it('settings, quantization, payload indexes of every type with params, and aliases', async () => {
    await create(
      qdrant.url,
      'settings',
      `{"vectors":{"size":8,"distance":"Cosine","on_disk":true,"hnsw_config":{"m":8},"quantization_config":{"scalar":{"type":"int8","quantile":0.99,"always_ram":true}}},
        "hnsw_config":{"m":24,"payload_m":5},"optimizers_config":{"indexing_threshold":123456},"quantization_config":{"binary":{"always_ram":true}},
        "on_disk_payload":false,"shard_number":2,"metadata":{"model":"text-embedding-3-small","n":1.0},
        "strict_mode_config":{"enabled":true,"max_query_limit":1000,"upsert_max_batchsize":500}}`,
    );
    const indexes = [
      '{"type":"keyword","is_tenant":true,"on_disk":true}',
      '{"type":"integer","lookup":true,"range":false,"is_principal":true,"on_disk":true}',
      '{"type":"float","on_disk":true}',
      '{"type":"geo","on_disk":true}',
      '{"type":"text","tokenizer":"prefix","min_token_len":2,"max_token_len":9,"lowercase":false,"phrase_matching":true,"stopwords":{"languages":["english"],"custom":["foo"]}}',
      '"bool"',
      '{"type":"datetime","is_principal":true}',
      '{"type":"uuid","is_tenant":true}',
      '"keyword"',
    ];
    for (const [n, schema] of indexes.entries()) {
      await call(
        qdrant.url,
        'PUT',
        '/collections/settings/index?wait=true',
        `{"field_name":"f${n}.x[].y","field_schema":${schema}}`,
      );
    }
    const alias = (name: string, collection: string): string =>
      `{"create_alias":{"alias_name":"${name}","collection_name":"${collection}"}}`;
    await call(
      qdrant.url,
      'POST',
      '/collections/aliases',
      `{"actions":[${alias('live', 'settings')},${alias('über', 'settings')}]}`,
    );
    const vector = '[1,2,3,4,5,6,7,8]';
    await upsert(
      qdrant.url,
      'settings',
      Array.from({ length: 400 }, (_, n) => point(n, vector, `{"f0":"${n}"}`)),
    );
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

  it.each([0, 1, 63, 64, 65, 128, 129])('%i points, at and around the ends of pages', async (size) => {
    const name = `size-${size}`;
    await create(qdrant.url, name, '{"vectors":{"size":2,"distance":"Cosine"}}');
    await upsert(
      qdrant.url,
      name,
      Array.from({ length: size }, (_, n) => point(n, `[${n + 1},1]`)),
    );
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
      ids.map((id) => point(id, '[1]', '{"filePath":"a"}')),
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
    await create(qdrant.url, 'cosine', '{"vectors":{"size":16,"distance":"Cosine"}}');
    const random = (n: number): string =>
      `[${Array.from({ length: 16 }, (_, d) => Math.sin(n * 31 + d * 7) * 10 ** ((n % 9) - 4)).join(',')}]`;
    const points = Array.from({ length: 2000 }, (_, n) => point(n, n === 5 ? `[${'0,'.repeat(15)}0]` : random(n)));
    await upsert(qdrant.url, 'cosine', points);
    await roundTrip(await roundTrip('cosine'));
  });

  it('a file whose name says nothing of its compression, and one that was compressed by others', async () => {
    await create(qdrant.url, 'plain', '{"vectors":{"size":1,"distance":"Dot"}}');
    await upsert(qdrant.url, 'plain', [point(1, '[2]', PAYLOADS[5])]);
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
          list.map((parts) => point(...parts)),
        );
        const copy = await roundTrip(name, { compress });
        await call(qdrant.url, 'DELETE', `/collections/${name}`);
        await call(qdrant.url, 'DELETE', `/collections/${copy}`);
      }),
      { numRuns: 10 },
    );
  });
});
