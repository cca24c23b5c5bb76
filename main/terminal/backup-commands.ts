import { resolve } from 'node:path';
import type { Retention, Warning } from '../service/types.ts';
import { hasRule, type BackupInvocation, type PruneOptions } from './backup-program.ts';
import {
  acceptShrinkWords,
  backupReport,
  diffReport,
  listReport,
  pruneReport,
  verifyReport,
  type Lines,
} from './backup-reports.ts';
import { columnsOf, plain, printJson, printWarnings } from './output.ts';
import { restoreReport } from './restore-report.ts';
import { attend, connectionOf, type Terminal } from './terminal.ts';

/** A check that found damage. */
const DAMAGE = 5;

/** Runs a command about backups; the exit code. Throws what the service throws. */
export async function backupCommand(terminal: Terminal, invocation: BackupInvocation): Promise<number> {
  const { service, streams, cwd } = terminal;
  const vault = terminal.vault === undefined ? {} : { vault: terminal.vault };
  const width = columnsOf(streams.out);
  switch (invocation.command) {
    case 'backup': {
      const { reason, pin, companion, newVault } = invocation.options;
      const result = await attend(
        terminal,
        service.backUp({
          connection: connectionOf(terminal),
          collection: invocation.collection,
          pin: pin === true,
          newVault: newVault === true,
          // A script that runs twice means one backup; a person who says it twice means two.
          orFresh: reason !== undefined && reason !== 'manual',
          ...(reason === undefined ? {} : { reason }),
          ...(companion === undefined ? {} : { companions: (companion || []).map((path) => resolve(cwd, path)) }),
          ...vault,
        }),
      );
      // The report says that one.
      const warnings = result.warnings.filter(({ code }) => code !== 'BACKUP_REUSED');
      tell(terminal, result, backupReport(result), warnings);
      if (result.warnings.some(({ code }) => code === 'INDEX_SHRANK')) tellHowToAccept(terminal, result.backupName);
      return 0;
    }
    case 'list': {
      const { collection } = invocation.options;
      const list = await service.listBackups({ ...vault, ...(collection === undefined ? {} : { collection }) });
      tell(terminal, list, listReport(list, collection, width, terminal.places), list.warnings);
      return 0;
    }
    case 'restore': {
      const { options } = invocation;
      const { path: paths } = options;
      const result = await attend(
        terminal,
        service.restoreBackup({
          backup: invocation.backup,
          connection: connectionOf(terminal),
          onConflict: options.onConflict,
          dryRun: options.dryRun === true,
          safetyCopy: options.safetyCopy,
          allowModelMismatch: options.allowModelMismatch === true,
          ...(options.to === undefined ? {} : { collection: options.to }),
          ...(paths === undefined ? {} : { paths }),
          ...(options.companionsTo === undefined ? {} : { companionsTo: resolve(cwd, options.companionsTo) }),
          ...vault,
        }),
      );
      tell(terminal, result, restoreReport(result, paths?.join(' or '), terminal.places), result.warnings);
      return result.verified === false ? DAMAGE : 0;
    }
    case 'verify': {
      const { backup, options } = invocation;
      const full = options.full === true;
      const request = { full, ...(backup === undefined ? {} : { backup }), ...vault };
      const result = await attend(terminal, service.verifyBackups(request));
      tell(terminal, result, verifyReport(result, width));
      return result.problems.length === 0 && result.backups.every(({ ok }) => ok) ? 0 : DAMAGE;
    }
    case 'diff': {
      const { from, to, options } = invocation;
      const live = (): { connection: ReturnType<typeof connectionOf>; collection?: string } => ({
        connection: connectionOf(terminal),
        ...(options.collection === undefined ? {} : { collection: options.collection }),
      });
      const request = { from, to: to === undefined ? live() : { backup: to }, ...vault };
      const result = await attend(terminal, service.diff(request));
      tell(terminal, result, diffReport(result, width));
      return 0;
    }
    case 'prune':
      return prune(terminal, invocation.options);
    case 'pin':
    case 'unpin': {
      const pinned = invocation.command === 'pin';
      await service.pinBackup(invocation.backup, pinned, terminal.vault);
      const what = pinned ? 'is pinned: no rule removes it' : 'is no longer pinned';
      tell(terminal, { backupName: invocation.backup, pinned }, [`${plain(invocation.backup)} ${what}`]);
      return 0;
    }
  }
}

/** Accepts what a person accepts, then removes what no rule keeps, if there are rules. */
async function prune(terminal: Terminal, options: PruneOptions): Promise<number> {
  const { service, streams, vault } = terminal;
  const accepted = options.acceptShrink;
  const said: Lines =
    accepted === undefined ? [] : [`The size of the index in ${plain(accepted)} is accepted: its backups rotate again`];
  if (accepted !== undefined) await service.acceptShrink(accepted, vault);
  if (!hasRule(options)) {
    tell(terminal, { accepted, removed: [], kept: [], bytesFreed: 0 }, said);
    return 0;
  }
  const result = await service.prune({
    keep: rulesOf(options),
    dryRun: options.dryRun === true,
    ...(vault === undefined ? {} : { vault }),
  });
  const report = [...said, ...pruneReport(result, columnsOf(streams.out))];
  tell(terminal, accepted === undefined ? result : { ...result, accepted }, report, result.warnings);
  if (result.warnings.some(({ code }) => code === 'ROTATION_FROZEN')) tellHowToAccept(terminal, 'BACKUP');
  return 0;
}

function rulesOf(options: PruneOptions): Retention {
  const { keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly } = options;
  const given = Object.entries({ keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly });
  return Object.fromEntries(given.filter(([, count]) => count !== undefined));
}

function tell({ streams, json }: Terminal, result: unknown, report: Lines, warnings: readonly Warning[] = []): void {
  if (json) {
    printJson(streams, result);
    return;
  }
  streams.out.write(report.map((line) => `${line}\n`).join(''));
  printWarnings(streams, warnings);
}

function tellHowToAccept({ streams, json, places }: Terminal, backup: string): void {
  if (!json) streams.err.write(`If that is right: ${acceptShrinkWords(backup, places)}\n`);
}
