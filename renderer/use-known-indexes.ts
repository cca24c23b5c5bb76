import { useEffect, useState } from 'preact/hooks';
import type { AppState } from '../preload/api.ts';
import { ask } from './client.ts';
import type { KnownIndexes } from './usual-index.ts';

/** The indexes of every connection that answers, asked for once per list of connections. */
export function useKnownIndexes({ connections, current }: Pick<AppState, 'connections' | 'current'>): KnownIndexes {
  const [known, setKnown] = useState<KnownIndexes>(new Map());
  // Asking the built-in server for its indexes starts it: only where it is in use anyway.
  const asked = connections.filter(({ kind, name }) => kind === 'url' || name === current).map(({ name }) => name);
  const key = JSON.stringify(asked);
  useEffect(() => {
    let wanted = true;
    setKnown(new Map());
    for (const connection of asked) {
      void ask('collections:list', { connection }).then((reply) => {
        if (!wanted || !reply.ok) return;
        const names = reply.value.map(({ name }) => name);
        setKnown((before) => new Map(before).set(connection, names));
      });
    }
    return () => {
      wanted = false;
    };
  }, [key]);
  return known;
}
