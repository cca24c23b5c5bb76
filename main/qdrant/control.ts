import { Fault, type Notice } from '../faults/fault.ts';
import { addressOf } from './address.ts';
import { createFreeAliases } from './aliases.ts';
import type { CollectionSettings } from './collection-settings.ts';
import type { CreateOptions } from './create-body.ts';
import { isExactObject, ownValue, type ExactJson } from './exact-json.ts';
import { openExchange, type Errand } from './exchange.ts';
import { createPayloadIndexes } from './payload-indexes.ts';
import { applyStrictMode, finishRecreating, recreate, removeCollection } from './recreate.ts';
import { translateRefusal } from './refusal.ts';
import { readInfo, readSettings } from './settings-reader.ts';
import type { QdrantTarget } from './target.ts';

/** How a collection is doing. `points` is the server's estimate. */
export interface CollectionStatus {
  /** green; yellow: optimising; grey: optimisation pending after a restart; red: failed */
  readonly status: string;
  /** 'ok' or what went wrong */
  readonly optimizer: string;
  readonly points: number;
  readonly indexedVectors: number;
  /** Points that reading does not show yet (`prevent_unoptimized`, from 1.17); 0 on older servers. */
  readonly deferredPoints: number;
}

/**
 * The control plane of one Qdrant. Every method throws Faults only: QDRANT_UNREACHABLE, QDRANT_FORBIDDEN with the
 * missing right, QDRANT_REFUSED, NOT_QDRANT, COLLECTION_NOT_FOUND, and CANCELLED when the signal is aborted. What may
 * pass (429, 5xx, cut connections) is tried again with back-off for up to three minutes.
 */
export interface Control {
  /** e.g. `1.16.3`. Needs no key, so it proves nothing about one. */
  version(): Promise<string>;
  /** Names of the collections this key may see, sorted. */
  list(): Promise<string[]>;
  exists(name: string): Promise<boolean>;
  /** The collection that an alias stands for, else `name` itself. An alias may be moved at any time. */
  resolve(name: string): Promise<string>;
  /** All settings, payload indexes, aliases and shard keys. `name` may be an alias, which has none of its own. */
  settings(name: string): Promise<CollectionSettings>;
  /** Points. A collection may forbid exact counting (strict mode): then `exact` is QDRANT_REFUSED, see `measure`. */
  count(name: string, exact?: boolean): Promise<number>;
  /** The exact count, or where strict mode forbids it an estimate, called so. */
  measure(name: string): Promise<{ readonly count: number; readonly exact: boolean }>;
  status(name: string): Promise<CollectionStatus>;
  deferredPoints(name: string): Promise<number>;
  /** A new collection with all settings but payload indexes and aliases, which come after the points. */
  create(name: string, settings: CollectionSettings, options?: CreateOptions): Promise<{ notices: Notice[] }>;
  /** For a collection whose `create` was killed before its end: brings what it still lacks, and reports like it. */
  finishCreating(name: string, settings: CollectionSettings, options?: CreateOptions): Promise<{ notices: Notice[] }>;
  /** After the points, when `create` deferred it. */
  applyStrictMode(name: string, settings: CollectionSettings): Promise<Notice[]>;
  createPayloadIndexes(name: string, settings: CollectionSettings): Promise<Notice[]>;
  /** Sets aliases that nobody has; the others become ALIAS_TAKEN. */
  createAliases(name: string, settings: CollectionSettings): Promise<Notice[]>;
  /** Removes a collection with all its points. Only for one that this program has just made. */
  remove(name: string): Promise<void>;
}

/** Opens nothing yet: the first method that is called does. `signal` ends all work. */
export function openControl(target: QdrantTarget, signal?: AbortSignal, attempts = 6): Control {
  const address = addressOf(target);
  const exchange = openExchange(address, signal, attempts);
  const cancelled = (error: unknown): never => {
    throw signal?.aborted === true ? translateRefusal(error) : error;
  };
  // Creating is not cut off in the middle, see recreate.
  const steady = openExchange(address, undefined, Math.min(attempts, 3));

  const count = async (name: string, exact = true): Promise<number> => {
    const errand: Errand = { operation: 'count points', right: 'read', collection: name, timeoutMs: 300_000 };
    const result = await exchange.exact(errand, {
      method: 'POST',
      path: `/collections/${encodeURIComponent(name)}/points/count`,
      body: { exact },
    });
    const points = isExactObject(result) ? ownValue(result, 'count') : undefined;
    if (typeof points === 'number') return points;
    throw new Fault('NOT_QDRANT', { url: address.base, reason: 'shape' });
  };

  const status = async (name: string): Promise<CollectionStatus> => {
    const result = await readInfo(exchange, name);
    const number = (value: ExactJson | undefined): number => (typeof value === 'number' ? value : 0);
    const color = ownValue(result, 'status');
    const optimizer = ownValue(result, 'optimizer_status');
    const failed = isExactObject(optimizer) ? ownValue(optimizer, 'error') : optimizer;
    const queue = ownValue(result, 'update_queue');
    return {
      status: typeof color === 'string' ? color : 'unknown',
      optimizer: typeof failed === 'string' ? failed : 'ok',
      points: number(ownValue(result, 'points_count')),
      indexedVectors: number(ownValue(result, 'indexed_vectors_count')),
      deferredPoints: number(isExactObject(queue) ? ownValue(queue, 'deferred_points') : 0),
    };
  };

  return {
    version: async () => {
      const answer = await exchange.askWhole({ operation: 'ask for the version', right: 'read' }, (api, init) =>
        api.root({}, init),
      );
      const { title, version } = answer as { title?: unknown; version?: unknown };
      if (typeof version === 'string' && typeof title === 'string' && /qdrant/i.test(title)) return version;
      throw new Fault('NOT_QDRANT', { url: address.base, reason: 'shape' });
    },
    list: async () => {
      const { collections } = await exchange.ask({ operation: 'list the collections', right: 'read' }, (api, init) =>
        api.getCollections({}, init),
      );
      return collections.map((collection) => collection.name).sort();
    },
    exists: async (name) => {
      const { exists } = await exchange.ask(
        { operation: 'look for a collection', right: 'read', collection: name },
        (api, init) => api.collectionExists({ collection_name: name }, init),
      );
      return exists;
    },
    resolve: async (name) => {
      try {
        const { aliases } = await exchange.ask({ operation: 'read the aliases', right: 'read' }, (api, init) =>
          api.getCollectionsAliases({}, init),
        );
        return aliases.find(({ alias_name }) => alias_name === name)?.collection_name ?? name;
      } catch (error) {
        // A key for one collection may not see the aliases of all.
        if (error instanceof Fault && error.code === 'QDRANT_FORBIDDEN') return name;
        throw error;
      }
    },
    settings: (name) => readSettings(exchange, name),
    count,
    measure: async (name) => {
      try {
        return { count: await count(name, true), exact: true };
      } catch (error) {
        const strict = error instanceof Fault && /exact search disabled/i.test(String(error.params['reason']));
        if (!strict) throw error;
        return { count: await count(name, false), exact: false };
      }
    },
    status,
    deferredPoints: async (name) => (await status(name)).deferredPoints,
    create: (name, settings, options = {}) =>
      recreate({ exchange: steady, name, settings, options, signal }).catch(cancelled),
    finishCreating: (name, settings, options = {}) =>
      finishRecreating({ exchange: steady, name, settings, options, signal }).catch(cancelled),
    applyStrictMode: (name, wanted) => applyStrictMode(exchange, name, wanted),
    createPayloadIndexes: (name, wanted) => createPayloadIndexes(exchange, name, wanted),
    createAliases: (name, wanted) => createFreeAliases(exchange, name, wanted.aliases),
    remove: (name) => removeCollection(steady, name),
  };
}
