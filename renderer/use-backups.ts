/** The backups in the vault, kept up to date in the window. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { BackupList, ErrorReport } from '../preload/api.ts';
import { ask } from './client.ts';
import type { Jobs } from './live.ts';

export interface Backups {
  /** Last good answer; stays on screen while it is asked again. null before the first, and when the vault cannot be read. */
  readonly list: BackupList | null;
  readonly error: ErrorReport | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** All backups of the vault, asked for again when a job may have changed them and when the window gets the focus. */
export function useBackups(jobs: Jobs): Backups {
  const [answer, setAnswer] = useState<Pick<Backups, 'list' | 'error'>>({ list: null, error: null });
  const [loading, setLoading] = useState(false);
  const latest = useRef(0);
  const ended = [...jobs.values()].filter(
    ({ kind, status }) =>
      (kind === 'backup' || kind === 'restore' || kind === 'verify' || kind === 'move') && status !== 'running',
  ).length;

  const reload = useCallback(() => {
    const turn = ++latest.current;
    setLoading(true);
    void ask('backups:list', {}).then((reply) => {
      if (turn !== latest.current) return;
      setLoading(false);
      setAnswer(reply.ok ? { list: reply.value, error: null } : { list: null, error: reply.error });
    });
  }, []);

  useEffect(reload, [reload, ended]);
  useEffect(() => {
    window.addEventListener('focus', reload);
    return () => {
      window.removeEventListener('focus', reload);
    };
  }, [reload]);
  return { ...answer, loading, reload };
}

/** The time, told anew often enough for "12 min ago" to be true. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now;
}
