import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectSound, vaultGround } from '../support/backups.ts';
import { call, create, pointTexts, upsert } from '../support/server-text.ts';
import { duckdb, hyparquet, recipeIn, sha256sum, vectorsOf, type Row } from '../support/strangers.ts';

const ground = vaultGround();
const { backUp, list } = ground;

const uuid = (n: number): string => `"00000000-0000-4000-8000-${String(n).padStart(12, '0')}"`;
const idOf = (n: number): string =>
  n % 3 === 2 ? uuid(n) : n % 3 === 1 ? String(2n ** 64n - 1n - BigInt(n)) : String(n);
const float = (seed: number): number => Math.fround(Math.sin(seed * 12.9898) * 43.7);
const floats = (seed: number, length: number): string =>
  `[${Array.from({ length }, (_, n) => (n === 0 && seed % 5 === 0 ? '-0.0' : float(seed * 31 + n))).join(',')}]`;

const KINDS: readonly (readonly [name: string, config: string, vector: (n: number) => string])[] = [
  ['unnamed', '{"vectors":{"size":24,"distance":"Cosine"}}', (n) => floats(n, 24)],
  ['half', '{"vectors":{"size":9,"distance":"Euclid","datatype":"float16"}}', (n) => floats(n, 9)],
  [
    'bytes',
    '{"vectors":{"size":17,"distance":"Dot","datatype":"uint8"}}',
    (n) => `[${Array.from({ length: 17 }, (_, d) => (n * 7 + d * 13) % 256).join(',')}]`,
  ],
  [
    'rows',
    '{"vectors":{"size":3,"distance":"Manhattan","multivector_config":{"comparator":"max_sim"}}}',
    (n) => `[${Array.from({ length: 1 + (n % 4) }, (_, row) => floats(n + row, 3)).join(',')}]`,
  ],
  [
    'mixed',
    `{"vectors":{"a":{"size":2,"distance":"Dot"},"é \\"x\\"":{"size":5,"distance":"Dot"},"m":{"size":2,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}},
      "sparse_vectors":{"s":{},"a.indices":{}}}`,
    (n) => {
      const some = [
        `"a":${floats(n, 2)}`,
        `"é \\"x\\"":${floats(n, 5)}`,
        `"m":[${floats(n, 2)},${floats(n + 1, 2)}]`,
        `"s":{"indices":[${n},${n + 70_000},4294967295],"values":[0.5,-1,${float(n)}]}`,
        '"a.indices":{"indices":[3],"values":[3]}',
      ];
      return `{${some.filter((_vector, bit) => ((n + 1) >> bit) & 1).join(',')}}`;
    },
  ],
];

/** An index with a past: backups with rows that are dead in several segments. Gives what the server told at each. */
async function aged(name: string, config: string, vector: (n: number) => string) {
  await create(ground.url, name, config);
  const points = (from: number, to: number, version: number): string[] =>
    Array.from({ length: to - from }, (_, at) => {
      const n = from + at;
      const payload =
        n % 7 === 3
          ? '{}'
          : `{"path":"src/${n % 9}.ts","n":${n},"v":${version},"u":18446744073709551615,"t":"é✓${'x'.repeat(n)}"}`;
      return `{"id":${idOf(n)},"vector":${vector(n + version)},"payload":${payload}}`;
    });
  const taken: { readonly backup: string; readonly texts: ReadonlyMap<string, string> }[] = [];
  const take = async (): Promise<void> => {
    taken.push({ backup: (await backUp({ collection: name })).name, texts: await pointTexts(ground.url, name) });
  };
  await upsert(ground.url, name, points(0, 300, 0));
  await take();
  await upsert(ground.url, name, points(20, 60, 1));
  await upsert(ground.url, name, points(300, 330, 1));
  await take();
  const gone = [0, 1, 2, 21, 22, 25, 320].map(idOf).join(',');
  await call(ground.url, 'POST', `/collections/${name}/points/delete?wait=true`, `{"points":[${gone}]}`);
  await upsert(ground.url, name, [...points(30, 34, 2), ...points(100, 101, 2), ...points(329, 330, 2)]);
  await take();
  return taken;
}

/** A row says what the server says of the point. */
function expectPoint(row: Row, text: string | undefined): void {
  const { id, payload } = row;
  if (text === undefined) expect.fail(`There is no point ${String(id)}.`);
  const told = JSON.parse(text, asFloat) as { vector: unknown };
  const vectors = vectorsOf(row);
  const expected = Array.isArray(told.vector) ? { '': told.vector } : (told.vector as object);
  expect(vectors).toEqual(expected);
  // Its very text, since a number may have more digits than can be held here.
  expect(text).toContain(`"payload":${typeof payload === 'string' ? payload : '{}'}`);
}

/** As 32 bits hold it, where it is no index of a sparse vector; -0 stays. */
function asFloat(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Math.fround(value) : value;
}

const byId = (texts: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...texts].map(([id, text]) => [id.replaceAll('"', ''), text]));

describe.each(KINDS)('a vault with %s vectors', (name, config, vector) => {
  it('is read by strangers as what Qdrant says', async () => {
    const taken = await aged(name, config, vector);
    await expectSound(ground);
    const stored = await list();
    expect(stored.map(({ manifest }) => manifest.name)).toEqual(taken.map(({ backup }) => backup));
    const readme = await readFile(join(ground.vault, 'README.txt'), 'utf8');
    const last = stored.at(-1);
    expect(last?.manifest.segments.map(({ dead }) => dead !== '')).toEqual([true, true, false]);

    for (const [n, { folder, manifest }] of stored.entries()) {
      const texts = byId(taken[n]?.texts ?? new Map<string, string>());
      // The recipe, word for word.
      const rows = await duckdb(folder, recipeIn(readme, manifest.name));
      expect(rows.map(({ id }) => String(id)).sort()).toEqual([...texts.keys()].sort());
      for (const row of rows) expectPoint(row, texts.get(String(row['id'])));
      expect(sha256sum(folder, manifest.name)).toMatchObject({ status: 0 });
      // Segment by segment the two agree in every row, dead or not.
      for (const { sha256, rows: count } of manifest.segments) {
        const path = join(folder, 'segments', `${sha256}.parquet`);
        const one = await hyparquet(path);
        expect(one).toHaveLength(count);
        expect(await duckdb(folder, `select * from 'segments/${sha256}.parquet'`)).toEqual(one);
        if (manifest.segments.length === 1) for (const row of one) expectPoint(row, texts.get(String(row['id'])));
      }
    }
  });
});

it('sha256sum says which file is not what it was', async () => {
  const [{ backup } = expect.fail('There is no backup.')] = await aged(
    'broken',
    ...(KINDS[0]?.slice(1) as [string, (n: number) => string]),
  );
  const [{ folder } = expect.fail('Nothing is listed.')] = await list();
  const [segment = ''] = await readdir(join(folder, 'segments'));
  const path = join(folder, 'segments', segment);
  const bytes = await readFile(path);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(segment.replace('.parquet', ''));
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 4, bytes.length >> 1);
  await writeFile(path, bytes);
  const users = (await list()).filter(({ manifest }) =>
    manifest.segments.some(({ sha256 }) => segment.startsWith(sha256)),
  );
  for (const { manifest } of users) {
    const { status, output } = sha256sum(folder, manifest.name);
    expect(status).toBe(1);
    expect(output).toContain(`segments/${segment}: FAILED`);
  }
  expect(backup).toBeTruthy();
});
