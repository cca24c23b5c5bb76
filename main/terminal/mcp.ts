import { serveStarter } from '../mcp/bridge/starters.ts';
import { runBridge } from '../mcp/bridge/run.ts';
import { settingsHome } from '../settings/home.ts';
import type { CommonOptions } from './common-options.ts';

export interface McpOptions extends CommonOptions {
  /** Start `serve` where nothing answers. */
  readonly start?: boolean;
}

/** Passes messages between this program's input and output and the endpoint until the input ends, or the signal comes. */
export async function mcpCommand(options: McpOptions, version: string, signal: AbortSignal): Promise<number> {
  const home = settingsHome(options.home, process.env, process.cwd());
  const [node = process.execPath, program = ''] = process.argv;
  await runBridge({
    ...{ home, version, signal, canStart: true },
    ...{ input: process.stdin, output: process.stdout, errors: process.stderr },
    starter: options.start === true ? serveStarter(node, program, home) : undefined,
  });
  return 0;
}
