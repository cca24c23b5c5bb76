import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../faults/fault.ts';
import { defineAgentsCommand, type AgentsInvocation } from './agents-program.ts';
import { defineBackupCommands, type BackupInvocation } from './backup-program.ts';
import { collect, common, type CommonOptions } from './common-options.ts';
import type { ExportOptions, ExportSource, ImportOptions } from './commands.ts';
import type { Streams } from './output.ts';
import type { McpOptions } from './mcp.ts';
import { defineScheduleCommands, type ScheduleInvocation } from './schedule-program.ts';

export interface ServeOptions {
  readonly port?: number;
  /** false: only what runs by itself. */
  readonly endpoint: boolean;
  /** Minutes without a request, a job or a run after which it ends; undefined: never. */
  readonly endWhenIdle?: number;
}

/** What the words on the command line turn out to mean. */
export type Invocation =
  | AgentsInvocation
  | BackupInvocation
  | ScheduleInvocation
  | {
      readonly command: 'export';
      readonly source: ExportSource;
      readonly options: ExportOptions & CommonOptions;
    }
  | { readonly command: 'import'; readonly path: string; readonly options: ImportOptions & CommonOptions }
  | { readonly command: 'validate'; readonly path: string; readonly options: CommonOptions }
  | { readonly command: 'serve'; readonly options: ServeOptions & CommonOptions }
  | { readonly command: 'mcp'; readonly options: McpOptions };

/**
 * Reads the command line. null: help or version was printed and all is done. Throws USAGE for what is no command.
 */
export function parseCommandLine(words: readonly string[], version: string, streams: Streams): Invocation | null {
  let found: Invocation | null = null;
  const complaints: string[] = [];
  const program = new Command('vectorkeep')
    .description('Time Machine for Qdrant: backs up, restores, exports and imports vector indexes, exactly and fast.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText('after', MORE_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.out.write(text),
      writeErr: (text) => complaints.push(text),
      outputError: (text) => complaints.push(text),
    });

  program.commandsGroup('Backups:');
  defineBackupCommands(program, (invocation) => {
    found = invocation;
  });
  program.commandsGroup('Schedules:');
  defineScheduleCommands(program, (invocation) => {
    found = invocation;
  });
  common(program.command('serve'), { vault: true })
    .description('run the schedules, and the MCP endpoint for agents, without a window')
    .option(
      '--port <number>',
      'port of the endpoint on 127.0.0.1; 0 for a free one (default: as in the settings, at first 7411)',
      port,
    )
    .option('--no-endpoint', 'only the schedules, and nothing for agents')
    .option(
      '--end-when-idle <minutes>',
      'end after so long without a request of an agent, a job, or a run of a schedule',
      minutes,
    )
    .action((options: ServeOptions & CommonOptions) => {
      found = { command: 'serve', options };
    });
  program
    .command('mcp')
    .description('connect an agent that starts programs (MCP over stdio) to the running app or serve')
    .option('--home <dir>', 'settings folder (or VECTORKEEP_HOME)')
    .option('--start', 'start serve where neither runs; it ends a quarter of an hour after the last use')
    .action((options: McpOptions) => {
      found = { command: 'mcp', options };
    });
  defineAgentsCommand(program, (invocation) => {
    found = invocation;
  });
  program.commandsGroup('Files:');
  common(program.command('export'), { vault: true })
    .argument('[collection]', 'the index to export')
    .description('write an index, or a backup of one, into one portable file')
    .option('--from-backup <backup>', 'the backup to export instead; needs no Qdrant')
    .option(
      '-o, --output <path>',
      'file or folder to write to; a name ending in .json is written uncompressed (default: a name with date and time, in this folder)',
    )
    .option('--no-compress', 'write plain JSON instead of gzip')
    .option('--force', 'replace an existing file')
    .option('--companion <file>', 'state file of the indexer to carry along; may be given several times', collect)
    .option('--model <name>', 'name of the embedding model, where it is not known')
    .action((collection: string | undefined, options: ExportOptions & { fromBackup?: string } & CommonOptions) => {
      found = { command: 'export', source: sourceFrom(collection, options), options };
    });
  common(program.command('import'), { vault: true })
    .argument('<path>', 'the file to import')
    .description('write the points of a file into an index')
    .option('--collection <name>', 'the index to write to, created when there is none (default: as the file says)')
    .addOption(
      new Option(
        '--on-conflict <strategy>',
        'what to do with points that exist already: leave them, replace them, or replace only the vectors and payload keys that the file has',
      )
        .choices(['skip', 'overwrite', 'merge'])
        .default('skip'),
    )
    .option('--dry-run', 'count what would happen and write nothing')
    .option('--allow-model-mismatch', 'import although the embedding models differ')
    .option('--companions-to <dir>', 'put the companion files that the file carries into this folder')
    .option('--safety-copy', 'take a backup of the index before any of its points is replaced')
    .action((path: string, options: ImportOptions & CommonOptions) => {
      if (options.vault !== undefined && options.safetyCopy !== true)
        throw new Fault('USAGE', { reason: 'The option --vault goes with --safety-copy.' });
      found = { command: 'import', path, options };
    });
  common(program.command('validate'), { qdrant: false })
    .argument('<path>', 'the file to check')
    .description('read a whole file and say whether it is a good export')
    .action((path: string, options: CommonOptions) => {
      found = { command: 'validate', path, options };
    });
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    const said = complaints
      .join('')
      .replace(/^error: /i, '')
      .trim();
    // Without a command commander "complains" by printing its help.
    throw new Fault('USAGE', {
      reason: words.length === 0 ? 'Say what to do, for example backup, restore, export or import.' : sentence(said),
    });
  }
  return found;
}

/** The one thing that is exported, if the options go with it. Throws USAGE. */
function sourceFrom(
  collection: string | undefined,
  { fromBackup, companion, model, vault }: ExportOptions & { fromBackup?: string } & CommonOptions,
): ExportSource {
  const wrong = (reason: string): Fault => new Fault('USAGE', { reason });
  if (fromBackup === undefined) {
    if (collection === undefined) throw wrong('Say which index to export, or which backup with --from-backup.');
    if (vault !== undefined) throw wrong('The option --vault goes with --from-backup.');
    return { collection };
  }
  if (collection !== undefined) throw wrong('Give either an index or --from-backup, not both.');
  if (companion !== undefined || model !== undefined)
    throw wrong('A backup is exported with the companion files and the model that it has.');
  return { backup: fromBackup };
}

/** Whether a command talks to a Qdrant at all. */
export function usesQdrant(invocation: Invocation): boolean {
  switch (invocation.command) {
    case 'backup':
    case 'restore':
    case 'import':
    case 'serve':
    case 'connect':
      return true;
    case 'export':
      return 'collection' in invocation.source;
    case 'diff':
      return invocation.to === undefined;
    default:
      return false;
  }
}

/** Whether a command is about the backups of a vault. */
export function usesVault(invocation: Invocation): boolean {
  switch (invocation.command) {
    case 'export':
      return 'backup' in invocation.source;
    case 'import':
      return invocation.options.safetyCopy === true;
    default:
      return !['validate', 'serve', 'schedule', 'pause', 'resume', 'connect', 'agents'].includes(invocation.command);
  }
}

/** Whether a command is about the settings: then it has to have them. */
export const isAboutSettings = ({ command }: Invocation): boolean =>
  ['serve', 'status', 'schedule', 'pause', 'resume', 'connect', 'agents'].includes(command);

const MORE_HELP = `
Examples:
  vectorkeep backup code --url http://localhost:6333 --vault backups
  vectorkeep list --vault backups
  vectorkeep restore code-20261122T140302Z --vault backups \\
    --url http://localhost:6333 --to code-before
  vectorkeep schedule code --daily 02:30 --keep-daily 30
  vectorkeep export code --url http://localhost:6333 -o code.json.gz
  vectorkeep import code.json.gz --url https://example.qdrant.io \\
    --api-key-env KEY --dry-run

Exit codes:
  0 done                            1 failed, or not safe (status)
  2 wrong usage                     3 bad input, nothing written
  4 Qdrant unreachable or refusing  5 a check found damage
  130 cancelled
`;

function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return number;
}

function minutes(value: string): number {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number > 0 && number <= 10_000) return number;
  throw new InvalidArgumentError('It must be a number of minutes, up to 10000.');
}

function sentence(text: string): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 400);
  const first = flat.charAt(0).toUpperCase() + flat.slice(1);
  return /[.?!)]$/.test(first) ? first : `${first}.`;
}
