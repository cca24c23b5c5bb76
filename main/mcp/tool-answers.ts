/** How tools answer: at once, with a job that goes on, or with an error that says what to do next. */
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import { snakeCase } from '../service/snake-case.ts';
import type { JobHandle, JobView } from '../service/types.ts';
import type { PathPolicy } from './allowed-path.ts';
import type { Approvals } from './approval.ts';
import { createProgressSteps, hasEnded, watchJob } from './job-watch.ts';
import { plainData, plainText } from './plain-text.ts';
import type { Outcome } from './tool-schemas.ts';

/** What all requests share. */
export interface ToolContext {
  readonly service: Service;
  readonly version: string;
  readonly paths: PathPolicy;
  readonly approvals: Approvals;
  /** Jobs that agents started: the only ones they can see or cancel. */
  readonly ownJobs: Set<string>;
}

const MAX_OWN_JOBS = 1000;
/** Changed files that are named, most changed first. */
const MOST_PATHS = 100;

export function start(shared: ToolContext, handle: JobHandle<unknown>): string {
  // The job table tells how it ended; nobody else listens here.
  handle.result.catch(() => undefined);
  shared.ownJobs.add(handle.id);
  const [oldest] = shared.ownJobs;
  if (shared.ownJobs.size > MAX_OWN_JOBS && oldest !== undefined) shared.ownJobs.delete(oldest);
  return handle.id;
}

export function own(shared: ToolContext, id: string): string {
  if (!shared.ownJobs.has(id)) throw new Fault('JOB_NOT_FOUND', { job: id });
  return id;
}

/** How much of the client's patience is left, in seconds: asking the person takes from it. */
export function startPatience(seconds: number): () => number {
  const until = performance.now() + seconds * 1000;
  return () => Math.max(0, (until - performance.now()) / 1000);
}

/** Waits for a job as long as the client asked, telling it about progress if it wants to know. */
export async function follow(
  shared: ToolContext,
  id: string,
  seconds: number,
  context: ServerContext,
): Promise<Outcome> {
  const { signal, _meta, notify } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  const next = createProgressSteps();
  const tell = (job: JobView) => {
    const step = hasEnded(job) ? null : next(job.progress);
    if (step === null || progressToken === undefined) return;
    // A client that is gone does not get the rest; its job goes on.
    notify({ method: 'notifications/progress', params: { progressToken, ...step } }).catch(() => undefined);
  };
  return outcomeOf(await watchJob(shared.service, id, { ms: seconds * 1000, signal, onChange: tell }));
}

export function outcomeOf(job: JobView): Outcome {
  if (job.status === 'done') return { ...snakeCase(resultOf(job)), status: 'done', job_id: job.id };
  if (hasEnded(job)) {
    const status = job.status === 'cancelled' ? 'cancelled' : 'failed';
    return {
      status,
      job_id: job.id,
      error: job.error ?? errorReport(new Fault(job.status === 'cancelled' ? 'CANCELLED' : 'INTERNAL')),
    };
  }
  const progress = snakeCase(job.progress);
  return { status: 'running', job_id: job.id, progress, next_step: 'Call get_job with this job_id.' };
}

/** Runs a tool and gives its outcome as data and as text; whatever is thrown becomes an error with code and next step. */
export async function answer(work: () => Promise<Outcome>): Promise<CallToolResult> {
  let outcome: Outcome;
  try {
    outcome = await work();
  } catch (error) {
    outcome = { status: 'failed', error: errorReport(error) };
  }
  // What nobody foresaw may hold anything, even text of a payload.
  if (outcome.error?.code === 'INTERNAL') outcome = { ...outcome, error: { ...outcome.error, details: {} } };
  const structuredContent = plainData(outcome) as Record<string, unknown>;
  const content = [{ type: 'text' as const, text: JSON.stringify(structuredContent) }];
  return { content, structuredContent, ...(outcome.status === 'failed' ? { isError: true } : {}) };
}

/** A result in the size that agents can use: what changed in which files comes from payloads, and there may be many. */
function resultOf({ result }: JobView): JobView['result'] {
  if (result === null || !('elsewhere' in result)) return result;
  const changes = (paths: typeof result.paths): number =>
    paths.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);
  return {
    ...result,
    paths: result.paths.slice(0, MOST_PATHS).map((each) => ({ ...each, path: plainText(each.path) })),
    elsewhere: result.elsewhere + changes(result.paths.slice(MOST_PATHS)),
  };
}
