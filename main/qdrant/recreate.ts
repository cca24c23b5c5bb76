import { Fault, type Notice } from '../faults/fault.ts';
import { findAcceptedBody } from './accepted-body.ts';
import { exactSettings, section, type CollectionSettings } from './collection-settings.ts';
import { createBody, coreOf, patchBody, type CreateOptions } from './create-body.ts';
import { isExactObject, ownValue, printExact, type ExactJson, type ExactObject } from './exact-json.ts';
import type { Exchange } from './exchange.ts';
import { readSettings } from './settings-reader.ts';
import { COLLECTION_SECTIONS, differenceNotices, settingDifferences } from './settings-difference.ts';

/** Qdrant itself waits ten seconds for a cluster to agree. */
const CHANGE_LIMIT_MS = 60_000;

/** A collection that is to be as `settings` say. */
export interface Recreation {
  /**
   * Must not be one that a cancel interrupts: of a request cut off in the middle nobody knows whether it made a
   * collection. `signal` is looked at between the steps instead.
   */
  readonly exchange: Exchange;
  readonly name: string;
  readonly settings: CollectionSettings;
  readonly options: CreateOptions;
  readonly signal: AbortSignal | undefined;
}

/** What the target did not take, found by reading it back. */
interface Recreated {
  readonly notices: Notice[];
}

/**
 * Creates a collection with all settings but payload indexes and aliases, which come after the points. Fails as
 * QDRANT_REFUSED 409 when the name is in use. When anything fails after the collection was made, it is removed again:
 * only ever the one made here.
 */
export async function recreate(wish: Recreation): Promise<Recreated> {
  const { exchange, name, settings, options, signal } = wish;
  const exact = await feasible(exchange, exactSettings(settings));
  signal?.throwIfAborted();
  await createAccepted(exchange, name, createBody(exact, options));
  try {
    const done = await furnish(wish, exact, []);
    signal?.throwIfAborted();
    return done;
  } catch (error) {
    await removeCollection(exchange, name).catch(() => undefined);
    throw error;
  }
}

/**
 * For a collection that `recreate` made and was killed before it came to its end: brings what it still lacks of these
 * settings, and reports like it. One that lacks nothing stays as it is.
 */
export async function finishRecreating(wish: Recreation): Promise<Recreated> {
  const { exchange, name, settings } = wish;
  const exact = await feasible(exchange, exactSettings(settings));
  const there = shardKeys(exactSettings(await readSettings(exchange, name)));
  return furnish(wish, exact, there);
}

/**
 * Gives what only an existing collection can be given, settings that are changes and shard keys but those that are
 * `there`, and looks at the outcome.
 */
async function furnish(
  { exchange, name, settings, options, signal }: Recreation,
  exact: ExactObject,
  there: readonly ExactJson[],
): Promise<Recreated> {
  const patch = patchBody(exact);
  if (patch !== null) await accepted(() => patchCollection(exchange, name, patch));
  const known = new Set(there.map(keyText));
  for (const key of shardKeys(exact)) {
    signal?.throwIfAborted();
    if (!known.has(keyText(key))) await createShardKey(exchange, name, key);
  }
  return { notices: differences(settings, await readSettings(exchange, name), options) };
}

const keyText = (entry: ExactJson): string =>
  printExact(isExactObject(entry) ? (ownValue(entry, 'key') ?? null) : null);

function differences(wanted: CollectionSettings, got: CollectionSettings, options: CreateOptions): Notice[] {
  const sections = COLLECTION_SECTIONS.filter((it) => it !== 'strict_mode' || options.deferStrictMode !== true);
  return differenceNotices(settingDifferences(wanted, got, sections));
}

/** Sets strict mode on a collection and reports what was not taken. For after the points, see CreateOptions. */
export async function applyStrictMode(
  exchange: Exchange,
  name: string,
  settings: CollectionSettings,
): Promise<Notice[]> {
  const { strict_mode_config: wanted } = createBody(exactSettings(settings));
  if (wanted === undefined) return [];
  await accepted(() => patchCollection(exchange, name, { strict_mode_config: wanted }));
  return differenceNotices(settingDifferences(settings, await readSettings(exchange, name), ['strict_mode']));
}

/** Removes a collection and all its points. */
export async function removeCollection(exchange: Exchange, name: string): Promise<void> {
  await exchange.askWhole(
    { operation: 'remove a collection', right: 'manage', collection: name, timeoutMs: CHANGE_LIMIT_MS },
    (api, init) => api.deleteCollection({ collection_name: name }, init),
  );
}

function shardKeys(settings: ExactObject): readonly ExactJson[] {
  const keys = ownValue(settings, 'shard_keys');
  return Array.isArray(keys) ? (keys as readonly ExactJson[]) : [];
}

/**
 * A server on its own takes `sharding_method: custom` and then refuses every shard key: the collection could hold no
 * point. There, such a collection becomes one with automatic sharding.
 */
async function feasible(exchange: Exchange, settings: ExactObject): Promise<ExactObject> {
  const params = section(settings, 'params');
  if (ownValue(params, 'sharding_method') !== 'custom') return { ...settings, shard_keys: [] };
  const status = await exchange.ask({ operation: 'see the cluster', right: 'manage' }, (api, init) =>
    api.clusterStatus({}, init),
  );
  if ((status as { status?: string }).status !== 'disabled') return settings;
  return { ...settings, params: { ...params, sharding_method: null }, shard_keys: [] };
}

/** Creates the collection with as much of the body as the server takes. */
async function createAccepted(exchange: Exchange, name: string, body: ExactObject): Promise<void> {
  const put = (attempted: ExactObject): Promise<ExactJson> =>
    exchange.exact(
      {
        operation: 'create a collection',
        right: 'manage',
        collection: name,
        repeatable: false,
        timeoutMs: CHANGE_LIMIT_MS,
      },
      { method: 'PUT', path: `/collections/${encodeURIComponent(name)}`, body: attempted },
    );
  let refusal: unknown;
  const create = (attempted: ExactObject): Promise<boolean> =>
    accepted(
      () => put(attempted),
      (fault) => (refusal ??= fault),
    );
  if (await create(body)) return;
  // The body is read before the name is looked at: once the collection stands, a good body answers 409, a bad one 400.
  const wouldTake = async (attempted: ExactObject): Promise<boolean> => {
    try {
      return await create(attempted);
    } catch (error) {
      if (error instanceof Fault && error.params['status'] === 409) return true;
      throw error;
    }
  };
  const found = await findAcceptedBody(body, coreOf(body), create, wouldTake);
  if (found === null) throw refusal;
  if (found.best === found.taken) return;
  await removeCollection(exchange, name);
  if (!(await create(found.best)) && !(await create(found.taken))) throw refusal;
}

/** Shards and replicas per key are wishes: a smaller cluster gets the key without them. Without the key no point could be written. */
async function createShardKey(exchange: Exchange, name: string, settings: ExactJson): Promise<void> {
  if (!isExactObject(settings)) return;
  const { key, ...wishes } = settings;
  if (key === undefined) return;
  const put = (body: ExactObject): Promise<ExactJson> =>
    exchange.exact(
      {
        operation: 'create a shard key',
        right: 'manage',
        collection: name,
        repeatable: false,
        timeoutMs: CHANGE_LIMIT_MS,
      },
      { method: 'PUT', path: `/collections/${encodeURIComponent(name)}/shards`, body },
    );
  if (!(await accepted(() => put({ shard_key: key, ...wishes })))) await put({ shard_key: key });
}

function patchCollection(exchange: Exchange, name: string, body: ExactObject): Promise<ExactJson> {
  return exchange.exact(
    { operation: 'change a collection', right: 'manage', collection: name, timeoutMs: CHANGE_LIMIT_MS },
    { method: 'PATCH', path: `/collections/${encodeURIComponent(name)}`, body },
  );
}

/** False when the server refuses what a request says (400, 422); everything else is thrown. */
export async function accepted(work: () => Promise<unknown>, onRefusal?: (fault: Fault) => void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'QDRANT_REFUSED') throw error;
    if (error.params['status'] !== 400 && error.params['status'] !== 422) throw error;
    onRefusal?.(error);
    return false;
  }
}
