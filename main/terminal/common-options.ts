import { InvalidArgumentError, Option, type Command } from 'commander';
import { Fault } from '../faults/fault.ts';
import type { ConnectionRef } from '../service/types.ts';

/** The options that every command has, and the one that all about backups have. */
export interface CommonOptions {
  readonly url?: string;
  readonly connection?: string;
  readonly apiKeyEnv?: string;
  readonly home?: string;
  readonly vault?: string;
  readonly json?: boolean;
}

/**
 * What every command takes. One that needs no Qdrant, or none that is saved (`named`), takes the options too, so that
 * scripts can pass them to all, and does not speak of them.
 */
export function common(command: Command, { qdrant = true, named = true, vault = false } = {}): Command {
  const which = (flags: string, description: string, shown = qdrant): Option =>
    new Option(flags, description).helpGroup('Which Qdrant:').hideHelp(!shown);
  if (vault)
    command.addOption(
      new Option('--vault <dir>', 'folder of the backups (default: as in the settings)')
        .argParser(folder)
        .helpGroup('Common:'),
    );
  return command
    .addOption(which('--url <url>', 'address of the Qdrant'))
    .addOption(which('--connection <name>', 'a connection of the settings', qdrant && named))
    .addOption(which('--api-key-env <variable>', 'environment variable that holds the API key'))
    .addOption(new Option('--home <dir>', 'settings folder (or VECTORKEEP_HOME)').helpGroup('Common:'))
    .addOption(new Option('--json', 'print exactly one JSON object').helpGroup('Common:'));
}

/** A folder that is named; an empty name is a variable that nobody set. Throws InvalidArgumentError. */
function folder(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

/** For an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Which Qdrant is meant; undefined: the one chosen in the settings. Throws USAGE. */
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

/** Words that lead another command to the same places. */
export interface Places {
  readonly vault: readonly string[];
  readonly qdrant: readonly string[];
  readonly home: readonly string[];
}

export function placesIn({ url, connection, apiKeyEnv, home, vault }: CommonOptions): Places {
  const words = (named: Readonly<Record<string, string | undefined>>): string[] =>
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return {
    home: words({ home }),
    vault: words({ vault, home }),
    qdrant: words({ url, connection, 'api-key-env': apiKeyEnv }),
  };
}
