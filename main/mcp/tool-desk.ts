/** What all tools stand on: how one is offered, how it answers, and who may call it. */
import { isInputRequiredResult } from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { AgentChoices, ApprovalPolicy, ErrorReport, ProtectionView } from '../../preload/api.ts';
import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import { snakeCase } from '../service/snake-case.ts';
import type { JobView } from '../service/types.ts';
import { hasEnded, type AgentJob, type AgentJobs } from './agent-jobs.ts';
import type { PathPolicy } from './allowed-path.ts';
import { callNote } from './call-note.ts';
import { createProgressSteps } from './job-progress.ts';
import { plainData } from './plain-text.ts';
import type { Plans } from './plans.ts';
import { backupUri } from './resource-names.ts';
import type { Outcome } from './tool-outputs.ts';

/** What all requests share. Choices and folders are asked for at each call: the person may change them at any time. */
export interface Desk {
  readonly service: Service;
  readonly version: string;
  readonly choices: () => AgentChoices;
  /** Of the choices, the policy that holds here. */
  readonly policy: () => ApprovalPolicy;
  readonly paths: () => PathPolicy;
  readonly jobs: AgentJobs;
  readonly plans: Plans;
  readonly protection: () => ProtectionView;
}

export interface Tool<Input extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodObject;
  /** It writes something somewhere: hidden, and refused, in read-only mode. */
  readonly writes: boolean;
  readonly hints: ToolAnnotations;
  readonly run: (args: z.infer<Input>, context: ServerContext) => Promise<Outcome | InputRequiredResult>;
}

/** Changed files that are named, most changed first. */
const MOST_PATHS = 100;

export function offer<Input extends z.ZodObject>(server: McpServer, desk: Desk, tool: Tool<Input>): void {
  const { name, title, description, input, output, writes, hints, run } = tool;
  const refused = writes && desk.choices().readOnly;
  // Who calls it all the same is told why, and not that there is no such tool.
  if (refused && callNote()?.method !== 'tools/call') return;
  const config = { title, description, inputSchema: input, outputSchema: output, annotations: hints };
  const callback = (args: unknown, context: ServerContext): Promise<CallToolResult | InputRequiredResult> =>
    answer(() => {
      if (refused) throw new Fault('READ_ONLY', { tool: name });
      return run(args as z.infer<Input>, context);
    });
  server.registerTool<z.ZodObject, z.ZodObject>(name, config, callback);
}

/** Runs a tool and gives its outcome as data and as text; whatever is thrown becomes an error with code and next step. */
export function answer(
  work: () => Promise<Outcome | InputRequiredResult>,
): Promise<CallToolResult | InputRequiredResult> {
  const made = answerTo(work);
  const note = callNote();
  if (note !== undefined) note.work = made;
  return made;
}

/** Never rejects. */
async function answerTo(
  work: () => Promise<Outcome | InputRequiredResult>,
): Promise<CallToolResult | InputRequiredResult> {
  let outcome: Outcome;
  try {
    const result = await work();
    if (isInputRequiredResult(result)) {
      noteOutcome('awaiting_approval', null, null);
      return result;
    }
    outcome = result;
  } catch (error) {
    outcome = { status: 'failed', error: shownReport(errorReport(error)) };
  }
  noteOutcome(outcome.status, outcome.error?.code ?? null, outcome.job_id ?? null);
  const structuredContent = plainData(outcome) as Record<string, unknown>;
  const text = { type: 'text' as const, text: JSON.stringify(structuredContent) };
  const content = [text, ...(callNote()?.takesLinks === true ? linksIn(structuredContent) : [])];
  return { content, structuredContent, ...(outcome.status === 'failed' ? { isError: true } : {}) };
}

/** What nobody foresaw may hold anything, even text of a payload. */
const shownReport = (report: ErrorReport): ErrorReport =>
  report.code === 'INTERNAL' ? { ...report, details: {} } : report;

function noteOutcome(outcome: Outcome['status'], code: string | null, jobId: string | null): void {
  const note = callNote();
  if (note !== undefined) Object.assign(note, { outcome, code, jobId });
}

/** To the manifests of the backups that a result is about. */
function linksIn(result: Record<string, unknown>) {
  const names = [result['backup_name'], result['safety_backup']].filter((name) => typeof name === 'string');
  return names.map((name) => ({
    ...{ type: 'resource_link' as const, uri: backupUri(name), name, mimeType: 'application/json' },
    description: 'The manifest of the backup',
  }));
}

/** How much of the client's patience is left, in seconds: what comes before the job takes from it. */
export function startPatience(seconds: number): () => number {
  const until = performance.now() + seconds * 1000;
  return () => Math.max(0, (until - performance.now()) / 1000);
}

/** Waits for a piece of work as long as the client asked, telling it about progress if it wants to know. */
export async function follow(desk: Desk, id: string, seconds: number, context: ServerContext): Promise<Outcome> {
  const { signal, _meta, notify } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  const next = createProgressSteps();
  const tell = ({ job }: AgentJob): void => {
    const step = job === null || hasEnded(job) ? null : next(job.progress);
    if (step === null || progressToken === undefined) return;
    // A client that is gone does not get the rest; its job goes on.
    notify({ method: 'notifications/progress', params: { progressToken, ...step } }).catch(() => undefined);
  };
  return outcomeOf(await desk.jobs.watch(id, { ms: seconds * 1000, signal, onChange: tell }));
}

export function outcomeOf({ id, status, job, fault, plan }: AgentJob): Outcome {
  if (status === 'awaiting_approval')
    return {
      status,
      job_id: id,
      next_step: 'The person is being asked in the app. Call get_job with this job_id.',
    };
  if (status === 'done' && job !== null)
    return {
      ...snakeCase(resultOf(job)),
      ...(plan === null ? {} : { plan_id: plan.id, plan_expires_at: plan.expiresAt }),
      ...{ status, job_id: id },
    };
  if (hasEnded({ status })) {
    const cause = fault ?? new Fault(status === 'cancelled' ? 'CANCELLED' : 'INTERNAL');
    return {
      status: status === 'cancelled' ? 'cancelled' : 'failed',
      job_id: id,
      error: shownReport(job?.error ?? errorReport(cause)),
    };
  }
  const progress = job === null ? {} : { progress: snakeCase(job.progress) };
  return { status: 'running', job_id: id, ...progress, next_step: 'Call get_job with this job_id.' };
}

/**
 * What stands in a payload as the path of a file, where it can be nothing else: without blanks and signs that sentences
 * are made of.
 */
const PATH = /^[\p{L}\p{M}\p{N}._@+~$#%=:/\\()[\]{}-]{1,200}$/u;

/** A result in the size that agents can use: what changed in which files comes from payloads, and there may be many. */
function resultOf({ result }: JobView): JobView['result'] {
  if (result === null || !('elsewhere' in result)) return result;
  const changes = (paths: typeof result.paths): number =>
    paths.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);
  const paths = result.paths.filter(({ path }) => PATH.test(path)).slice(0, MOST_PATHS);
  return { ...result, paths, elsewhere: result.elsewhere + changes(result.paths) - changes(paths) };
}
