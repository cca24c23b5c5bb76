/** What main knows, kept up to date in the window. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { AppState, CollectionSummary, ErrorReport, JobView, Reply } from '../preload/api.ts';
import { ask } from './client.ts';

export type Jobs = ReadonlyMap<string, JobView>;

/** The state main sends whole after every change; null until the first answer. */
export function useAppState(): AppState | null {
  const [state, setState] = useState<AppState | null>(null);
  useEffect(() => {
    const off = window.vectorkeep.on('state', setState);
    void ask('state:get', undefined).then((reply) => {
      if (reply.ok) setState(reply.value);
    });
    return off;
  }, []);
  return state;
}

/** All jobs of this run of the app by id, whoever started them. */
export function useJobs(): Jobs {
  const [jobs, setJobs] = useState<Jobs>(new Map());
  useEffect(() => {
    const off = window.vectorkeep.on('job', (job) => setJobs((before) => new Map(before).set(job.id, job)));
    void ask('jobs:list', undefined).then((reply) => {
      // What an event said meanwhile is newer than this list.
      if (reply.ok) setJobs((since) => new Map([...reply.value.map((job) => [job.id, job] as const), ...since]));
    });
    return off;
  }, []);
  return jobs;
}

export interface Collections {
  /** Last good answer for this connection; stays on screen while it is asked again. */
  readonly list: readonly CollectionSummary[] | null;
  readonly error: ErrorReport | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface Answer {
  readonly connection: string;
  readonly list: readonly CollectionSummary[] | null;
  readonly error: ErrorReport | null;
}

/** The indexes of a connection. `revision` changes when they should be asked for again. */
export function useCollections(connection: string | null, revision: string): Collections {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [loading, setLoading] = useState(false);
  const latest = useRef(0);
  // Read when it is called: a caller may hold a `reload` from before the connection was changed.
  const current = useRef(connection);
  current.current = connection;

  const reload = useCallback(() => {
    const turn = ++latest.current;
    const asked = current.current;
    if (asked === null) return;
    setLoading(true);
    void ask('collections:list', { connection: asked }).then((reply) => {
      // An answer that was overtaken by a later question is about another time or another Qdrant.
      if (turn !== latest.current) return;
      setLoading(false);
      setAnswer((before) => ({
        connection: asked,
        list: reply.ok ? sortByName(reply.value) : before?.connection === asked ? before.list : null,
        error: reply.ok ? null : reply.error,
      }));
    });
  }, []);

  useEffect(reload, [reload, connection, revision]);
  useEffect(() => {
    window.addEventListener('focus', reload);
    return () => {
      window.removeEventListener('focus', reload);
    };
  }, [reload]);

  const known = answer?.connection === connection ? answer : null;
  return { list: known?.list ?? null, error: known?.error ?? null, loading, reload };
}

function sortByName(list: readonly CollectionSummary[]): CollectionSummary[] {
  return [...list].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

export type Run =
  | { readonly status: 'idle' }
  | { readonly status: 'starting' }
  | { readonly status: 'running' | 'done' | 'cancelled'; readonly job: JobView }
  | { readonly status: 'failed'; readonly error: ErrorReport; readonly job: JobView | null };

type Started = { readonly jobId: string } | { readonly error: ErrorReport } | 'starting' | null;

export interface Runner {
  readonly run: Run;
  readonly jobId: string | null;
  /** Follows the job that the request starts, in place of any before it. */
  readonly start: (request: Promise<Reply<{ jobId: string }>>) => void;
  readonly cancel: () => void;
  readonly reset: () => void;
}

/** One piece of long work, from the request that starts it to its end. It goes on when nobody looks. */
export function useRun(jobs: Jobs): Runner {
  const [started, setStarted] = useState<Started>(null);
  const turn = useRef(0);

  const start = useCallback((request: Promise<Reply<{ jobId: string }>>) => {
    const mine = ++turn.current;
    setStarted('starting');
    void request.then((reply) => {
      if (mine !== turn.current) {
        // Nobody waits for it any more.
        if (reply.ok) void ask('jobs:cancel', reply.value);
        return;
      }
      setStarted(reply.ok ? { jobId: reply.value.jobId } : { error: reply.error });
    });
  }, []);
  const reset = useCallback(() => {
    turn.current += 1;
    setStarted(null);
  }, []);

  const jobId = started !== null && typeof started === 'object' && 'jobId' in started ? started.jobId : null;
  const cancel = useCallback(() => {
    if (jobId !== null) void ask('jobs:cancel', { jobId });
  }, [jobId]);
  return { run: runOf(started, jobs), jobId, start, cancel, reset };
}

/** The same for work that only answers a question: cancelled when nobody waits for the answer any more. */
export function useQuestion(jobs: Jobs): Runner {
  const runner = useRun(jobs);
  const { jobId, reset } = runner;
  useEffect(() => {
    if (jobId === null) return undefined;
    return () => void ask('jobs:cancel', { jobId });
  }, [jobId]);
  // One that has not begun yet is cancelled by `start`, which finds that its turn is over.
  useEffect(() => reset, [reset]);
  return runner;
}

function runOf(started: Started, jobs: Jobs): Run {
  if (started === null) return { status: 'idle' };
  if (started === 'starting') return { status: 'starting' };
  if ('error' in started) return { status: 'failed', error: started.error, job: null };
  const job = jobs.get(started.jobId);
  if (job === undefined) return { status: 'starting' };
  switch (job.status) {
    case 'queued':
    case 'running':
      return { status: 'running', job };
    case 'done':
      return { status: 'done', job };
    case 'cancelled':
      return { status: 'cancelled', job };
    case 'failed':
      return { status: 'failed', job, error: job.error ?? unknownFailure };
  }
}

const unknownFailure: ErrorReport = {
  code: 'INTERNAL',
  message: 'Something unexpected went wrong inside Vectorkeep.',
  hint: 'Try again.',
  details: {},
};
