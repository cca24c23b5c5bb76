/** The index that agents mean when they name none, as it is chosen from those that are known. Pure. */
import type { IndexRef } from '../preload/api.ts';
import { indexKey } from './history-list.ts';
import { quoteName } from './format.ts';

/** Names of the indexes of each connection that has answered. */
export type KnownIndexes = ReadonlyMap<string, readonly string[]>;

export interface UsualIndexChoices {
  readonly options: readonly { readonly key: string; readonly label: string; readonly index: IndexRef | null }[];
  /** What is wrong with the one that is chosen. */
  readonly problem: string | null;
}

/** `scheduled`: those under a schedule, known even where their Qdrant is not asked. `connections`: the names of all. */
export function usualIndexChoices(parts: {
  readonly connections: readonly string[];
  readonly known: KnownIndexes;
  readonly scheduled: readonly IndexRef[];
  readonly chosen: IndexRef | null;
}): UsualIndexChoices {
  const { connections, known, scheduled, chosen } = parts;
  const problem = chosen === null ? null : whatIsMissing(chosen, connections, known);
  const offered = [
    ...[...known].flatMap(([connection, names]) => names.map((collection) => ({ connection, collection }))),
    ...scheduled
      .filter((index) => whatIsMissing(index, connections, known) === null)
      .map(({ connection, collection }) => ({ connection, collection })),
    ...(chosen === null ? [] : [chosen]),
  ];
  const each = new Map(offered.map((index) => [indexKey(index), index]));
  const several = new Set(offered.map(({ connection }) => connection)).size > 1;
  const named = [...each].map(([key, index]) => {
    const name = several ? `${index.collection} (${index.connection})` : index.collection;
    const gone = problem !== null && chosen !== null && key === indexKey(chosen);
    return { key, index, label: gone ? `${name}, no longer there` : name };
  });
  return {
    options: [
      { key: '', label: 'None', index: null },
      ...named.sort((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true })),
    ],
    problem,
  };
}

/** A sentence; null: it is there, or nobody can say. */
function whatIsMissing(index: IndexRef, connections: readonly string[], known: KnownIndexes): string | null {
  const { connection, collection } = index;
  if (!connections.includes(connection)) return `There is no connection ${quoteName(connection)} any more.`;
  const names = known.get(connection);
  if (names === undefined || names.includes(collection)) return null;
  return `There is no index ${quoteName(collection)} on ${quoteName(connection)} any more.`;
}
