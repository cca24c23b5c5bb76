import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import {
  indexParams,
  NO_SETTINGS,
  SERVER_SECTIONS,
  type CollectionSettings,
  type ShardKeySettings,
} from './collection-settings.ts';
import { isExactObject, ownValue, type ExactObject, type Json, type JsonObject } from './exact-json.ts';

/** Qdrant itself takes 65,536 dimensions and 128 levels of JSON. */
const MAX_SIZE = 65_536;
const MAX_DEPTH = 120;
const MAX_ENTRIES = 10_000;

// Not z.record or z.looseObject: they rebuild objects, and a key `__proto__` would be lost on the way.
const object = z.custom<JsonObject>(isExactObject, 'is not an object');
const name = z.string().max(255);
const section = object.nullish();
const count = z.int().min(1).max(4_294_967_295);

const fileSchema = z.object({
  vectors: object.superRefine(checkVectors).nullish(),
  sparse_vectors: object.superRefine(checkObjects).nullish(),
  hnsw: section,
  optimizers: section,
  wal: section,
  quantization: section,
  params: section,
  strict_mode: section,
  metadata: section,
  payload_indexes: object.superRefine(checkIndexes).nullish(),
  aliases: z.array(name.min(1)).max(MAX_ENTRIES).nullish(),
  shard_keys: z
    .array(
      z.object({
        key: z.union([z.string().min(1).max(255), z.number().min(0)]),
        shards_number: count.optional(),
        replication_factor: count.optional(),
      }),
    )
    .max(MAX_ENTRIES)
    .nullish(),
  other: section,
  exact_numbers: z
    .array(z.object({ path: z.array(z.union([z.string(), z.number()])).max(MAX_DEPTH + 8), text: z.string().max(400) }))
    .max(100_000)
    .nullish(),
});

/**
 * Settings from `metadata.config` of a file that may be foreign or hostile. Nothing there, only some sections, or
 * Qdrant's own names for them (`hnsw_config`, `payload_schema`, the whole `config` of a collection) are all
 * understood; unknown keys are passed over. Throws BAD_ARCHIVE `bad_metadata` saying what is wrong and where.
 */
export function settingsFromFile(config: unknown): CollectionSettings {
  if (config === undefined || config === null) return NO_SETTINGS;
  if (!isPlain(config) || deeperThan(config, MAX_DEPTH)) throw bad('config is not an object of reasonable depth');
  const parsed = fileSchema.safeParse(Object.fromEntries(ownNames(config)));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw bad(`config.${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'is not valid'}`);
  }
  const file = parsed.data;
  return {
    vectors: withKnownDistance(file.vectors ?? {}),
    sparse_vectors: file.sparse_vectors ?? {},
    hnsw: file.hnsw ?? {},
    optimizers: file.optimizers ?? {},
    wal: file.wal ?? {},
    quantization: file.quantization ?? null,
    params: file.params ?? {},
    strict_mode: file.strict_mode ?? null,
    metadata: file.metadata ?? null,
    payload_indexes: (file.payload_indexes ?? {}) as Readonly<Record<string, JsonObject>>,
    aliases: file.aliases ?? [],
    shard_keys: (file.shard_keys ?? []) as readonly ShardKeySettings[],
    other: file.other ?? {},
    exact_numbers: file.exact_numbers ?? [],
  };
}

/** The sections under our names. Where a file has both spellings, ours wins. */
function ownNames(config: JsonObject): Map<string, Json> {
  const found = new Map<string, Json>();
  const take = (key: string, value: Json | undefined): void => {
    if (value !== undefined && !found.has(key)) found.set(key, value);
  };
  const params = ownValue(config, 'params');
  if (isPlain(params)) {
    const { vectors, sparse_vectors, ...rest } = params;
    found.set('params', rest);
    take('vectors', ownValue(config, 'vectors') ?? vectors);
    take('sparse_vectors', ownValue(config, 'sparse_vectors') ?? sparse_vectors);
  }
  for (const key of Object.keys(fileSchema.shape)) take(key, ownValue(config, key));
  for (const [theirs, ours] of Object.entries({ ...SERVER_SECTIONS, optimizers_config: 'optimizers' })) {
    take(ours, ownValue(config, theirs));
  }
  take('payload_indexes', ownValue(config, 'payload_schema'));
  const indexes = found.get('payload_indexes');
  if (isPlain(indexes)) {
    const entries = Object.entries(indexes).map(([field, index]): [string, Json] => [field, indexOf(index)]);
    found.set('payload_indexes', Object.fromEntries(entries));
  }
  return found;
}

/** "keyword", Qdrant's `{data_type, params}` or our `{type, …}`, as the last. */
function indexOf(index: Json): Json {
  if (typeof index === 'string') return { type: index };
  return isPlain(index) && ownValue(index, 'data_type') !== undefined ? (indexParams(index) as JsonObject) : index;
}

/** Some exporters write "cosine"; Qdrant wants "Cosine". Names nobody knows are left to the server. */
function withKnownDistance(vectors: JsonObject): JsonObject {
  const entries = Object.entries(vectors).map(([key, value]): [string, Json] => {
    if (key === 'distance' && typeof value === 'string') {
      return [
        key,
        ['Cosine', 'Euclid', 'Dot', 'Manhattan'].find((d) => d.toLowerCase() === value.toLowerCase()) ?? value,
      ];
    }
    return [key, isPlain(value) && typeof vectors['size'] !== 'number' ? withKnownDistance(value) : value];
  });
  return Object.fromEntries(entries);
}

function checkVectors(vectors: JsonObject, context: z.RefinementCtx): void {
  const check = (params: Json | undefined, path: string[]): void => {
    const fail = (message: string): void => context.addIssue({ code: 'custom', path, message });
    if (!isPlain(params)) {
      fail('is not an object');
      return;
    }
    const size = ownValue(params, 'size');
    const distance = ownValue(params, 'distance');
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
      fail(`size is not a whole number from 1 to ${MAX_SIZE}`);
    }
    if (distance !== undefined && distance !== null && typeof distance !== 'string') fail('distance is not a name');
  };
  if (typeof ownValue(vectors, 'size') === 'number') check(vectors, []);
  else for (const [key, params] of Object.entries(vectors)) check(params, [key]);
}

function checkObjects(objects: JsonObject, context: z.RefinementCtx): void {
  for (const [key, value] of Object.entries(objects)) {
    if (!isPlain(value)) context.addIssue({ code: 'custom', path: [key], message: 'is not an object' });
  }
}

function checkIndexes(indexes: JsonObject, context: z.RefinementCtx): void {
  for (const [field, index] of Object.entries(indexes)) {
    const type = isPlain(index) ? ownValue(index, 'type') : undefined;
    if (typeof type !== 'string') context.addIssue({ code: 'custom', path: [field], message: 'has no type' });
  }
}

function isPlain(value: unknown): value is JsonObject {
  return isExactObject(value);
}

/** Level by level, so that the check itself cannot run out of stack. */
function deeperThan(value: ExactObject, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? (Object.values(item) as unknown[]) : [],
    );
  }
  return false;
}

const bad = (detail: string): Fault =>
  new Fault('BAD_ARCHIVE', { reason: 'bad_metadata', detail: detail.slice(0, 300) });
