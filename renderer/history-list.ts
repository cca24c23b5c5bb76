/** The history as it is filtered, put in order and worded. Pure. */
import type { HistoryEntry, IndexRef, Input, ProtectionView } from '../preload/api.ts';
import { dayTitle } from './backups.ts';

export interface HistoryFilter {
  readonly index: IndexRef | null;
  readonly kind: HistoryEntry['kind'] | null;
  readonly outcome: HistoryEntry['outcome'] | null;
}

export const NO_FILTER: HistoryFilter = { index: null, kind: null, outcome: null };

export const KINDS: Record<HistoryEntry['kind'], string> = {
  backup: 'Backup',
  skipped: 'Skipped run',
  drill: 'Test',
  change: 'Change',
  clock: 'Clock',
};

export const OUTCOMES: Record<HistoryEntry['outcome'], string> = {
  ok: 'Went well',
  failed: 'Failed',
  skipped: 'Skipped',
  noted: 'Noted',
};

export const isFiltered = ({ index, kind, outcome }: HistoryFilter): boolean =>
  index !== null || kind !== null || outcome !== null;

export const PAGE = 100;
/** More than these main does not give at once. */
const MOST = 500;

type Question = Input<'history:list'>;

/** What to ask for first; `known`: so many lines are on the screen, and are to stay there. */
export function firstQuestion(filter: HistoryFilter, known: number): Question {
  return { ...only(filter), limit: Math.min(MOST, Math.max(PAGE, known)) };
}

/**
 * What to ask for to go on behind `entries`. Many lines may have been written in the same moment, and the page may have ended
 * among them: they are asked for again, and `joined` leaves out those that are there.
 */
export function nextQuestion(filter: HistoryFilter, entries: readonly HistoryEntry[]): Question {
  const last = entries.at(-1);
  if (last === undefined) return firstQuestion(filter, 0);
  const after = Date.parse(last.at) + 1;
  const same = entries.filter(({ at }) => at === last.at).length;
  return { ...only(filter), before: new Date(after).toISOString(), limit: Math.min(MOST, PAGE + same) };
}

export function joined(entries: readonly HistoryEntry[], older: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const known = new Set(entries.map(({ id }) => id));
  return [...entries, ...older.filter(({ id }) => !known.has(id))];
}

function only({ index, kind, outcome }: HistoryFilter): Omit<Question, 'limit'> {
  return { ...(index && { index }), ...(kind && { kind }), ...(outcome && { outcome }) };
}

export interface HistoryDay {
  readonly title: string;
  readonly entries: readonly HistoryEntry[];
}

/** In the order they come, under a heading for each day. */
export function historyDays(entries: readonly HistoryEntry[], now: number): readonly HistoryDay[] {
  return [...Map.groupBy(entries, ({ at }) => dayTitle(at, now))].map(([title, members]) => ({
    title,
    entries: members,
  }));
}

export const indexKey = ({ connection, collection }: IndexRef): string => JSON.stringify([connection, collection]);

/** Those that were met before and those of `entries`, each once; the same list where there is none that is new. */
export function metWith(before: readonly IndexRef[], entries: readonly HistoryEntry[]): readonly IndexRef[] {
  const known = new Map(before.map((index) => [indexKey(index), index]));
  for (const { index } of entries) if (index !== null) known.set(indexKey(index), index);
  return known.size === before.length ? before : [...known.values()];
}

export interface IndexChoice {
  readonly key: string;
  readonly label: string;
  readonly index: IndexRef;
}

/** Indexes to choose from: those that are protected, those that were met in the history, and the one that is chosen. */
export function indexChoices(
  protection: Pick<ProtectionView, 'indexes'> | null,
  met: readonly IndexRef[],
  chosen: IndexRef | null,
): readonly IndexChoice[] {
  const all = [...(protection?.indexes ?? []), ...met, ...(chosen === null ? [] : [chosen])];
  const byKey = new Map(
    all.map(({ connection, collection }) => [indexKey({ connection, collection }), { connection, collection }]),
  );
  const several = new Set([...byKey.values()].map(({ connection }) => connection)).size > 1;
  return [...byKey]
    .map(([key, index]) => ({
      ...{ key, index },
      label: several ? `${index.collection} (${index.connection})` : index.collection,
    }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
}
