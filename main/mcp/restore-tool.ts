/** The tool that brings a backup back. It works in the vault of the settings alone, and asks before it may lose points. */
import type { McpServer } from '@modelcontextprotocol/server';
import { withLeave, type Endangering, type Terms } from './leave.ts';
import { planOf } from './plan-of.ts';
import { chooseConnection } from './targets.ts';
import { follow, offer, startPatience, type Desk } from './tool-desk.ts';
import { restoreBackupInput } from './tool-inputs.ts';
import { restoreBackupOutput } from './tool-outputs.ts';

const NAME = 'restore_backup';

export function offerRestore(server: McpServer, desk: Desk): void {
  const { service, jobs, plans } = desk;
  offer(server, desk, {
    name: NAME,
    title: 'Restore a backup',
    description:
      'Writes a backup, or the points of some of its files, into a Qdrant collection, then reads it back and ' +
      'compares. overwrite, merge and exact need the approval of the person where the index has points: look with ' +
      'dry_run first and give its plan_id along. What is lost is kept in safety_backup, and comes back by an exact ' +
      'restore of that.',
    input: restoreBackupInput,
    output: restoreBackupOutput,
    writes: true,
    hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    run: async (args, context) => {
      const left = startPatience(args.wait_seconds);
      const connection = chooseConnection(service, args.connection);
      const { backup_name: backup, conflict_strategy: onConflict, paths = null } = args;
      const allowModelMismatch = args.allow_model_mismatch;
      const request = {
        ...{ backup, connection: { name: connection }, onConflict, dryRun: args.dry_run },
        safetyCopy: args.safety_copy,
        ...{ allowModelMismatch, ...(paths === null ? {} : { paths }) },
        ...(args.target_collection === undefined ? {} : { collection: args.target_collection }),
      };
      if (onConflict === 'skip') {
        if (args.plan_id !== undefined) plans.look(args.plan_id, 'skip');
        return follow(desk, await jobs.begin(NAME, () => service.restoreBackup(request)), left(), context);
      }
      const found = (await service.listBackups({})).backups.find((each) => each.backupName === backup);
      // Whether it is missing or damaged the job says; come back meanwhile, it has nobody's leave.
      if (found === undefined) {
        if (args.plan_id !== undefined) plans.look(args.plan_id, 'missing');
        const start = () => service.restoreBackup({ ...request, mustBeEmpty: true });
        return follow(desk, await jobs.begin(NAME, start), left(), context);
      }
      // From here on the target has a name, so that what was looked at is what is written to.
      const collection = args.target_collection ?? found.collection;
      const key = JSON.stringify(['restore', connection, collection, backup, onConflict, paths, allowModelMismatch]);
      if (args.dry_run) {
        if (args.plan_id !== undefined) plans.look(args.plan_id, 'dry run');
        const look = () => service.restoreBackup({ ...request, collection });
        return follow(desk, await jobs.begin(NAME, look, planOf(plans, key)), left(), context);
      }
      const { totalVectors: backupPoints, createdAt } = found;
      const work = {
        ...{ tool: NAME, connection, collection, onConflict, key, planId: args.plan_id, safetyCopy: args.safety_copy },
        ask: (facts: Parameters<Endangering['ask']>[0]) => ({
          ...{
            ...facts,
            kind: 'restore' as const,
            backup,
            createdAt,
            backupPoints,
            onConflict,
            paths,
            allowModelMismatch,
          },
        }),
        start: (terms: Terms) => service.restoreBackup({ ...request, collection, ...terms }),
      };
      const id = await withLeave(desk, work, context);
      return typeof id === 'string' ? follow(desk, id, left(), context) : id;
    },
  });
}
