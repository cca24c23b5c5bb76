/** How the app was started. Pure. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface LaunchOptions {
  /** Absolute settings folder when one was named; undefined: the system's own place. */
  readonly home: string | undefined;
  /** Start in the tray, without a window. */
  readonly hidden: boolean;
}

/** `--home DIR` before `VECTORKEEP_HOME`, `--hidden`. Everything else on the line belongs to Electron. */
export function launchOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  workingFolder: string,
): LaunchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { home: { type: 'string' }, hidden: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  const home = typeof values.home === 'string' && values.home !== '' ? values.home : env['VECTORKEEP_HOME'];
  return {
    home: home === undefined || home === '' ? undefined : resolve(workingFolder, home),
    hidden: values.hidden === true,
  };
}
