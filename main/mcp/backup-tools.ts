/** The tools that take, list, check and compare backups, in the vault of the settings alone. None removes anything from it. */
import type { McpServer } from '@modelcontextprotocol/server';
import { Fault } from '../faults/fault.ts';
import { snakeCase } from '../service/snake-case.ts';
import { olderThan, pageOf } from './backup-pages.ts';
import { chooseConnection, chooseIndex } from './targets.ts';
import { follow, offer, startPatience, type Desk } from './tool-desk.ts';
import { createBackupInput, diffBackupsInput, listBackupsInput, verifyBackupInput } from './tool-inputs.ts';
import { createBackupOutput, diffBackupsOutput, listBackupsOutput, verifyBackupOutput } from './tool-outputs.ts';

export function offerBackupTools(server: McpServer, desk: Desk): void {
  const { service, jobs } = desk;

  offer(server, desk, {
    name: 'create_backup',
    title: 'Back up an index',
    description:
      'Takes a backup of a Qdrant collection into the vault of the person, storing only what changed since the last ' +
      'one. Nothing is published that was not read back and compared. A second call for the same reason within a ' +
      'minute returns the first backup, with the warning BACKUP_REUSED.',
    input: createBackupInput,
    output: createBackupOutput,
    writes: true,
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    run: async (args, context) => {
      const left = startPatience(args.wait_seconds);
      const { connection, collection } = await chooseIndex(desk, args);
      const { reason, pin } = args;
      const request = { connection: { name: connection }, collection, reason, pin, orFresh: true };
      return follow(desk, await jobs.begin('create_backup', () => service.backUp(request)), left(), context);
    },
  });

  offer(server, desk, {
    name: 'list_backups',
    title: 'List backups',
    description: 'The backups in the vault, newest first.',
    input: listBackupsInput,
    output: listBackupsOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: false },
    run: async ({ collection, limit, cursor }) => {
      const list = await service.listBackups(collection === undefined ? {} : { collection });
      const from = cursor === undefined ? list.backups : olderThan(list.backups, cursor);
      return { ...snakeCase({ ...list, ...pageOf(from, limit) }), status: 'done' };
    },
  });

  offer(server, desk, {
    name: 'verify_backup',
    title: 'Verify backups',
    description: 'Reads backups and says what is damaged. Damage is part of the result, not an error.',
    input: verifyBackupInput,
    output: verifyBackupOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: false },
    run: async ({ backup_name: backup, full, wait_seconds }, context) => {
      const start = () => service.verifyBackups(backup === undefined ? { full } : { full, backup });
      return follow(desk, await jobs.begin('verify_backup', start), wait_seconds, context);
    },
  });

  offer(server, desk, {
    name: 'diff_backups',
    title: 'Compare a backup',
    description:
      'What became of the points of a backup in a later one, or in the index as it is now: how many were added, ' +
      'changed and removed, and in which files.',
    input: diffBackupsInput,
    output: diffBackupsOutput,
    writes: false,
    hints: { readOnlyHint: true, openWorldHint: true },
    run: async ({ from, to, collection, connection, wait_seconds }, context) => {
      if (to !== undefined && (collection ?? connection) !== undefined)
        throw new Fault('USAGE', { reason: 'Name another backup in "to", or an index; not both.' });
      const live = () => ({
        connection: { name: chooseConnection(service, connection) },
        ...(collection === undefined ? {} : { collection }),
      });
      const start = () => service.diff({ from, to: to === undefined ? live() : { backup: to } });
      return follow(desk, await jobs.begin('diff_backups', start), wait_seconds, context);
    },
  });
}
