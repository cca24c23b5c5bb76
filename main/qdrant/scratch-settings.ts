import { NO_SETTINGS, type CollectionSettings } from './collection-settings.ts';
import { isExactObject, ownValue, type Json, type JsonObject } from './exact-json.ts';

/** What decides which numbers a vector keeps. */
const OF_VECTOR = ['size', 'distance', 'datatype', 'multivector_config'];

/**
 * Settings of an index that points are only written into and read from again: it keeps every point as one with these
 * settings would, and costs the server as little as can be. Nothing searches it, so it gets no search index; vectors and
 * payloads stay on the disk. Shards, replicas and shard keys decide where points lie, and not what they are.
 */
export function scratchSettings({ vectors, sparse_vectors }: CollectionSettings): CollectionSettings {
  return {
    ...NO_SETTINGS,
    vectors: typeof ownValue(vectors, 'size') === 'number' ? ofVector(vectors) : each(vectors, ofVector),
    sparse_vectors: each(sparse_vectors, ofSparse),
    hnsw: { m: 0 },
    // Also said: points that a server hides until they are indexed would seem to be missing.
    optimizers: { indexing_threshold: 0, prevent_unoptimized: false },
    params: { shard_number: 1, replication_factor: 1, write_consistency_factor: 1, on_disk_payload: true },
  };
}

const ofVector = (params: JsonObject): JsonObject => ({ ...picked(params, OF_VECTOR), on_disk: true });

function ofSparse(params: JsonObject): JsonObject {
  const index = ownValue(params, 'index');
  const datatype = isExactObject(index) ? ownValue(index, 'datatype') : undefined;
  return datatype === undefined || datatype === null ? {} : { index: { datatype: datatype as Json } };
}

function picked(params: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([key]) => keys.includes(key)));
}

function each(all: JsonObject, change: (params: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(all).map(([name, params]) => [name, isExactObject(params) ? change(params) : params]),
  );
}
