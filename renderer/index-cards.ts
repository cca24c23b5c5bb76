/** Which indexes Home has cards for, and in what order. Pure. */
import type { CollectionSummary, JobView, ProtectedIndex, ProtectionView } from '../preload/api.ts';
import { formatQuantity } from './format.ts';
import { isTroubled, standingOf, type Shape } from './protection-words.ts';

/** An index of the connection in use: that is there, that is protected, or both. */
export interface IndexEntry {
  readonly collection: string;
  /** As Qdrant has it; null: not there, or nobody can say. */
  readonly live: CollectionSummary | null;
  /** Qdrant answers, and does not have it. */
  readonly gone: boolean;
  readonly protection: ProtectedIndex | null;
}

/** Those that somebody should look at come first; otherwise by name. `list` null: Qdrant does not answer. */
export function entriesOf(
  list: readonly CollectionSummary[] | null,
  indexes: readonly ProtectedIndex[],
  connection: string,
): readonly IndexEntry[] {
  const here = indexes.filter((index) => index.connection === connection);
  const byName = new Map<string, IndexEntry>();
  for (const live of list ?? []) byName.set(live.name, { collection: live.name, live, gone: false, protection: null });
  for (const protection of here) {
    const { collection } = protection;
    const live = byName.get(collection)?.live ?? null;
    byName.set(collection, { collection, live, gone: list !== null && live === null, protection });
  }
  return [...byName.values()].sort(
    (a, b) =>
      Number(isTroubled(b.protection)) - Number(isTroubled(a.protection)) ||
      a.collection.localeCompare(b.collection, 'en', { numeric: true }),
  );
}

export interface SharedFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly collections: readonly string[];
}

/** Failures that several indexes have in common: said once, and not on each card. */
export function sharedFailures(entries: readonly IndexEntry[]): readonly SharedFailure[] {
  const found = new Map<string, SharedFailure>();
  for (const { collection, protection } of entries) {
    if (protection?.failure == null) continue;
    const { code, message, hint } = protection.failure;
    const key = `${code} ${message}`;
    const collections = [...(found.get(key)?.collections ?? []), collection];
    found.set(key, { code, message, hint, collections });
  }
  return [...found.values()].filter(({ collections }) => collections.length > 1);
}

/** What goes on, without the failures that a card tells of already. */
export function withoutTold(
  activity: readonly JobView[],
  entries: readonly IndexEntry[],
  connection: string,
): readonly JobView[] {
  const told = new Set(
    entries.flatMap(({ collection, protection }) => (protection?.failure == null ? [] : [collection])),
  );
  return activity.filter(
    (job) =>
      !(job.kind === 'backup' && job.status === 'failed' && job.connection === connection && told.has(job.title)),
  );
}

export interface OtherConnection {
  readonly connection: string;
  readonly shape: Shape;
  /** "4 indexes: 3 safe, 1 overdue" */
  readonly words: string;
  /** Those that somebody should look at. */
  readonly troubled: readonly ProtectedIndex[];
}

const WORST: readonly Shape[] = ['failed', 'attention', 'working', 'paused', 'waiting', 'open', 'safe'];

/** Protected indexes that have no card, since they are on a Qdrant that is not in use. */
export function otherConnections(
  { indexes }: Pick<ProtectionView, 'indexes'>,
  connection: string | null,
): readonly OtherConnection[] {
  const groups = Map.groupBy(
    indexes.filter((index) => index.connection !== connection),
    (index) => index.connection,
  );
  return [...groups].map(([name, members]) => {
    const standings = members
      .map((index) => standingOf(index))
      .sort((a, b) => WORST.indexOf(a.shape) - WORST.indexOf(b.shape));
    const number = formatQuantity(members.length, 'index', 'indexes');
    const words = [...Map.groupBy(standings, ({ counted }) => counted)];
    const [first] = words;
    const alike = words.length === 1 && first !== undefined;
    return {
      connection: name,
      shape: standings[0]?.shape ?? 'open',
      words: alike
        ? `${number}, ${members.length === 1 ? '' : 'all '}${first[0]}`
        : `${number}: ${words.map(([counted, { length }]) => `${length} ${counted}`).join(', ')}`,
      troubled: members.filter(isTroubled),
    };
  });
}

/** Another text whenever an index was found to be another than it was: what is known of it is out of date then. */
export function changesIn(view: Pick<ProtectionView, 'indexes'> | null): string {
  return (view?.indexes ?? [])
    .flatMap(({ change }) => (change === null ? [] : [`${change.at} ${change.to}`]))
    .join(' ');
}
