import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Fault } from '../faults/fault.ts';
import type { ConnectionRef } from '../service/types.ts';
import type { ExportOptions, ImportOptions } from './commands.ts';
import type { Streams } from './output.ts';

/** The options that every command has. */
export interface CommonOptions {
  readonly url?: string;
  readonly connection?: string;
  readonly apiKeyEnv?: string;
  readonly home?: string;
  readonly json?: boolean;
}

export interface ServeOptions {
  readonly port?: number;
}

/** What the words on the command line turn out to mean. */
export type Invocation =
  | { readonly command: 'export'; readonly collection: string; readonly options: ExportOptions & CommonOptions }
  | { readonly command: 'import'; readonly path: string; readonly options: ImportOptions & CommonOptions }
  | { readonly command: 'validate'; readonly path: string; readonly options: CommonOptions }
  | { readonly command: 'serve'; readonly options: ServeOptions & CommonOptions };

/**
 * Reads the command line. null: help or version was printed and all is done. Throws USAGE for what is no command.
 */
export function parseCommandLine(words: readonly string[], version: string, streams: Streams): Invocation | null {
  let found: Invocation | null = null;
  const complaints: string[] = [];
  const program = new Command('vectorkeep')
    .description('Time Machine for Qdrant: exports and imports vector indexes, exactly and fast.')
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

  common(program.command('export'))
    .argument('<collection>', 'the index to export')
    .description('write an index into one portable file')
    .option(
      '-o, --output <path>',
      'file or folder to write to; a name ending in .json is written uncompressed (default: a name with date and time, in this folder)',
    )
    .option('--no-compress', 'write plain JSON instead of gzip')
    .option('--force', 'replace an existing file')
    .option('--companion <file>', 'state file of the indexer to carry along; may be given several times', collect)
    .option('--model <name>', 'name of the embedding model, where it is not known')
    .action((collection: string, options: ExportOptions & CommonOptions) => {
      found = { command: 'export', collection, options };
    });
  common(program.command('import'))
    .argument('<path>', 'the file to import')
    .description('write the points of a file into an index')
    .option('--collection <name>', 'the index to write to, created when there is none (default: as the file says)')
    .addOption(
      new Option('--on-conflict <strategy>', 'what to do with points that exist already')
        .choices(['skip', 'overwrite', 'merge'])
        .default('skip'),
    )
    .option('--dry-run', 'count what would happen and write nothing')
    .option('--allow-model-mismatch', 'import although the embedding models differ')
    .action((path: string, options: ImportOptions & CommonOptions) => {
      found = { command: 'import', path, options };
    });
  common(program.command('validate'), { qdrant: false })
    .argument('<path>', 'the file to check')
    .description('read a whole file and say whether it is a good export')
    .action((path: string, options: CommonOptions) => {
      found = { command: 'validate', path, options };
    });
  common(program.command('serve'))
    .description('run the service and the MCP endpoint without a window')
    .option(
      '--port <number>',
      'port of the endpoint on 127.0.0.1; 0 for a free one (default: as in the settings, at first 7411)',
      port,
    )
    .action((options: ServeOptions & CommonOptions) => {
      found = { command: 'serve', options };
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
      reason: words.length === 0 ? 'Say what to do: export, import, validate or serve.' : sentence(said),
    });
  }
  return found;
}

const MORE_HELP = `
Examples:
  vectorkeep export code --url http://localhost:6333 -o code.json.gz
  vectorkeep validate code.json.gz
  vectorkeep import code.json.gz --url https://example.qdrant.io --api-key-env KEY --dry-run

Exit codes:
  0 done   1 failed   2 wrong usage   3 bad input, nothing written   4 Qdrant unreachable or refusing   130 cancelled
`;

/** Which Qdrant is meant; undefined: the one chosen in the settings. */
export function connectionFrom(options: CommonOptions, env: NodeJS.ProcessEnv): ConnectionRef | undefined {
  if (options.url !== undefined && options.connection !== undefined) {
    throw new Fault('USAGE', { reason: 'Give either --url or --connection, not both.' });
  }
  const key = keyFrom(options.apiKeyEnv, env);
  if (options.connection !== undefined) return { name: options.connection, ...key };
  if (options.url !== undefined) return { url: options.url, ...key };
  if (options.apiKeyEnv === undefined) return undefined;
  throw new Fault('USAGE', { reason: 'A key from --api-key-env goes with a --url or a --connection.' });
}

function keyFrom(variable: string | undefined, env: NodeJS.ProcessEnv): { apiKey?: string } {
  if (variable === undefined) return {};
  const apiKey = env[variable];
  if (apiKey !== undefined && apiKey !== '') return { apiKey };
  throw new Fault('USAGE', { reason: `The environment variable ${variable} is not set.` });
}

/** What every command takes. One that needs no Qdrant takes the options too, so that scripts can pass them to all, and does not speak of them. */
function common(command: Command, { qdrant = true } = {}): Command {
  const which = (flags: string, description: string): Option =>
    new Option(flags, description).helpGroup('Which Qdrant:').hideHelp(!qdrant);
  return command
    .addOption(which('--url <url>', 'address of the Qdrant'))
    .addOption(which('--connection <name>', 'a connection of the settings'))
    .addOption(which('--api-key-env <variable>', 'environment variable that holds the API key'))
    .addOption(new Option('--home <dir>', 'settings folder (or VECTORKEEP_HOME)').helpGroup('Common:'))
    .addOption(new Option('--json', 'print exactly one JSON object').helpGroup('Common:'));
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return number;
}

function sentence(text: string): string {
  const flat = text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 400);
  const first = flat.charAt(0).toUpperCase() + flat.slice(1);
  return /[.?!)]$/.test(first) ? first : `${first}.`;
}
