import { Option, InvalidArgumentError, type Command } from 'commander';
import { Fault } from '../faults/fault.ts';
import type { RestoreStrategy, Retention } from '../service/types.ts';
import { collect, common, type CommonOptions } from './common-options.ts';

export interface BackupOptions {
  readonly reason?: string;
  readonly pin?: boolean;
  readonly newVault?: boolean;
  /** false: none. */
  readonly companion?: readonly string[] | false;
}

export interface RestoreOptions {
  readonly to?: string;
  readonly onConflict: RestoreStrategy;
  readonly path?: readonly string[];
  readonly dryRun?: boolean;
  readonly safetyCopy: boolean;
  readonly allowModelMismatch?: boolean;
  readonly companionsTo?: string;
}

export interface PruneOptions extends Retention {
  readonly acceptShrink?: string;
  readonly dryRun?: boolean;
}

/** What the words about backups turn out to mean. */
export type BackupInvocation =
  | { readonly command: 'backup'; readonly collection: string; readonly options: BackupOptions & CommonOptions }
  | { readonly command: 'list'; readonly options: { readonly collection?: string } & CommonOptions }
  | { readonly command: 'restore'; readonly backup: string; readonly options: RestoreOptions & CommonOptions }
  | {
      readonly command: 'verify';
      /** undefined: all. */
      readonly backup: string | undefined;
      readonly options: { readonly full?: boolean } & CommonOptions;
    }
  | {
      readonly command: 'diff';
      readonly from: string;
      /** undefined: the index as it is now. */
      readonly to: string | undefined;
      readonly options: { readonly collection?: string } & CommonOptions;
    }
  | { readonly command: 'prune'; readonly options: PruneOptions & CommonOptions }
  | { readonly command: 'pin' | 'unpin'; readonly backup: string; readonly options: CommonOptions };

export const BACKUP_COMMANDS = ['backup', 'list', 'restore', 'verify', 'diff', 'prune', 'pin', 'unpin'] as const;

const LONGEST_REASON = 100;

/** Adds the commands about backups to the program; `found` is told what was meant. Its actions throw USAGE. */
export function defineBackupCommands(program: Command, found: (invocation: BackupInvocation) => void): void {
  common(program.command('backup'), { vault: true })
    .argument('<collection>', 'the index to back up')
    .description('take a backup: only what has changed since the one before is stored')
    .option('--reason <text>', 'why it is taken (default: manual)', reason)
    .option('--pin', 'keep it whatever the rules of prune say')
    .option('--new-vault', 'begin a new vault where the one that was there is gone for good')
    .option(
      '--companion <file>',
      'state file of the indexer to carry along; may be given several times (default: those of the last time)',
      collect,
    )
    .option('--no-companion', 'carry none along, now and until some are named again')
    .action((collection: string, options: BackupOptions & CommonOptions) => {
      found({ command: 'backup', collection, options });
    });
  common(program.command('list'), { qdrant: false, vault: true })
    .description('list the backups, newest first')
    .option('--collection <name>', 'only those of this index')
    .action((options: { collection?: string } & CommonOptions) => {
      found({ command: 'list', options });
    });
  common(program.command('restore'), { vault: true })
    .argument('<backup>', 'name of the backup')
    .description('bring back an index, or some files of it, from a backup')
    .option('--to <name>', 'the index to write to, created when there is none (default: the one the backup is of)')
    .addOption(
      new Option(
        '--on-conflict <strategy>',
        'what to do with points that differ: leave them, replace them, replace only the vectors and payload keys that the backup has, or replace them and remove those that it does not have',
      )
        .choices(['skip', 'overwrite', 'merge', 'exact'])
        .default('skip'),
    )
    .option(
      '--path <glob>',
      'only the points of files that match, as "src/**"; those of several are put together',
      collect,
    )
    .option('--dry-run', 'count what would happen and write nothing')
    .option('--no-safety-copy', 'take no backup of what is overwritten or removed')
    .option('--allow-model-mismatch', 'restore although the embedding models differ')
    .option('--companions-to <dir>', 'put the companion files of the backup into this folder')
    .action((backup: string, options: RestoreOptions & CommonOptions) => {
      found({ command: 'restore', backup, options });
    });
  common(program.command('verify'), { qdrant: false, vault: true })
    .argument('[backup]', 'name of the backup (default: all)')
    .description('check that backups are whole; exit code 5 when one is not')
    .option('--full', 'read every point, and not only the checksums of files')
    .action((backup: string | undefined, options: { full?: boolean } & CommonOptions) => {
      found({ command: 'verify', backup, options });
    });
  common(program.command('diff'), { vault: true })
    .argument('<backup>', 'name of the earlier backup')
    .argument('[later]', 'name of the later backup')
    .description('tell what differs between two backups, or between a backup and its index as it is now')
    .option('--live', 'compare with the index as it is now; so it is where no later backup is named')
    .option('--collection <name>', 'that index, where it is not the one the backup is of')
    .action(
      (from: string, to: string | undefined, options: { live?: boolean; collection?: string } & CommonOptions) => {
        if (to !== undefined && (options.live === true || options.collection !== undefined))
          throw new Fault('USAGE', { reason: 'Give either a later backup or --live, not both.' });
        found({ command: 'diff', from, to, options });
      },
    );
  definePrune(program, found);
  for (const [command, description] of [
    ['pin', 'keep a backup whatever the rules of prune say'],
    ['unpin', 'let prune decide about a backup again'],
  ] as const)
    common(program.command(command), { qdrant: false, vault: true })
      .argument('<backup>', 'name of the backup')
      .description(description)
      .action((backup: string, options: CommonOptions) => {
        found({ command, backup, options });
      });
}

function definePrune(program: Command, found: (invocation: BackupInvocation) => void): void {
  const prune = common(program.command('prune'), { qdrant: false, vault: true }).description(
    'remove the backups that no rule keeps; never a pinned one, nor the last good one of an index',
  );
  keepOptions(prune)
    .option('--accept-shrink <backup>', 'say that the index is right to have become as small as in this backup')
    .option('--dry-run', 'say what would be removed and remove nothing')
    .action((options: PruneOptions & CommonOptions) => {
      // A rule of 0 keeps nothing, and nothing but such rules is no policy.
      if (!hasRule(options) && options.acceptShrink === undefined)
        throw new Fault('USAGE', { reason: 'Say what to keep, as --keep-last 7 or --keep-daily 30.' });
      if (options.acceptShrink !== undefined && options.dryRun === true)
        throw new Fault('USAGE', { reason: 'Give either --accept-shrink, which is a decision, or --dry-run.' });
      found({ command: 'prune', options });
    });
}

/** The rules by which backups stay. */
export function keepOptions(command: Command): Command {
  command.option('--keep-last <n>', 'keep the newest n of each index', howMany);
  for (const period of ['hour', 'day', 'week', 'month'])
    command.option(
      `--keep-${period === 'day' ? 'daily' : `${period}ly`} <n>`,
      `keep the newest of each of the last n ${period}s that have one`,
      howMany,
    );
  return command;
}

/** Whether there is any rule by which backups stay. */
export const hasRule = ({ keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly }: Retention): boolean =>
  [keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly].some((count) => count !== undefined && count > 0);

function howMany(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 100_000)
    throw new InvalidArgumentError('It must be a whole number from 0 to 100000.');
  return number;
}

function reason(value: string): string {
  if (value.trim() === '' || Array.from(value).length > LONGEST_REASON)
    throw new InvalidArgumentError(`It must have 1 to ${LONGEST_REASON} characters.`);
  return value;
}
