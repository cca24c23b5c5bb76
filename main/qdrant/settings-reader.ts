import { Fault } from '../faults/fault.ts';
import { settingsFromServer, type CollectionSettings } from './collection-settings.ts';
import { isExactObject, ownValue, type ExactObject } from './exact-json.ts';
import type { Exchange } from './exchange.ts';
import { shardKeysOf } from './shard-keys.ts';

/** The result of `GET /collections/{name}` with every number as the server spelled it. */
export async function readInfo(exchange: Exchange, name: string): Promise<ExactObject> {
  const result = await exchange.exact(
    { operation: 'read the settings', right: 'read', collection: name },
    { method: 'GET', path: `/collections/${encodeURIComponent(name)}` },
  );
  if (isExactObject(result) && isExactObject(ownValue(result, 'config'))) return result;
  throw new Fault('NOT_QDRANT', { url: exchange.url, reason: 'shape' });
}

/** All settings of a collection, its payload indexes, aliases and shard keys. */
export async function readSettings(exchange: Exchange, name: string): Promise<CollectionSettings> {
  const info = await readInfo(exchange, name);
  const { aliases } = await exchange.ask(
    { operation: 'read the aliases', right: 'read', collection: name },
    (api, init) => api.getCollectionAliases({ collection_name: name }, init),
  );
  const names = aliases.map((alias) => alias.alias_name);
  return settingsFromServer(info, names, await shardKeysOf(exchange, name, info));
}
