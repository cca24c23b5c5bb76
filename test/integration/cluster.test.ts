import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fault } from '../../main/faults/fault.ts';
import { call, count, create, pointTexts, runExport, runImport, upsert } from '../support/server-text.ts';
import { startCluster, type QdrantCluster } from '../support/qdrant.ts';

let cluster: QdrantCluster;
let folder: string;
beforeAll(async () => {
  cluster = await startCluster(3);
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-cluster-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const range = (size: number): number[] => Array.from({ length: size }, (_, n) => n);
const idsIn = async (path: string): Promise<string[]> =>
  [...(await readFile(path, 'utf8')).matchAll(/\{"id":(\d+)/g)].map((match) => match[1] ?? '');

it('custom sharding: every point comes back to the shard of its key', async () => {
  const target = { url: cluster.url };
  await create(
    cluster.url,
    'custom',
    '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom","shard_number":1,"replication_factor":2}',
  );
  const keys = ['"eu"', '"us"', '18446744073709551615', '"with \\"quotes\\" é"'];
  for (const [n, key] of keys.entries()) {
    await call(cluster.url, 'PUT', '/collections/custom/shards', `{"shard_key":${key}}`);
    const points = range(300).map((id) => `{"id":${id * keys.length + n},"vector":[${id},1],"payload":{"n":${id}}}`);
    await upsert(cluster.url, 'custom', points, key);
  }
  const path = join(folder, 'custom.json');
  const out = await runExport({ target, collection: 'custom', path, compress: false });
  expect(out.totalVectors).toBe(300 * keys.length);
  const made = await runImport({ target, collection: 'custom-copy', path });
  expect(made).toMatchObject({ counts: { new: 300 * keys.length, updated: 0, skipped: 0 }, createdCollection: true });
  expect(await pointTexts(cluster.url, 'custom-copy')).toEqual(await pointTexts(cluster.url, 'custom'));
  for (const key of keys) {
    const body = `{"exact":true,"shard_key":${key}}`;
    expect(await call(cluster.url, 'POST', '/collections/custom-copy/points/count', body)).toContain('"count":300');
  }
  const again = await runImport({ target, collection: 'custom-copy', path, onConflict: 'merge' });
  expect(again.counts).toEqual({ new: 0, updated: 300 * keys.length, skipped: 0 });

  // A point that lies under another key by now is there all the same: skipping makes no second one.
  await call(
    cluster.url,
    'POST',
    '/collections/custom-copy/points/delete?wait=true',
    '{"points":[0],"shard_key":"eu"}',
  );
  await upsert(cluster.url, 'custom-copy', ['{"id":0,"vector":[1,1]}'], '"us"');
  const skipping = await runImport({ target, collection: 'custom-copy', path });
  expect(skipping.counts).toEqual({ new: 0, updated: 0, skipped: 300 * keys.length });
  expect(await count(cluster.url, 'custom-copy')).toBe(300 * keys.length);

  // A target that lacks one of the keys is refused before anything is written.
  await create(cluster.url, 'lacking', '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom"}');
  await call(cluster.url, 'PUT', '/collections/lacking/shards', '{"shard_key":"eu"}');
  const refusal = await runImport({ target, collection: 'lacking', path }).catch((fault: unknown) => fault as Fault);
  expect(refusal).toMatchObject({ code: 'SCHEMA_MISMATCH', params: { what: 'shard_key' } });
  expect(await count(cluster.url, 'lacking')).toBe(0);

  // Unless it was this very import that was killed between making the index and its keys.
  const finished = await runImport({ target, collection: 'lacking', path, unfinished: true });
  expect(finished.counts).toEqual({ new: 300 * keys.length, updated: 0, skipped: 0 });
  expect(await pointTexts(cluster.url, 'lacking')).toEqual(await pointTexts(cluster.url, 'custom'));

  // A target without shard keys takes the points wherever it puts them.
  await create(cluster.url, 'automatic', '{"vectors":{"size":2,"distance":"Dot"},"shard_number":3}');
  expect((await runImport({ target, collection: 'automatic', path })).counts.new).toBe(300 * keys.length);
});

it('four shards, each twice: every point is in the file once, also when a peer is gone', async () => {
  await create(
    cluster.url,
    'spread',
    '{"vectors":{"size":16,"distance":"Dot"},"shard_number":4,"replication_factor":2}',
  );
  const vector = `[${range(16).join(',')}]`;
  await upsert(
    cluster.url,
    'spread',
    range(10_000).map((id) => `{"id":${id},"vector":${vector},"payload":{"n":${id}}}`),
  );
  const expected = range(10_000).map(String);
  for (const [n, peer] of cluster.peers.entries()) {
    const path = join(folder, `spread-${n}.json`);
    const out = await runExport({ target: { url: peer.url }, collection: 'spread', path, compress: false });
    expect(out).toMatchObject({ totalVectors: 10_000, moved: false });
    expect(await idsIn(path)).toEqual(expected);
  }

  const [first, , third] = cluster.peers;
  if (first === undefined || third === undefined) throw new Error('There are three peers.');
  // In the middle of the reading: what the others hold is all there is, and it is everything.
  const killed: Promise<void>[] = [];
  const path = join(folder, 'spread-killed.json');
  const out = await runExport(
    { target: { url: first.url }, collection: 'spread', path, compress: false },
    {
      onProgress: (phase, points) => {
        if (phase === 'reading' && points > 0 && killed.length === 0) killed.push(third.kill());
      },
    },
  );
  expect(killed).toHaveLength(1);
  await Promise.all(killed);
  expect(out.totalVectors).toBe(10_000);
  expect(await idsIn(path)).toEqual(expected);
});
