import { useEffect, useState } from 'preact/hooks';
import type { ProtectionView } from '../preload/api.ts';
import { ask } from './client.ts';

/** How all protected indexes stand, kept up to date; null until the first answer. */
export function useProtection(): ProtectionView | null {
  const [view, setView] = useState<ProtectionView | null>(null);
  useEffect(() => {
    const off = window.vectorkeep.on('protection', setView);
    void ask('protection:get', undefined).then((reply) => {
      // What an event said meanwhile is newer than this answer.
      if (reply.ok) setView((since) => since ?? reply.value);
    });
    return off;
  }, []);
  return view;
}
