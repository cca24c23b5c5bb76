import { Option, type Command } from 'commander';
import { Fault } from '../faults/fault.ts';
import type { Schedule } from '../schedule/slots.ts';
import type { Retention } from '../service/types.ts';
import { hasRule, keepOptions } from './backup-program.ts';
import { common, type CommonOptions } from './common-options.ts';
import { minute, scheduleFrom, times, weekly, type WhenOptions } from './schedule-options.ts';

export interface ScheduleOptions {
  readonly dryRun?: boolean;
}

/** What the words about schedules turn out to mean. */
export type ScheduleInvocation =
  | {
      readonly command: 'schedule';
      /** undefined: all indexes of the connection that have no schedule of their own. */
      readonly collection: string | undefined;
      /** null: none of its own any more. undefined: as it is. */
      readonly schedule: Schedule | null | undefined;
      /** null: all backups stay. undefined: as it is. */
      readonly keep: Retention | null | undefined;
      readonly options: ScheduleOptions & CommonOptions;
    }
  | { readonly command: 'status' | 'resume'; readonly options: CommonOptions }
  | { readonly command: 'pause'; readonly until: 'hour' | 'tomorrow' | 'resumed'; readonly options: CommonOptions }
  | {
      readonly command: 'connect';
      readonly name: string;
      readonly options: { readonly replace?: boolean } & CommonOptions;
    };

export const SCHEDULE_COMMANDS = ['status', 'schedule', 'pause', 'resume', 'connect'] as const;

/** Adds the commands about what is backed up by itself; `found` is told what was meant. Its actions throw USAGE. */
export function defineScheduleCommands(program: Command, found: (invocation: ScheduleInvocation) => void): void {
  common(program.command('status'), { qdrant: false, vault: true })
    .description('tell how safe every index is; exit code 1 when one is overdue or failing, or its test failed')
    .action((options: CommonOptions) => {
      found({ command: 'status', options });
    });
  defineSchedule(program, found);
  common(program.command('pause'), { qdrant: false })
    .description('let scheduled backups wait, until somebody resumes')
    .addOption(new Option('--for <time>', 'only for an hour').choices(['1h']))
    .addOption(new Option('--until <time>', 'only until 8 in the morning').choices(['tomorrow']))
    .action((options: { for?: '1h'; until?: 'tomorrow' } & CommonOptions) => {
      if (options.for !== undefined && options.until !== undefined)
        throw new Fault('USAGE', { reason: 'Give either --for or --until, not both.' });
      const until = options.for !== undefined ? 'hour' : (options.until ?? 'resumed');
      found({ command: 'pause', until, options });
    });
  common(program.command('resume'), { qdrant: false })
    .description('let scheduled backups go on')
    .action((options: CommonOptions) => {
      found({ command: 'resume', options });
    });
  common(program.command('connect'), { named: false })
    .argument('<name>', 'what it is called from now on')
    .description('save a Qdrant in the settings, once it answers; its key is not stored')
    .option('--replace', 'give a name that is in use this address')
    .action((name: string, options: { replace?: boolean } & CommonOptions) => {
      if (options.url === undefined) throw new Fault('USAGE', { reason: 'Say where the Qdrant is, with --url.' });
      found({ command: 'connect', name, options });
    });
}

function defineSchedule(program: Command, found: (invocation: ScheduleInvocation) => void): void {
  const schedule = common(program.command('schedule'), { vault: true })
    .argument('[collection]', 'the index (default: all of the connection that have no schedule of their own)')
    .description('show when indexes are backed up by themselves and what stays, or set it')
    .option('--daily <times>', 'every day, as 02:30 or 02:30,14:00', times)
    .option('--hourly <minute>', 'every hour at this minute', minute)
    .option('--weekly <days@times>', 'on days of the week, as mon,thu@01:15', weekly)
    .option('--cron <expression>', 'by five fields, as "30 2 * * 1-5"')
    .option('--off', 'not at all')
    .option('--as-all', 'as all indexes of the connection: the index has no schedule of its own any more');
  keepOptions(schedule)
    .option('--keep-all', 'remove no backup')
    .option('--dry-run', 'say what would come of it and change nothing')
    .action(
      (collection: string | undefined, options: WhenOptions & Retention & { keepAll?: boolean } & CommonOptions) => {
        const when = scheduleFrom(options);
        if (when === null && collection === undefined)
          throw new Fault('USAGE', { reason: 'The option --as-all goes with the name of an index.' });
        found({ command: 'schedule', collection, schedule: when, keep: keepFrom(options), options });
      },
    );
}

/** Rotation as it was typed. Throws USAGE for rules that keep nothing, or everything and less. */
function keepFrom(options: Retention & { readonly keepAll?: boolean }): Retention | null | undefined {
  const { keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepAll } = options;
  const given = Object.entries({ keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly }).filter(
    ([, count]) => count !== undefined,
  );
  if (keepAll === true && given.length > 0)
    throw new Fault('USAGE', { reason: 'Give either --keep-all or what is to be kept, not both.' });
  if (keepAll === true) return null;
  if (given.length === 0) return undefined;
  // A rule of 0 keeps nothing, and nothing but such rules is no policy.
  if (!hasRule(options)) throw new Fault('USAGE', { reason: 'Say what to keep, as --keep-last 7 or --keep-daily 30.' });
  return Object.fromEntries(given);
}
