/** What main does for the window's requests about backups. */
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { Dialogs } from './dialogs.ts';
import { followJob } from './follow-job.ts';
import type { Handlers } from './ipc.ts';
import type { PathGrants } from './path-grants.ts';

type BackupChannel =
  | 'backups:list'
  | 'backups:pin'
  | 'backups:accept-shrink'
  | 'backups:prune'
  | 'backup:start'
  | 'restore:start'
  | 'verify:start'
  | 'diff:start'
  | 'export-backup:start'
  | 'vault:get'
  | 'vault:choose'
  | 'vault:move'
  | 'pick:folder';

export interface BackupHandlerParts {
  readonly service: Service;
  readonly dialogs: Dialogs;
  readonly grants: PathGrants;
  /** Something of the state has changed. */
  readonly onChange: () => void;
  /** A job was started only to know something. */
  readonly onQuestion: (jobId: string) => void;
}

export function createBackupHandlers(parts: BackupHandlerParts): Pick<Handlers, BackupChannel> {
  const { service, dialogs, grants } = parts;
  const question = (started: { jobId: string }): { jobId: string } => {
    parts.onQuestion(started.jobId);
    return started;
  };

  return {
    'backups:list': async ({ collection }) => {
      const list = await service.listBackups(collection === undefined ? {} : { collection });
      grants.grant('show', list.vault);
      return list;
    },
    'backups:pin': async ({ backup, pinned }) => {
      await service.pinBackup(backup, pinned);
    },
    'backups:accept-shrink': async ({ backup }) => {
      await service.acceptShrink(backup);
    },
    'backups:prune': (request) => service.prune(request),

    'backup:start': ({ connection, collection, pin, companions }) => {
      const carried = companions?.map((companion) => grants.require('read', companion));
      return followJob(
        service.backUp({
          connection: { name: connection },
          collection,
          pin,
          ...(carried === undefined ? {} : { companions: carried }),
        }),
      );
    },
    'restore:start': ({ connection, paths, companionsTo, ...choices }) => {
      const folder = companionsTo === undefined ? undefined : grants.require('folder', companionsTo);
      const handle = service.restoreBackup({
        ...choices,
        connection: { name: connection },
        ...(paths === undefined ? {} : { paths }),
        ...(folder === undefined ? {} : { companionsTo: folder }),
      });
      return choices.dryRun ? question(followJob(handle)) : followJob(handle);
    },
    'verify:start': ({ backup, full }) =>
      followJob(service.verifyBackups({ full, ...(backup === undefined ? {} : { backup }) })),
    'diff:start': ({ from, to, connection }) => {
      if (to !== null) return question(followJob(service.diff({ from, to: { backup: to } })));
      if (connection === undefined) throw new Fault('USAGE', { window: 'argument' });
      return question(followJob(service.diff({ from, to: { connection: { name: connection } } })));
    },
    'export-backup:start': ({ backup, path, compress }) => {
      // The save dialog has asked about a file that is there.
      const target = grants.spend('write', path);
      return followJob(service.exportBackup({ backup, path: target, compress, replace: true }));
    },

    'vault:get': () => {
      const folder = service.vaultFolder();
      grants.grant('show', folder);
      return { folder };
    },
    'vault:choose': async () => {
      const folder = await dialogs.vault();
      if (folder === null) return null;
      service.setVaultFolder(folder);
      grants.grant('show', folder);
      parts.onChange();
      return folder;
    },
    'vault:move': async () => {
      const folder = await dialogs.vault();
      return folder === null ? null : followJob(service.moveVault(folder));
    },
    'pick:folder': async () => {
      const folder = await dialogs.folder();
      if (folder !== null) grants.grant('folder', folder);
      return folder;
    },
  };
}
