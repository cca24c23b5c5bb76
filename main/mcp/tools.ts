/** The tools of the endpoint. Each names a configured connection and allowed files, and starts a job of the service. */
import { McpServer } from '@modelcontextprotocol/server';
import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import { errorReport } from '../faults/explain.ts';
import { Fault } from '../faults/fault.ts';
import { compresses, exportName } from '../service/export-name.ts';
import type { Service } from '../service/service.ts';
import { snakeCase } from '../service/snake-case.ts';
import type { JobHandle, JobView } from '../service/types.ts';
import { pathToRead, pathToWrite } from './allowed-path.ts';
import type { PathPolicy } from './allowed-path.ts';
import { pointsAtRisk } from './approval.ts';
import type { Approvals } from './approval.ts';
import { createProgressSteps, hasEnded, watchJob } from './job-watch.ts';
import { plainData } from './plain-text.ts';
import { chooseCollection, chooseConnection, targetInFile } from './targets.ts';
import {
  cancelJobInput,
  exportInput,
  exportOutput,
  getJobInput,
  importInput,
  importOutput,
  jobOutput,
} from './tool-schemas.ts';
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
/** How long a cancelled job may take to let go before the answer says that it still runs. */
const CANCEL_MS = 10_000;

const INSTRUCTIONS =
  'Vectorkeep exports Qdrant collections to portable files and imports them again. Long work answers with status ' +
  '"running" and a job_id: call get_job until it is done.';

/** A protocol server with all tools, for one request. */
export function createMcpServer(shared: ToolContext): McpServer {
  const { service, paths, approvals } = shared;
  const server = new McpServer(
    { name: 'vectorkeep', title: 'Vectorkeep', version: shared.version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS, maxToolInputElements: 100 },
  );

  server.registerTool(
    'export_index',
    {
      title: 'Export an index',
      description:
        'Writes a Qdrant collection, with its settings, to one portable file. Returns size and vector count.',
      inputSchema: exportInput,
      outputSchema: exportOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    },
    (args, context) =>
      answer(async () => {
        const connection = { name: chooseConnection(service, args.connection) };
        const collection = args.collection ?? (await chooseCollection(service, connection));
        const wanted = args.output_path ?? exportName(collection, args.compress, new Date());
        const path = await pathToWrite(wanted, args.compress, paths);
        const compress = compresses(path, args.compress);
        const request = { connection, collection, path, compress, replace: false, companions: [] };
        return follow(shared, start(shared, service.exportIndex(request)), args.wait_seconds, context);
      }),
  );

  server.registerTool(
    'import_index',
    {
      title: 'Import an index',
      description:
        'Reads an exported file into a Qdrant collection. The whole file is validated before the first write. ' +
        'Overwriting or merging into an index that has points needs the approval of the person.',
      inputSchema: importInput,
      outputSchema: importOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    (args, context) =>
      answer(async () => {
        const { signal } = context.mcpReq;
        const name = chooseConnection(service, args.connection);
        const file = await pathToRead(args.input_path, paths);
        const onConflict = args.conflict_strategy;
        const request = {
          connection: { name },
          ...file,
          onConflict,
          dryRun: args.dry_run,
          allowModelMismatch: args.allow_model_mismatch,
        };
        if (args.dry_run || onConflict === 'skip') {
          const named = args.collection === undefined ? request : { ...request, collection: args.collection };
          return follow(shared, start(shared, service.importIndex(named)), args.wait_seconds, context);
        }
        // From here on the target has a name, so that what was looked at is what is written to.
        const collection = args.collection ?? (await targetInFile(service, file, signal));
        const points = await pointsAtRisk(service, { ...request, collection });
        if (points > 0) {
          const question = { connection: name, collection, points, path: file.path, onConflict };
          await approvals.require(question, args.wait_seconds * 1000, signal);
        }
        // What was empty when it was looked at may fill up while the job waits for its turn.
        const mustBeEmpty = points === 0;
        const job = start(shared, service.importIndex({ ...request, collection, mustBeEmpty }));
        return follow(shared, job, args.wait_seconds, context);
      }),
  );

  server.registerTool(
    'get_job',
    {
      title: 'Look at a job',
      description: 'Waits for a job that was started here and returns its result, or how far it is.',
      inputSchema: getJobInput,
      outputSchema: jobOutput,
      annotations: { readOnlyHint: true },
    },
    (args, context) => answer(() => follow(shared, own(shared, args.job_id), args.wait_seconds, context)),
  );

  server.registerTool(
    'cancel_job',
    {
      title: 'Cancel a job',
      description: 'Stops a job that was started here. An export leaves nothing behind; an import can be run again.',
      inputSchema: cancelJobInput,
      outputSchema: jobOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    },
    (args, context) =>
      answer(async () => {
        const id = own(shared, args.job_id);
        service.cancel(id);
        return outcomeOf(await watchJob(service, id, { ms: CANCEL_MS, signal: context.mcpReq.signal }));
      }),
  );

  return server;
}

function start(shared: ToolContext, handle: JobHandle<unknown>): string {
  // The job table tells how it ended; nobody else listens here.
  handle.result.catch(() => undefined);
  shared.ownJobs.add(handle.id);
  const [oldest] = shared.ownJobs;
  if (shared.ownJobs.size > MAX_OWN_JOBS && oldest !== undefined) shared.ownJobs.delete(oldest);
  return handle.id;
}

function own(shared: ToolContext, id: string): string {
  if (!shared.ownJobs.has(id)) throw new Fault('JOB_NOT_FOUND', { job: id });
  return id;
}

/** Waits for a job as long as the client asked, telling it about progress if it wants to know. */
async function follow(shared: ToolContext, id: string, seconds: number, context: ServerContext): Promise<Outcome> {
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

function outcomeOf(job: JobView): Outcome {
  if (job.status === 'done') return { ...snakeCase(job.result), status: 'done', job_id: job.id };
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
async function answer(work: () => Promise<Outcome>): Promise<CallToolResult> {
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
