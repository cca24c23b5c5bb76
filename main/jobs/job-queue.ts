import { randomUUID } from 'node:crypto';
import type { JobProgress } from '../../preload/api.ts';
import { Fault } from '../faults/fault.ts';
import { runOnThread } from './job-thread.ts';
import type { Assignment, JobKind, Tasks } from './port.ts';

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job<T = unknown> {
  readonly id: string;
  readonly kind: JobKind;
  readonly title: string;
  /** Name of the connection it is about, where it has one. */
  readonly connection: string | null;
  state: JobState;
  progress: JobProgress;
  value: T | null;
  fault: Fault | null;
}

type Task<K extends JobKind> = Assignment<K>['task'];
type Outcome<K extends JobKind> = Tasks[K]['outcome'];

export type Prepared<K extends JobKind> = Order & (Plain<K> | Framed<K>);

interface Order {
  /** What the job writes to; a second job with the same key fails as BUSY while the first runs. null: it only reads. */
  readonly writes: { readonly key: string; readonly collection: string } | null;
  /** Jobs with the same key wait for each other. Asked again after the wait: what it stands for may have changed by then. */
  readonly after?: () => string;
}

interface Plain<K extends JobKind> {
  readonly task: Task<K>;
  /** Done once the job is the only writer, right before the work. */
  readonly begin?: () => void;
}

export interface Framed<K extends JobKind> {
  /** Done once it is the only writer, with `work` in its middle: for a task that is known only then, and for what must come right after. */
  readonly around: (work: (task: Task<K>) => Promise<Outcome<K>>) => Promise<Outcome<K>>;
}

export interface JobOrder<K extends JobKind, T> {
  readonly kind: K;
  readonly title: string;
  readonly connection?: string | null;
  /** Done when the job's turn comes, on the calling thread: starts servers, opens secrets, says what will be written to. */
  readonly prepare: (signal: AbortSignal) => Promise<Prepared<K>>;
  /** What the outcome means to the caller. */
  readonly conclude: (outcome: Tasks[K]['outcome'], durationMs: number) => T | Promise<T>;
  /** Adds to a fault what only the caller can find out. Does not throw. */
  readonly describe?: (fault: Fault) => Promise<Fault>;
}

export interface StartedJob<T> {
  readonly job: Job<T>;
  readonly result: Promise<T>;
  cancel(): void;
}

const WAITING: JobProgress = {
  phase: 'waiting',
  points: 0,
  totalPoints: null,
  bytes: 0,
  totalBytes: null,
  pointsPerSecond: 0,
  secondsLeft: null,
};

/** Two jobs at once keep a small machine responsive; more only take turns. */
const AT_ONCE = 2;
/** Ended jobs that are remembered, for whoever asks later what became of them. */
const REMEMBERED = 100;

/** The one place where long work runs: a thread each, two at once, one writer per collection. */
export class JobQueue {
  readonly #script: URL;
  readonly #jobs = new Map<string, { job: Job; controller: AbortController; result: Promise<unknown> }>();
  readonly #writing = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  /** Of each key in `after`: resolves when the last job that asked for it has ended. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(job: Job) => void>();
  #running = 0;
  #closed = false;

  /** `script` is the bundled worker. */
  constructor(script: URL) {
    this.#script = script;
  }

  start<K extends JobKind, T>(order: JobOrder<K, T>): StartedJob<T> {
    if (this.#closed) throw new Fault('CANCELLED');
    const job: Job<T> = {
      id: randomUUID(),
      kind: order.kind,
      title: order.title,
      connection: order.connection ?? null,
      state: 'queued',
      progress: WAITING,
      value: null,
      fault: null,
    };
    const controller = new AbortController();
    const result = this.#run(job, order, controller.signal);
    result.catch(() => undefined);
    this.#jobs.set(job.id, { job, controller, result });
    this.#forgetOld();
    this.#changed(job);
    return { job, result, cancel: () => controller.abort() };
  }

  jobs(): readonly Job[] {
    return [...this.#jobs.values()].map(({ job }) => job);
  }

  job(id: string): Job | undefined {
    return this.#jobs.get(id)?.job;
  }

  cancel(id: string): void {
    const found = this.#jobs.get(id);
    if (found === undefined) throw new Fault('JOB_NOT_FOUND', { job: id.slice(0, 64) });
    found.controller.abort();
  }

  /** Called at every change of a job. Returns how to stop. */
  onChange(listener: (job: Job) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Cancels everything and waits until it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#jobs.values()];
    for (const { controller } of all) controller.abort();
    await Promise.allSettled(all.map(({ result }) => result));
  }

  async #run<K extends JobKind, T>(job: Job<T>, order: JobOrder<K, T>, signal: AbortSignal): Promise<T> {
    try {
      await this.#turn(signal);
      try {
        job.state = 'running';
        this.#changed(job);
        const begun = performance.now();
        const prepared = await order.prepare(signal);
        const run = (task: Task<K>): Promise<Outcome<K>> =>
          runOnThread(this.#script, { kind: order.kind, task }, signal, (progress) => {
            job.progress = progress;
            this.#changed(job);
          });
        const work = (): Promise<Outcome<K>> => {
          if ('around' in prepared) return prepared.around(run);
          prepared.begin?.();
          return run(prepared.task);
        };
        const { writes, after } = prepared;
        const outcome = await this.#alone(writes, () =>
          after === undefined ? work() : this.#inOrder(after, signal, work),
        );
        job.value = await order.conclude(outcome, Math.round(performance.now() - begun));
        job.state = 'done';
        return job.value;
      } finally {
        this.#running--;
        this.#waiting.shift()?.();
      }
    } catch (error) {
      const fault = Fault.from(error);
      job.fault = (await order.describe?.(fault)) ?? fault;
      job.state = job.fault.code === 'CANCELLED' ? 'cancelled' : 'failed';
      throw job.fault;
    } finally {
      this.#changed(job);
    }
  }

  async #alone<T>(writes: Prepared<JobKind>['writes'], work: () => Promise<T>): Promise<T> {
    if (writes === null) return work();
    if (this.#writing.has(writes.key)) throw new Fault('BUSY', { collection: writes.collection });
    this.#writing.add(writes.key);
    try {
      return await work();
    } finally {
      this.#writing.delete(writes.key);
    }
  }

  async #inOrder<T>(after: () => string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const key = after();
    return this.inTurn(key, signal, () => (after() === key ? work() : this.#inOrder(after, signal, work)));
  }

  /** Does the work, which need be no job, once all others of that key have ended. Throws CANCELLED. */
  async inTurn<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => (end = resolve));
    const tail = before.then(() => mine);
    this.#last.set(key, tail);
    try {
      await unlessAborted(before, signal);
      return await work();
    } finally {
      end();
      // Who was cancelled while waiting is out of the row; those before may still be at work.
      void tail.then(() => {
        if (this.#last.get(key) === tail) this.#last.delete(key);
      });
    }
  }

  /** Resolves when fewer than AT_ONCE jobs run. */
  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#running >= AT_ONCE) {
      await new Promise<void>((resolve, reject) => {
        const refuse = (): void => {
          const index = this.#waiting.indexOf(go);
          if (index >= 0) this.#waiting.splice(index, 1);
          reject(new Fault('CANCELLED'));
        };
        const go = (): void => {
          signal.removeEventListener('abort', refuse);
          resolve();
        };
        if (signal.aborted) refuse();
        else {
          signal.addEventListener('abort', refuse, { once: true });
          this.#waiting.push(go);
        }
      });
    }
    if (signal.aborted) {
      // Called up and cancelled in the same moment: the next in line goes instead.
      this.#waiting.shift()?.();
      throw new Fault('CANCELLED');
    }
    this.#running++;
  }

  #changed(job: Job): void {
    for (const listener of this.#listeners) listener(job);
  }

  #forgetOld(): void {
    const ended = [...this.#jobs].filter(([, { job }]) => !['queued', 'running'].includes(job.state));
    for (const [id] of ended.slice(0, Math.max(0, ended.length - REMEMBERED))) this.#jobs.delete(id);
  }
}

function unlessAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(new Fault('CANCELLED'));
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse, { once: true });
    void wait.finally(() => {
      signal.removeEventListener('abort', refuse);
      resolve();
    });
  });
}
