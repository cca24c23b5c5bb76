import { Option, type Command } from 'commander';
import { Fault } from '../faults/fault.ts';
import { collect, common, type CommonOptions } from './common-options.ts';

export interface AgentsOptions {
  readonly approval?: 'ask' | 'allow' | 'refuse';
  readonly headless?: 'allow' | 'refuse';
  readonly readOnly?: boolean;
  readonly allowFolder?: readonly string[];
  readonly forbidFolder?: readonly string[];
  /** The index that is meant where an agent names none. */
  readonly index?: string;
  /** false: none. */
  readonly noIndex?: boolean;
}

export interface AgentsInvocation {
  readonly command: 'agents';
  readonly options: AgentsOptions & CommonOptions;
}

/** Adds the command about what coding agents may do; `found` is told what was meant. Its action throws USAGE. */
export function defineAgentsCommand(program: Command, found: (invocation: AgentsInvocation) => void): void {
  common(program.command('agents'))
    .description('show what coding agents may do, or set it')
    .addOption(
      new Option('--approval <who>', 'in the app: who allows what could lose points').choices([
        'ask',
        'allow',
        'refuse',
      ]),
    )
    .addOption(new Option('--headless <who>', 'the same without a window, as for serve').choices(['allow', 'refuse']))
    .option('--read-only', 'agents look, and write nothing')
    .option('--no-read-only', 'agents may write')
    .option('--allow-folder <dir>', 'files of agents may lie there too; may be given several times', collect)
    .option('--forbid-folder <dir>', 'not there any more; may be given several times', collect)
    .option('--index <name>', 'the index that is meant where an agent names none')
    .option('--any-index', 'no index is meant where an agent names none, but the only one')
    .action((options: AgentsOptions & { anyIndex?: boolean } & CommonOptions) => {
      if (options.index !== undefined && options.anyIndex === true)
        throw new Fault('USAGE', { reason: 'Give either --index or --any-index, not both.' });
      const { anyIndex, ...others } = options;
      found({ command: 'agents', options: { ...others, ...(anyIndex === true ? { noIndex: true } : {}) } });
    });
}
