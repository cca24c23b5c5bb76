import type { ConnectionView } from '../../preload/api.ts';
import type { IndexRef } from '../schedule/history.ts';
import type { Ruled } from '../schedule/overview.ts';
import type { ProtectionRule } from '../settings/schema.ts';
import type { Glance } from './guard.ts';
import type { WatchFile } from './watch-file.ts';

/** Drills have slots like an index; its name is one that none can have. */
export const DRILLS: IndexRef = { connection: '', collection: '' };

/** Which indexes are under which schedule: those with a rule of their own, and all others that were seen on a connection that has one for all. */
export function ruledFrom(
  rules: readonly ProtectionRule[],
  connections: readonly ConnectionView[],
  watch: Pick<WatchFile, 'seenOn' | 'seen'>,
): Ruled[] {
  const ruled: Ruled[] = [];
  for (const { name: connection, ...server } of connections) {
    const address = sourceOf(server);
    const here = rules.filter((rule) => rule.connection === connection);
    const all = here.find(({ collection }) => collection === null);
    const own = new Set<string>();
    for (const { collection, schedule, since } of here) {
      if (collection === null) continue;
      own.add(collection);
      ruled.push({ ref: { connection, collection }, schedule, since: Date.parse(since), own: true });
    }
    if (all === undefined) continue;
    for (const { collection, firstSeen, source } of watch.seenOn(connection)) {
      if (own.has(collection) || source !== address) continue;
      // A new index is promised nothing for the time before it was seen.
      const since = Math.max(Date.parse(all.since), Date.parse(firstSeen));
      ruled.push({ ref: { connection, collection }, schedule: all.schedule, since, own: false });
    }
  }
  return ruled;
}

/** How backups name the Qdrant that a connection leads to. */
export const sourceOf = ({ kind, url }: Pick<ConnectionView, 'kind' | 'url'>): string =>
  kind === 'builtin' ? kind : url;

/** What is to be looked at on a connection; null: no rule is about it. */
export function glanceAt(connection: ConnectionView, rules: readonly ProtectionRule[]): Glance | null {
  const here = rules.filter((rule) => rule.connection === connection.name);
  if (here.length === 0) return null;
  const all = here.some(({ collection }) => collection === null);
  const names = new Set(here.map(({ collection }) => collection));
  return {
    ...{ connection: connection.name, source: sourceOf(connection) },
    wanted: (collection) => all || names.has(collection),
  };
}
