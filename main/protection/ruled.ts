import type { ConnectionView } from '../../preload/api.ts';
import type { IndexRef } from '../schedule/history.ts';
import type { Ruled } from '../schedule/overview.ts';
import type { ProtectionRule } from '../settings/schema.ts';
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
  for (const { name: connection } of connections) {
    const here = rules.filter((rule) => rule.connection === connection);
    const all = here.find(({ collection }) => collection === null);
    const own = new Set<string>();
    for (const { collection, schedule, since } of here) {
      if (collection === null) continue;
      own.add(collection);
      ruled.push({ ref: { connection, collection }, schedule, since: Date.parse(since), own: true });
    }
    if (all === undefined) continue;
    for (const { collection, firstSeen } of watch.seenOn(connection)) {
      if (own.has(collection)) continue;
      // A new index is promised nothing for the time before it was seen.
      const since = Math.max(Date.parse(all.since), Date.parse(firstSeen));
      ruled.push({ ref: { connection, collection }, schedule: all.schedule, since, own: false });
    }
  }
  return ruled;
}
