/** The tools about backups. They work in the vault of the settings alone, remove nothing from it, and ask before a restore may lose points. */
import type { McpServer } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { snakeCase } from '../service/snake-case.ts';
import { pointsAtRisk } from './approval.ts';
import { chooseCollection, chooseConnection } from './targets.ts';
import { answer, follow, start, startPatience } from './tool-answers.ts';
import type { ToolContext } from './tool-answers.ts';
import {
  createBackupInput,
  createBackupOutput,
  diffBackupInput,
  diffBackupOutput,
  listBackupsInput,
  listBackupsOutput,
  restoreBackupInput,
  restoreBackupOutput,
  verifyBackupsInput,
  verifyBackupsOutput,
} from './tool-schemas.ts';

/** Backups that one answer lists. */
const MOST_LISTED = 100;

export function registerBackupTools(server: McpServer, shared: ToolContext): void {
  const { service, approvals } = shared;

  server.registerTool(
    'create_backup',
    {
      title: 'Back up an index',
      description:
        'Takes a backup of a Qdrant collection into the vault of the person, storing only what changed since the last ' +
        'one. Nothing is published that was not read back and compared. A second call for the same reason within a ' +
        'minute returns the first backup, with the warning BACKUP_REUSED.',
      inputSchema: createBackupInput,
      outputSchema: createBackupOutput,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    },
    (args, context) =>
      answer(async () => {
        const left = startPatience(args.wait_seconds);
        const connection = { name: chooseConnection(service, args.connection) };
        const collection = args.collection ?? (await chooseCollection(service, connection));
        const { reason, pin } = args;
        const job = service.backUp({ connection, collection, reason, pin, orFresh: true });
        return follow(shared, start(shared, job), left(), context);
      }),
  );

  server.registerTool(
    'list_backups',
    {
      title: 'List backups',
      description: `The backups in the vault, newest first, at most ${MOST_LISTED}.`,
      inputSchema: listBackupsInput,
      outputSchema: listBackupsOutput,
      annotations: { readOnlyHint: true },
    },
    ({ collection }) =>
      answer(async () => {
        const list = await service.listBackups(collection === undefined ? {} : { collection });
        const older = list.backups.length - MOST_LISTED;
        const backups = list.backups.slice(0, MOST_LISTED);
        const told = { ...list, backups, ...(older > 0 ? { leftOff: older } : {}) };
        return { ...snakeCase(told), status: 'done' };
      }),
  );

  server.registerTool(
    'restore_backup',
    {
      title: 'Restore a backup',
      description:
        'Writes a backup, or the points of some of its files, into a Qdrant collection, then reads it back and ' +
        'compares. Use dry_run to see the numbers. overwrite, merge and exact need the approval of the person where ' +
        'the index has points. What is lost is kept in safety_backup, and comes back by an exact restore of that.',
      inputSchema: restoreBackupInput,
      outputSchema: restoreBackupOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    (args, context) =>
      answer(async () => {
        const left = startPatience(args.wait_seconds);
        const name = chooseConnection(service, args.connection);
        const { backup_name: backup, conflict_strategy: onConflict, paths, safety_copy: safetyCopy } = args;
        const request = {
          ...{ backup, connection: { name }, onConflict, safetyCopy, dryRun: args.dry_run },
          allowModelMismatch: args.allow_model_mismatch,
          ...(paths === undefined ? {} : { paths }),
          ...(args.collection === undefined ? {} : { collection: args.collection }),
        };
        const run = (wanted: Parameters<typeof service.restoreBackup>[0]) =>
          follow(shared, start(shared, service.restoreBackup(wanted)), left(), context);
        if (args.dry_run || onConflict === 'skip') return run(request);
        const found = (await service.listBackups({})).backups.find((each) => each.backupName === backup);
        // Whether it is missing or damaged the job says; come back meanwhile, it has nobody's leave.
        if (found === undefined) return run({ ...request, mustBeEmpty: true });
        // From here on the target has a name, so that what was looked at is what is written to.
        const collection = args.collection ?? found.collection;
        const points = await pointsAtRisk(service, { ...request, collection });
        if (points > 0) {
          const { totalVectors: backupPoints, createdAt } = found;
          await approvals.require(
            {
              ...{ kind: 'restore', connection: name, collection, points, backup, createdAt, backupPoints, onConflict },
              ...{ paths: paths ?? null, safetyCopy, allowModelMismatch: args.allow_model_mismatch },
            },
            left() * 1000,
            context.mcpReq.signal,
          );
        }
        // What was empty when it was looked at may fill up while the job waits for its turn.
        return run({ ...request, collection, mustBeEmpty: points === 0 });
      }),
  );

  server.registerTool(
    'verify_backups',
    {
      title: 'Verify backups',
      description: 'Reads backups and says what is damaged. Damage is part of the result, not an error.',
      inputSchema: verifyBackupsInput,
      outputSchema: verifyBackupsOutput,
      annotations: { readOnlyHint: true },
    },
    ({ backup_name: backup, full, wait_seconds }, context) =>
      answer(() => {
        const job = service.verifyBackups(backup === undefined ? { full } : { full, backup });
        return follow(shared, start(shared, job), wait_seconds, context);
      }),
  );

  server.registerTool(
    'diff_backup',
    {
      title: 'Compare a backup',
      description:
        'What became of the points of a backup in a later one, or in the index as it is now: how many were added, ' +
        'changed and removed, and in which files.',
      inputSchema: diffBackupInput,
      outputSchema: diffBackupOutput,
      annotations: { readOnlyHint: true },
    },
    ({ from, to, collection, connection, wait_seconds }, context) =>
      answer(() => {
        if (to !== undefined && (collection ?? connection) !== undefined)
          throw new Fault('USAGE', { reason: 'Name another backup in "to", or an index; not both.' });
        const live = () => ({
          connection: { name: chooseConnection(service, connection) },
          ...(collection === undefined ? {} : { collection }),
        });
        const job = service.diff({ from, to: to === undefined ? live() : { backup: to } });
        return follow(shared, start(shared, job), wait_seconds, context);
      }),
  );
}
