/** The tools about export files. Each names a configured connection and a file in an allowed folder. */
import { stat } from 'node:fs/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { compresses, exportName } from '../service/export-name.ts';
import { pathToRead, pathToWrite } from './allowed-path.ts';
import { pointsAtRisk } from './approval.ts';
import { withLeave } from './leave.ts';
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
      const identity = await identityOf(file.path);
      const key = JSON.stringify([
        'import',
        connection,
        collection,
        file.path,
        identity,
        onConflict,
        allowModelMismatch,
      ]);
      if (args.dry_run) {
        const look = () => service.importIndex({ ...request, collection, fingerprint: true });
        return follow(desk, await jobs.begin('import_index', look, planOf(plans, key)), left(), context);
      }
      const plan = args.plan_id === undefined ? null : plans.look(args.plan_id, key);
      const points = await pointsAtRisk(service, { ...request, collection });
      const safetyCopy = args.safety_copy || desk.policy() === 'allow';
      const start = async () => {
        if (args.plan_id !== undefined) plans.take(args.plan_id, key);
        // What was allowed is this very file.
        if ((await identityOf(file.path)) !== identity) throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
        return service.importIndex({
          ...{ ...request, collection },
          // What was empty when it was looked at may fill up while the job waits for its turn.
          mustBeEmpty: points === 0,
          safetyCopy: safetyCopy && points > 0,
          ...(plan === null ? {} : { ifTarget: plan.fingerprint }),
        });
      };
      if (points === 0) return follow(desk, await jobs.begin('import_index', start), left(), context);
      const asked = {
        ...{ kind: 'import' as const, connection, collection, points, path: file.path, onConflict, allowModelMismatch },
        ...{ safetyCopy, effect: plan?.effect ?? null },
      };
      const what = { key: JSON.stringify([key, safetyCopy]), planId: args.plan_id ?? null };
      const id = await withLeave(desk, { tool: 'import_index', request: asked, what, start }, context);
      return typeof id === 'string' ? follow(desk, id, left(), context) : id;
    },
  });
}

/** Another file of the same name is another one. */
async function identityOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeMs } = await stat(path).catch(() => {
    throw new Fault('FILE_NOT_FOUND', { path });
  });
  return [dev, ino, size, mtimeMs].join(':');
}
