import {
  isExactObject,
  joinExact,
  ownValue,
  splitExact,
  type ExactEntry,
  type ExactJson,
  type ExactObject,
  type Json,
  type JsonObject,
} from './exact-json.ts';

/** One shard key of a collection with custom sharding. */
export interface ShardKeySettings {
  readonly key: string | number;
  readonly shards_number?: number;
  readonly replication_factor?: number;
}

/**
 * Everything that makes a collection what it is, apart from its points; plain JSON, stands in an export file as
 * `metadata.config`. Sections hold what Qdrant's API reports, under its own keys, so that settings of servers newer
 * than this program are carried along.
 */
export interface CollectionSettings {
  /** `{size, distance, …}` for one unnamed vector, name -> such when named, `{}` for none. */
  readonly vectors: JsonObject;
  readonly sparse_vectors: JsonObject;
  readonly hnsw: JsonObject;
  readonly optimizers: JsonObject;
  readonly wal: JsonObject;
  readonly quantization: JsonObject | null;
  /** shard_number, sharding_method, replication_factor, on_disk_payload, … */
  readonly params: JsonObject;
  readonly strict_mode: JsonObject | null;
  readonly metadata: JsonObject | null;
  /** field -> `{type, …params}` */
  readonly payload_indexes: Readonly<Record<string, JsonObject>>;
  readonly aliases: readonly string[];
  readonly shard_keys: readonly ShardKeySettings[];
  /** Sections of the server's answer that this program does not know. */
  readonly other: JsonObject;
  /**
   * Numbers that JavaScript rounds or respells (18446744073709551615, 1.0), with their own text. Above they stand as
   * JavaScript holds them, so that any reader can use the file; a reader that wants them exact looks here.
   */
  readonly exact_numbers: readonly ExactEntry[];
}

/** The settings with every number as it was spelled. */
export function exactSettings({ exact_numbers, ...plain }: CollectionSettings): ExactObject {
  const joined = joinExact(plain as unknown as Json, exact_numbers);
  return isExactObject(joined) ? joined : {};
}

/** One section of exact settings; `{}` when there is none. */
export const section = (settings: ExactObject, name: string): ExactObject => {
  const value = ownValue(settings, name);
  return isExactObject(value) ? value : {};
};

/** Qdrant's names in an answer -> ours. */
export const SERVER_SECTIONS = {
  hnsw_config: 'hnsw',
  optimizer_config: 'optimizers',
  wal_config: 'wal',
  quantization_config: 'quantization',
  strict_mode_config: 'strict_mode',
  metadata: 'metadata',
} as const;

/** From the `result` of `GET /collections/{name}`; `shardKeys` already in the shape of ShardKeySettings. */
export function settingsFromServer(
  info: ExactJson,
  aliases: readonly string[],
  shardKeys: readonly ExactJson[],
): CollectionSettings {
  const config = objectAt(info, 'config');
  const { vectors = {}, sparse_vectors = {}, ...params } = objectAt(config, 'params');
  const known: Record<string, ExactJson> = {};
  const other: [string, ExactJson][] = [];
  for (const [key, value] of Object.entries(config)) {
    if (key === 'params') continue;
    if (Object.hasOwn(SERVER_SECTIONS, key)) known[SERVER_SECTIONS[key as keyof typeof SERVER_SECTIONS]] = value;
    else other.push([key, value]);
  }
  const indexes = Object.entries(objectAt(info, 'payload_schema')).map(([field, index]): [string, ExactJson] => [
    field,
    indexParams(index),
  ]);
  const { plain, exact } = splitExact({
    vectors,
    sparse_vectors,
    hnsw: known['hnsw'] ?? {},
    optimizers: known['optimizers'] ?? {},
    wal: known['wal'] ?? {},
    quantization: known['quantization'] ?? null,
    params,
    strict_mode: known['strict_mode'] ?? null,
    metadata: known['metadata'] ?? null,
    payload_indexes: Object.fromEntries(indexes.sort(([a], [b]) => (a < b ? -1 : 1))),
    aliases: [...aliases].sort(),
    shard_keys: shardKeys,
    other: Object.fromEntries(other),
  });
  return { ...(plain as unknown as Omit<CollectionSettings, 'exact_numbers'>), exact_numbers: exact };
}

/** One payload index as settings have it: `{data_type: "keyword", params: {type: "keyword", on_disk: true, is_tenant: null}, points}` -> `{type, on_disk}` */
export function indexParams(index: ExactJson): ExactObject {
  const params = Object.entries(objectAt(index, 'params')).filter(([, value]) => value !== null);
  return { type: isExactObject(index) ? (ownValue(index, 'data_type') ?? null) : null, ...Object.fromEntries(params) };
}

function objectAt(value: ExactJson, key: string): ExactObject {
  const inner = isExactObject(value) ? ownValue(value, key) : undefined;
  return isExactObject(inner) ? inner : {};
}

/** Settings of an index about which nothing is known but the sizes of its dense vectors. */
export function minimalSettings(
  dimensions: number | Readonly<Record<string, number>>,
  distance = 'Cosine',
): CollectionSettings {
  const vectors =
    typeof dimensions === 'number'
      ? { size: dimensions, distance }
      : Object.fromEntries(Object.entries(dimensions).map(([name, size]) => [name, { size, distance }]));
  return { ...NO_SETTINGS, vectors };
}

/** Nothing said about anything: the server's defaults. */
export const NO_SETTINGS: CollectionSettings = {
  vectors: {},
  sparse_vectors: {},
  hnsw: {},
  optimizers: {},
  wal: {},
  quantization: null,
  params: {},
  strict_mode: null,
  metadata: null,
  payload_indexes: {},
  aliases: [],
  shard_keys: [],
  other: {},
  exact_numbers: [],
};
