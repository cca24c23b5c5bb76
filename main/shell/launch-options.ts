/** How the app was started. Pure. */
import { parseArgs } from 'node:util';

export interface LaunchOptions {
  /** Settings folder when one was named, as it was typed. */
  readonly home: string | undefined;
  /** Start in the tray, without a window. */
  readonly hidden: boolean;
  /** Be the bridge of an agent, and no app at all. */
  readonly bridge: boolean;
  /** The bridge may start the app. */
  readonly start: boolean;
}

/** `--home DIR` and `--hidden`, or `mcp` and `--start`. Everything else on the line belongs to Electron. */
export function launchOptions(argv: readonly string[]): LaunchOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { home: { type: 'string' }, hidden: { type: 'boolean' }, start: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  return {
    home: typeof values.home === 'string' && values.home !== '' ? values.home : undefined,
    hidden: values.hidden === true,
    // In a checkout the app's own folder comes before it.
    bridge: positionals.at(-1) === 'mcp',
    start: values.start === true,
  };
}
