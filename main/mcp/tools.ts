/** The tools of the endpoint. Each names a configured connection and allowed files, and starts a job of the service. */
import { McpServer } from '@modelcontextprotocol/server';
import { compresses, exportName } from '../service/export-name.ts';
import { pathToRead, pathToWrite } from './allowed-path.ts';
import { pointsAtRisk } from './approval.ts';
import { registerBackupTools } from './backup-tools.ts';
import { watchJob } from './job-watch.ts';
import { chooseCollection, chooseConnection, targetInFile } from './targets.ts';
import { answer, follow, outcomeOf, own, start, startPatience } from './tool-answers.ts';
import type { ToolContext } from './tool-answers.ts';
import {
  cancelJobInput,
  exportInput,
  exportOutput,
  getJobInput,
  importInput,
  importOutput,
  jobOutput,
} from './tool-schemas.ts';

/** How long a cancelled job may take to let go before the answer says that it still runs. */
const CANCEL_MS = 10_000;

const INSTRUCTIONS =
  'Vectorkeep backs up Qdrant collections and restores them, and exports them to portable files and imports those. ' +
  'Take a backup with create_backup before re-indexing. Long work answers with status "running" and a job_id: call ' +
  'get_job until it is done.';

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
        const left = startPatience(args.wait_seconds);
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
          const question = {
            kind: 'import',
            connection: name,
            collection,
            points,
            path: file.path,
            onConflict,
            allowModelMismatch: args.allow_model_mismatch,
          } as const;
          await approvals.require(question, left() * 1000, signal);
        }
        // What was empty when it was looked at may fill up while the job waits for its turn.
        const mustBeEmpty = points === 0;
        const job = start(shared, service.importIndex({ ...request, collection, mustBeEmpty }));
        return follow(shared, job, left(), context);
      }),
  );

  registerBackupTools(server, shared);

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
      description:
        'Stops a job that was started here. An export or a backup leaves nothing behind; an import or a restore can be ' +
        'run again.',
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
