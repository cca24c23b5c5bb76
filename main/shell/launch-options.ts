/** How the app was started. Pure. */
import { parseArgs } from 'node:util';

export interface LaunchOptions {
  /** Settings folder when one was named, as it was typed. */
  readonly home: string | undefined;
  /** Start in the tray, without a window. */
  readonly hidden: boolean;
}

/** `--home DIR` and `--hidden`. Everything else on the line belongs to Electron. */
export function launchOptions(argv: readonly string[]): LaunchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { home: { type: 'string' }, hidden: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  return {
    home: typeof values.home === 'string' && values.home !== '' ? values.home : undefined,
    hidden: values.hidden === true,
  };
}
