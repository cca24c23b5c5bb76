import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSound } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { behindProxy, type Rule } from '../support/proxy.ts';
import { startCluster, type QdrantCluster } from '../support/qdrant.ts';
import { call, create, pointTexts, settingsText, upsert } from '../support/server-text.ts';
import { tasksOn } from '../support/vault-tasks.ts';

let cluster: QdrantCluster;
let root: string;
beforeAll(async () => {
  cluster = await startCluster(3);
  root = await mkdtemp(join(tmpdir(), 'vectorkeep-vault-'));
});
afterAll(async () => {
  await cluster.stop();
  await rm(root, { recursive: true, force: true });
});

let serial = 0;
const tasks = tasksOn(() => ({ url: cluster.url, vault: join(root, `vault-${serial}`) }));
const { backUp, restore } = tasks;
const points = (from: number, to: number, vector: string): string[] =>
  Array.from({ length: to - from }, (_, n) => `{"id":${from + n},"vector":${vector},"payload":{"n":${from + n}}}`);

/** Ids of the points under a shard key, as the server tells them. */
async function idsUnder(name: string, key: string): Promise<number[]> {
  const body = `{"limit":10000,"shard_key":${key},"with_payload":false}`;
  const text = await call(cluster.url, 'POST', `/collections/${name}/points/scroll`, body);
  const { result } = JSON.parse(text) as { result: { points: { id: number }[] } };
  return result.points.map(({ id }) => id).sort((a, b) => a - b);
}

it('points come back under their shard keys, to a new index and into the one that was changed', async () => {
  serial++;
  await create(
    cluster.url,
    'keyed',
    '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom","shard_number":1,"replication_factor":2}',
  );
  for (const key of ['"eu"', '"us"', '18446744073709551615'])
    await call(cluster.url, 'PUT', '/collections/keyed/shards', `{"shard_key":${key}}`);
  await upsert(cluster.url, 'keyed', points(0, 300, '[1,1]'), '"eu"');
  await upsert(cluster.url, 'keyed', points(300, 500, '[1,1]'), '"us"');
  await upsert(cluster.url, 'keyed', points(500, 600, '[1,1]'), '18446744073709551615');
  const { name, totalVectors } = await backUp({ collection: 'keyed' });
  expect(totalVectors).toBe(600);
  const wanted = await pointTexts(cluster.url, 'keyed');

  const made = await restore({ backup: name, collection: 'keyed-copy' });
  expect(made).toMatchObject({ verified: true, createdCollection: true, differences: { count: 0 } });
  expect(await pointTexts(cluster.url, 'keyed-copy')).toEqual(wanted);
  expect(await settingsText(cluster.url, 'keyed-copy')).toBe(await settingsText(cluster.url, 'keyed'));
  for (const key of ['"eu"', '"us"', '18446744073709551615'])
    expect(await idsUnder('keyed-copy', key)).toEqual(await idsUnder('keyed', key));

  await call(
    cluster.url,
    'POST',
    '/collections/keyed/points/delete?wait=true',
    '{"points":[1,2,3,301,501],"shard_key":["eu","us",18446744073709551615]}',
  );
  await upsert(cluster.url, 'keyed', points(310, 340, '[2,2]'), '"us"');
  await upsert(cluster.url, 'keyed', points(900, 910, '[3,3]'), '"eu"');
  const changed = await pointTexts(cluster.url, 'keyed');
  const options = { backup: name, collection: 'keyed', onConflict: 'exact' } as const;
  const plan = { new: 5, updated: 30, skipped: 565, removed: 10 };
  expect(await restore({ ...options, dryRun: true })).toMatchObject({ plan });
  const done = await restore(options);
  expect(done).toMatchObject({ plan, verified: true, differences: { count: 0 } });
  expect(await pointTexts(cluster.url, 'keyed')).toEqual(wanted);
  const undone = await restore({ ...options, backup: done.safetyBackup ?? '' });
  expect(undone).toMatchObject({ verified: true });
  expect(await pointTexts(cluster.url, 'keyed')).toEqual(changed);
  await expectSound(tasks);
});

it('a restore that was killed between the shard keys of its own index is run again to its end', async () => {
  serial++;
  await create(cluster.url, 'cut', '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom"}');
  for (const key of ['"eu"', '"us"']) {
    await call(cluster.url, 'PUT', '/collections/cut/shards', `{"shard_key":${key}}`);
    await upsert(cluster.url, 'cut', points(key === '"eu"' ? 0 : 50, key === '"eu"' ? 50 : 90, '[1,1]'), key);
  }
  const { name } = await backUp({ collection: 'cut' });
  // Nothing is tidied up: whatever should be is refused.
  const refused = { kind: 'answer', status: 400, body: '{}' } as const;
  const rules: Rule[] = [
    { method: 'PUT', path: /shards/, after: 1, fault: refused },
    { method: 'DELETE', fault: refused },
  ];
  await behindProxy(cluster.url, rules, ({ url }) =>
    failureOf(restore({ target: { url }, backup: name, collection: 'cut-copy' })),
  );
  const done = await restore({ backup: name, collection: 'cut-copy', unfinished: true });
  expect(done).toMatchObject({ verified: true, plan: { new: 90 } });
  expect(await pointTexts(cluster.url, 'cut-copy')).toEqual(await pointTexts(cluster.url, 'cut'));
  expect(await idsUnder('cut-copy', '"us"')).toEqual(await idsUnder('cut', '"us"'));
});

it('of several shards and replicas without keys: every point once', async () => {
  serial++;
  await create(
    cluster.url,
    'spread',
    '{"vectors":{"size":2,"distance":"Dot"},"shard_number":4,"replication_factor":2}',
  );
  await upsert(cluster.url, 'spread', points(0, 1500, '[1,1]'));
  const { name, totalVectors } = await backUp({ collection: 'spread' });
  expect(totalVectors).toBe(1500);
  expect(await restore({ backup: name, collection: 'spread-copy' })).toMatchObject({ verified: true });
  expect(await pointTexts(cluster.url, 'spread-copy')).toEqual(await pointTexts(cluster.url, 'spread'));
  expect(await backUp({ collection: 'spread' })).toMatchObject({ changes: { new: 0, changed: 0, removed: 0 } });
  await expectSound(tasks);
});
