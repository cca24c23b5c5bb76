import { isExactNumber, isExactObject, ownValue, printExact, type ExactJson, type ExactObject } from './exact-json.ts';
import type { Exchange } from './exchange.ts';

/**
 * Shard keys of a collection with custom sharding, each with its number of shards and of replicas, from the cluster
 * view, which all versions have. `info` is the result of `GET /collections/{name}`. In the shape of ShardKeySettings;
 * keys may be u64 numbers.
 */
export async function shardKeysOf(exchange: Exchange, name: string, info: ExactObject): Promise<ExactJson[]> {
  if (ownValue(objectAt(objectAt(info, 'config'), 'params'), 'sharding_method') !== 'custom') return [];
  const cluster = await exchange.exact(
    { operation: 'read the shards', right: 'read', collection: name },
    { method: 'GET', path: `/collections/${encodeURIComponent(name)}/cluster` },
  );
  const replicas = new Map<string, { key: ExactJson; shards: Map<string, number> }>();
  for (const shard of [...listAt(cluster, 'local_shards'), ...listAt(cluster, 'remote_shards')]) {
    if (!isExactObject(shard)) continue;
    const key = ownValue(shard, 'shard_key') ?? null;
    if (typeof key !== 'string' && typeof key !== 'number' && !isExactNumber(key)) continue;
    const id = printExact(ownValue(shard, 'shard_id') ?? null);
    const entry = replicas.get(printExact(key)) ?? { key, shards: new Map<string, number>() };
    entry.shards.set(id, (entry.shards.get(id) ?? 0) + 1);
    replicas.set(printExact(key), entry);
  }
  return [...replicas]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, shards }]) => ({
      key,
      shards_number: shards.size,
      replication_factor: Math.max(...shards.values()),
    }));
}

function objectAt(value: ExactObject, key: string): ExactObject {
  const inner = ownValue(value, key);
  return isExactObject(inner) ? inner : {};
}

function listAt(value: ExactJson, key: string): readonly ExactJson[] {
  const list = isExactObject(value) ? ownValue(value, key) : undefined;
  return Array.isArray(list) ? (list as readonly ExactJson[]) : [];
}
