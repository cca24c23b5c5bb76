import { afterAll, beforeAll, expect, it } from 'vitest';
import { exactSettings } from '../../main/qdrant/collection-settings.ts';
import { openControl, type Control } from '../../main/qdrant/control.ts';
import { printExact } from '../../main/qdrant/exact-json.ts';
import { settingsFromFile } from '../../main/qdrant/settings-from-file.ts';
import { startCluster, type QdrantCluster } from '../support/qdrant.ts';

let cluster: QdrantCluster;
let control: Control;
beforeAll(async () => {
  cluster = await startCluster(3);
  control = openControl({ url: cluster.url });
});
afterAll(() => cluster.stop());

const put = async (path: string, body: string): Promise<void> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${cluster.url}${path}`, { method: 'PUT', body, headers });
  expect(response.status, await response.text()).toBe(200);
};

it('shard keys come back, u64 ones digit for digit, with their shards and replicas', async () => {
  await put(
    '/collections/sharded',
    '{"vectors":{"size":2,"distance":"Dot"},"sharding_method":"custom","shard_number":2,"replication_factor":2}',
  );
  await put('/collections/sharded/shards', '{"shard_key":"eu"}');
  await put(
    '/collections/sharded/shards',
    '{"shard_key":18446744073709551615,"shards_number":1,"replication_factor":3}',
  );
  const settings = await control.settings('sharded');
  expect(printExact(exactSettings(settings)['shard_keys'] ?? null)).toBe(
    '[{"key":"eu","shards_number":2,"replication_factor":2},{"key":18446744073709551615,"shards_number":1,"replication_factor":3}]',
  );

  const file = settingsFromFile(JSON.parse(JSON.stringify(settings)));
  expect(await control.create('copy', file)).toEqual({ notices: [] });
  expect(await control.settings('copy')).toEqual(settings);
  await put(
    '/collections/copy/points?wait=true',
    '{"points":[{"id":1,"vector":[1,2]}],"shard_key":18446744073709551615}',
  );
  expect(await control.count('copy')).toBe(1);
});

it('a cluster takes shards and replication as they were', async () => {
  await put(
    '/collections/spread',
    '{"vectors":{"size":2,"distance":"Dot"},"shard_number":4,"replication_factor":2,"write_consistency_factor":2}',
  );
  const settings = await control.settings('spread');
  expect(settings.params).toMatchObject({ shard_number: 4, replication_factor: 2, write_consistency_factor: 2 });
  expect(await control.create('spread-copy', settings)).toEqual({ notices: [] });
});
