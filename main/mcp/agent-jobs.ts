/** The work that agents have begun: jobs of the service, and what still waits for the person's leave. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { JobHandle, JobView } from '../service/types.ts';
import type { ApprovalRequest } from './approval.ts';
import type { Plan } from './plans.ts';
import type { AuditLog } from './audit-log.ts';
import { callNote } from './call-note.ts';
import type { Asked, Questions } from './questions.ts';

/** How a piece of work stands. */
export interface AgentJob {
  readonly id: string;
  readonly tool: string;
  readonly status: 'awaiting_approval' | JobView['status'];
  /** The job of the service; null: it has not begun. */
  readonly job: JobView | null;
  /** Why it did not begin. */
  readonly fault: Fault | null;
  /** What its dry run is good for; null: nothing (yet). */
  readonly plan: Plan | null;
}

export interface Patience {
  readonly ms: number;
  /** The client went away: no reason to wait, and none to stop the work. */
  readonly signal: AbortSignal;
  readonly onChange?: ((job: AgentJob) => void) | undefined;
}

interface Entry {
  readonly id: string;
  readonly tool: string;
  /** Of the service's job; null: not begun. */
  job: string | null;
  fault: Fault | null;
  /** Of work that waits for leave. */
  readonly key: string | null;
  readonly asking: AbortController | null;
  /** Makes the plan of a dry run that is done. */
  readonly planOf: ((job: JobView) => Plan) | null;
  plan: Plan | null;
}

/** Calls that wait for work at once: each takes the place of a request. Others are answered as things stand. */
const MOST_WATCHED = 16;
const MOST_REMEMBERED = 1000;
/** Pieces of work that may be open at once, so that one agent cannot fill the queue of all. */
const MOST_OPEN = 16;

const ENDED: readonly AgentJob['status'][] = ['done', 'failed', 'cancelled'];
export const hasEnded = ({ status }: Pick<AgentJob, 'status'>): boolean => ENDED.includes(status);

export class AgentJobs {
  readonly #service: Service;
  readonly #questions: Questions | null;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<(id: string) => void>();
  readonly #stop: () => void;
  readonly #audit: Pick<AuditLog, 'note'>;
  /** Pieces of work that are about to begin, and in no entry yet. */
  #beginning = 0;

  /** `questions` null: nobody can be asked. `audit` is told what came of each question. */
  constructor(service: Service, questions: Questions | null, audit: Pick<AuditLog, 'note'>) {
    this.#service = service;
    this.#questions = questions;
    this.#audit = audit;
    this.#stop = service.onJob(({ id }) => {
      for (const entry of this.#entries.values()) if (entry.job === id) this.#changed(entry);
    });
  }

  get canAsk(): boolean {
    return this.#questions !== null;
  }

  /** Work of the service that is nobody's to allow. Throws BUSY before `start` when too much is open. */
  async begin(
    tool: string,
    start: () => JobHandle<unknown> | Promise<JobHandle<unknown>>,
    planOf: ((job: JobView) => Plan) | null = null,
  ): Promise<string> {
    this.#requireRoom();
    this.#beginning++;
    try {
      const { id, result } = await start();
      // The table tells how it ended; nobody else listens here.
      result.catch(() => undefined);
      this.#remember({ id, tool, job: id, fault: null, key: null, asking: null, planOf, plan: null });
      return id;
    } finally {
      this.#beginning--;
    }
  }

  /** Of work that waits for the person's answer already; null: there is none. */
  waitingFor(key: string): string | null {
    for (const entry of this.#entries.values()) if (entry.key === key && isWaiting(entry)) return entry.id;
    return null;
  }

  /**
   * Asks the person, and begins after a yes. `key` is what `waitingFor` finds it by. `start` throws where what was allowed is
   * not there any more. Throws BUSY, and APPROVAL_DENIED where the same was refused lately.
   */
  ask(
    tool: string,
    {
      what,
      key,
      facts,
    }: { readonly what: Asked; readonly key: string; readonly facts: () => Promise<ApprovalRequest> },
    start: () => Promise<JobHandle<unknown>>,
  ): string {
    const questions = this.#questions;
    if (questions === null) throw new Fault('APPROVAL_NEEDED', { collection: what.collection });
    questions.requireOpen(what);
    this.#requireRoom();
    const asking = new AbortController();
    const entry: Entry = { id: randomUUID(), tool, job: null, fault: null, key, asking, planOf: null, plan: null };
    this.#remember(entry);
    const { client = '', arguments: digest = '' } = callNote() ?? {};
    const begun = performance.now();
    const go = async (): Promise<void> => {
      try {
        await questions.ask(what, facts, asking.signal);
        const handle = await start();
        handle.result.catch(() => undefined);
        // Taken back between the yes and now.
        if (asking.signal.aborted) handle.cancel();
        entry.job = handle.id;
      } catch (error) {
        entry.fault = Fault.from(error);
      }
      this.#changed(entry);
      const { status: outcome } = this.look(entry.id);
      this.#audit.note({
        ...{ at: new Date().toISOString(), client, tool, arguments: digest, jobId: entry.id },
        outcome: outcome === 'queued' ? 'running' : outcome,
        code: entry.fault?.code ?? null,
        durationMs: Math.round(performance.now() - begun),
      });
    };
    void go();
    return entry.id;
  }

  /** Newest first, with those of the service that it still remembers. */
  all(): AgentJob[] {
    return [...this.#entries.values()].reverse().flatMap((entry) => this.#view(entry) ?? []);
  }

  /** Throws JOB_NOT_FOUND: agents see what agents began, and nothing else. */
  look(id: string): AgentJob {
    const entry = this.#entries.get(id);
    const view = entry === undefined ? null : this.#view(entry);
    if (view === null) throw new Fault('JOB_NOT_FOUND', { job: id });
    return view;
  }

  /** As it stands once it has ended, or when patience does; at once where many wait already. Throws JOB_NOT_FOUND. */
  watch(id: string, { ms, signal, onChange }: Patience): Promise<AgentJob> {
    const now = this.look(id);
    if (hasEnded(now) || ms === 0 || signal.aborted || this.#listeners.size >= MOST_WATCHED)
      return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const listen = (changed: string): void => {
        if (changed !== id) return;
        try {
          const job = this.look(id);
          onChange?.(job);
          if (hasEnded(job)) stop();
        } catch {
          stop();
        }
      };
      const stop = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listen);
        signal.removeEventListener('abort', stop);
        try {
          resolve(this.look(id));
        } catch (error) {
          reject(Fault.from(error));
        }
      };
      const timer = setTimeout(stop, ms);
      this.#listeners.add(listen);
      signal.addEventListener('abort', stop);
    });
  }

  /** Throws JOB_NOT_FOUND. What has ended stays as it is. */
  cancel(id: string): void {
    this.look(id);
    const entry = this.#entries.get(id);
    entry?.asking?.abort();
    const job = entry?.job;
    if (job != null) this.#service.cancel(job);
  }

  /** Takes all questions back. Jobs go on: they belong to the service. */
  close(): void {
    this.#stop();
    for (const { asking, job } of this.#entries.values()) if (job === null) asking?.abort();
  }

  #requireRoom(): void {
    const open = this.all().filter((job) => !hasEnded(job));
    if (open.length + this.#beginning >= MOST_OPEN) throw new Fault('BUSY', { reason: 'jobs', most: MOST_OPEN });
  }

  #remember(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    for (const [id, old] of this.#entries) {
      if (this.#entries.size <= MOST_REMEMBERED) return;
      const view = this.#view(old);
      if (view === null || hasEnded(view)) this.#entries.delete(id);
    }
  }

  #changed(entry: Entry): void {
    const job = entry.job === null ? undefined : this.#service.job(entry.job);
    if (entry.plan === null && entry.planOf !== null && job?.status === 'done') entry.plan = entry.planOf(job);
    for (const listener of this.#listeners) listener(entry.id);
  }

  /** null: the service has forgotten it. */
  #view({ id, tool, job: jobId, fault, plan }: Entry): AgentJob | null {
    if (jobId === null) {
      const status = fault === null ? 'awaiting_approval' : fault.code === 'CANCELLED' ? 'cancelled' : 'failed';
      return { id, tool, status, job: null, fault, plan };
    }
    const job = this.#service.job(jobId);
    return job === undefined ? null : { id, tool, status: job.status, job, fault: null, plan };
  }
}

const isWaiting = ({ job, fault }: Entry): boolean => job === null && fault === null;
