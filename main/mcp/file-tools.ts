/** The tools about export files. Each names a configured connection and a file in an allowed folder. */
import { lstat } from 'node:fs/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { stampOf } from '../files/file-stamp.ts';
import { compresses, exportName } from '../service/export-name.ts';
import { pathToRead, pathToWrite } from './allowed-path.ts';
import { withLeave, type Endangering, type Terms } from './leave.ts';
import { planOf } from './plan-of.ts';
import { chooseConnection, chooseIndex, targetInFile } from './targets.ts';
import { follow, offer, startPatience, type Desk } from './tool-desk.ts';
import { exportInput, importInput } from './tool-inputs.ts';
import { exportOutput, importOutput } from './tool-outputs.ts';

export function offerFileTools(server: McpServer, desk: Desk): void {
  const { service, jobs, plans } = desk;

  offer(server, desk, {
    name: 'export_index',
    title: 'Export an index',
    description:
      'Writes a Qdrant collection, with its settings, to one portable file. Returns size and vector count. Never ' +
      'replaces a file.',
    input: exportInput,
    output: exportOutput,
    writes: true,
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    run: async (args, context) => {
      const left = startPatience(args.wait_seconds);
      const { connection, collection } = await chooseIndex(desk, args);
      const wanted = args.output_path ?? exportName(collection, args.compress, new Date());
      const file = await pathToWrite(wanted, args.compress, desk.paths());
      const compress = compresses(file.path, args.compress);
      const request = { collection, ...file, compress, replace: false, companions: [] };
      const start = () => service.exportIndex({ connection: { name: connection }, ...request });
      return follow(desk, await jobs.begin('export_index', start), left(), context);
    },
  });

  offer(server, desk, {
    name: 'import_index',
    title: 'Import an index',
    description:
      'Reads an exported file into a Qdrant collection. The whole file is validated before the first write. ' +
      'Overwriting or merging into an index that has points needs the approval of the person: look with dry_run ' +
      'first and give its plan_id along.',
    input: importInput,
    output: importOutput,
    writes: true,
    hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    run: async (args, context) => {
      const { signal } = context.mcpReq;
      const left = startPatience(args.wait_seconds);
      const connection = chooseConnection(service, args.connection);
      const file = await pathToRead(args.input_path, desk.paths());
      const onConflict = args.conflict_strategy;
      const allowModelMismatch = args.allow_model_mismatch;
      const request = {
        connection: { name: connection },
        ...file,
        onConflict,
        dryRun: args.dry_run,
        allowModelMismatch,
      };
      if (onConflict === 'skip') {
        if (args.plan_id !== undefined) plans.look(args.plan_id, 'skip');
        const named = args.collection === undefined ? request : { ...request, collection: args.collection };
        return follow(desk, await jobs.begin('import_index', () => service.importIndex(named)), left(), context);
      }
      // From here on the target has a name, so that what was looked at is what is written to.
      const collection = args.collection ?? (await targetInFile(service, file, signal));
      const stamp = await stampNow(file.path);
      const key = JSON.stringify(['import', connection, collection, file.path, stamp, onConflict, allowModelMismatch]);
      if (args.dry_run) {
        if (args.plan_id !== undefined) plans.look(args.plan_id, 'dry run');
        const look = () => service.importIndex({ ...request, collection, fingerprint: true, ifFile: stamp });
        return follow(desk, await jobs.begin('import_index', look, planOf(plans, key)), left(), context);
      }
      const work = {
        ...{ tool: 'import_index', connection, collection, onConflict, key, planId: args.plan_id },
        safetyCopy: args.safety_copy,
        ask: (facts: Parameters<Endangering['ask']>[0]) => ({
          ...{ ...facts, kind: 'import' as const, path: file.path, onConflict, allowModelMismatch },
        }),
        // What was allowed is this very file.
        start: (terms: Terms) => service.importIndex({ ...request, collection, ...terms, ifFile: stamp }),
      };
      const id = await withLeave(desk, work, context);
      return typeof id === 'string' ? follow(desk, id, left(), context) : id;
    },
  });
}

/** Another file of the same name is another one. */
async function stampNow(path: string): Promise<string> {
  try {
    return stampOf(await lstat(path, { bigint: true }));
  } catch (error) {
    throw new Fault('FILE_NOT_FOUND', { path }, { cause: error });
  }
}
