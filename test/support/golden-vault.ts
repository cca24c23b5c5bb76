/**
 * Makes test/fixtures/vault-1: a small vault of format 1 with a bit of everything, and what Qdrant itself said of each
 * backup's points. Run once for a format, `node test/support/golden-vault.ts FOLDER`; what it made is read for ever.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from './qdrant.ts';
import { call, create, pointTexts, upsert } from './server-text.ts';
import { tasksOn } from './vault-tasks.ts';

/** A server of this address is asked by nobody; the collections' folders are named after it. */
const SOURCE = 'http://golden.example:6333';

const [folder = ''] = process.argv.slice(2);
if (folder === '') throw new Error('Name the folder to make.');
await mkdir(folder);
const state = await mkdtemp(join(tmpdir(), 'vectorkeep-golden-'));
const cluster = await startCluster(1);
const { url } = cluster;
const expected: Record<string, { readonly collection: string; readonly points: Record<string, string> }> = {};

const float = (seed: number): number => Math.fround(Math.sin(seed * 12.9898) * 4);
const floats = (seed: number, length: number): string =>
  `[${Array.from({ length }, (_, n) => (n === 1 && seed % 9 === 0 ? '-0.0' : float(seed * 31 + n))).join(',')}]`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

async function take(collection: string, companions: readonly string[] = [], pin = false): Promise<void> {
  const tasks = tasksOn(() => ({ url, vault: join(folder, 'vault') }));
  const { name } = await tasks.backUp({ collection, source: SOURCE, companions, pin, model: 'golden-model' });
  expected[name] = { collection, points: Object.fromEntries(await pointTexts(url, collection)) };
}

try {
  // One unnamed vector, payload index, alias, companions; three backups with dead rows in between.
  await create(url, 'code', '{"vectors":{"size":8,"distance":"Cosine"},"hnsw_config":{"m":24},"metadata":{"n":1.0}}');
  const index = '{"field_name":"path","field_schema":{"type":"keyword","on_disk":true}}';
  await call(url, 'PUT', '/collections/code/index?wait=true', index);
  const code = (id: number, version: number): string =>
    `{"id":${id},"vector":${floats(id * version, 8)},"payload":{"path":"src/${id % 5}.ts","v":${version},"text":"é✓ ${'x'.repeat(id)}"}}`;
  await writeFile(join(state, 'cache.json'), '{"state":1}');
  await upsert(
    url,
    'code',
    range(0, 60).map((id) => code(id, 1)),
  );
  await take('code', [join(state, 'cache.json')], true);
  await upsert(
    url,
    'code',
    [...range(10, 14), 60, 61].map((id) => code(id, 2)),
  );
  await take('code');
  await writeFile(join(state, 'cache.json'), '{"state":2}');
  await call(url, 'POST', '/collections/code/points/delete?wait=true', '{"points":[0,12,30,61]}');
  await upsert(
    url,
    'code',
    [3, 13].map((id) => code(id, 3)),
  );
  await take('code', [join(state, 'cache.json')]);

  // Vectors and ids of every kind, payloads of every sort, points that lack some or all.
  await create(
    url,
    'kinds',
    `{"vectors":{"float":{"size":3,"distance":"Dot"},"half":{"size":5,"distance":"Euclid","datatype":"float16"},"bytes":{"size":9,"distance":"Manhattan","datatype":"uint8"},
      "rows":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}},"é \\"x\\"":{"size":1,"distance":"Dot"}},"sparse_vectors":{"words":{"modifier":"idf"}}}`,
  );
  const payloads = [
    '{}',
    '{"int64":9223372036854775807,"min":-9223372036854775808,"u64":18446744073709551615,"past":9007199254740993}',
    '{"float":1.0,"minus":-0.0,"large":1e20,"tiny":1e-300,"exact":0.1}',
    '{"__proto__":{"a":1},"constructor":"x","":"empty key","a.b":{"c.d":[]}}',
    '{"nested":{"a":[1,[2,[3,{"b":[null,true,false,{}]}]]]}}',
    '{"text":"𝒳 漢字 \\u0000 \\"quoted\\" \\\\ \\n\\t \\u2028"}',
  ];
  const ids = (n: number): string =>
    n % 3 === 0
      ? String(n)
      : n % 3 === 1
        ? String(2n ** 64n - 1n - BigInt(n))
        : `"00000000-0000-4000-8000-${String(n).padStart(12, '0')}"`;
  const kinds = (n: number): string => {
    const vectors = [
      `"float":${floats(n, 3)}`,
      `"half":${floats(n, 5)}`,
      `"bytes":[${range(0, 9)
        .map((d) => (n * 7 + d * 13) % 256)
        .join(',')}]`,
      `"rows":[${range(0, 1 + (n % 3))
        .map((row) => floats(n + row, 2))
        .join(',')}]`,
      `"é \\"x\\"":[${float(n)}]`,
      `"words":{"indices":[${n},4294967295],"values":[0.5,${float(n)}]}`,
    ];
    const chosen = vectors.filter((_vector, bit) => (n >> bit) & 1);
    return `{"id":${ids(n)},"vector":{${chosen.join(',')}},"payload":${payloads[n % payloads.length] ?? '{}'}}`;
  };
  await upsert(url, 'kinds', range(0, 64).map(kinds));
  await take('kinds');

  // Shard keys.
  await create(url, 'keyed', '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom"}');
  for (const key of ['"eu"', '18446744073709551615']) {
    await call(url, 'PUT', '/collections/keyed/shards', `{"shard_key":${key}}`);
    const first = key === '"eu"' ? 0 : 10;
    await upsert(
      url,
      'keyed',
      range(first, first + 10).map((id) => `{"id":${id},"vector":${floats(id, 2)}}`),
      key,
    );
  }
  await take('keyed');

  // Nothing at all.
  await create(url, 'empty', '{"vectors":{"size":2,"distance":"Dot"}}');
  await take('empty');
  await writeFile(join(folder, 'expected.json'), `${JSON.stringify({ source: SOURCE, backups: expected }, null, 1)}\n`);
} finally {
  await cluster.stop();
  await rm(state, { recursive: true });
}
