import type { Notice } from '../faults/fault.ts';
import type { Exchange } from './exchange.ts';
import { accepted } from './recreate.ts';

/**
 * Gives a collection those aliases that nobody has. An alias of another collection, or the name of one, stays where it
 * is and becomes ALIAS_TAKEN: Qdrant itself would silently move it away from its owner.
 */
export async function createFreeAliases(
  exchange: Exchange,
  name: string,
  aliases: readonly string[],
): Promise<Notice[]> {
  if (aliases.length === 0) return [];
  const taken = await exchange.ask({ operation: 'read the aliases', right: 'read' }, (api, init) =>
    api.getCollectionsAliases({}, init),
  );
  const { collections } = await exchange.ask({ operation: 'list the collections', right: 'read' }, (api, init) =>
    api.getCollections({}, init),
  );
  const owners = new Map(taken.aliases.map((alias) => [alias.alias_name, alias.collection_name]));
  for (const collection of collections) owners.set(collection.name, collection.name);
  const notices: Notice[] = [];
  for (const alias of new Set(aliases)) {
    const owner = owners.get(alias);
    if (owner === name && alias !== name) continue;
    if (owner !== undefined) {
      notices.push({ code: 'ALIAS_TAKEN', params: { alias, collection: owner } });
      continue;
    }
    const set = await accepted(() =>
      exchange.askWhole({ operation: 'create an alias', right: 'manage', collection: name }, (api, init) =>
        api.updateAliases({ actions: [{ create_alias: { collection_name: name, alias_name: alias } }] }, init),
      ),
    );
    if (!set) notices.push({ code: 'ALIAS_KEPT_BACK', params: { alias, collection: name } });
  }
  return notices;
}
