import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Fault } from '../faults/fault.ts';

/**
 * The settings folder: `--home`, else VECTORKEEP_HOME, else the place where this system keeps an app's data, the same
 * for the app and the command line. Absolute; not made here. Throws USAGE for an account that has no home folder.
 */
export function settingsHome(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  const chosen = given ?? env['VECTORKEEP_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(cwd, chosen);
  const inHome = (path: string | undefined, ...otherwise: string[]): string =>
    path !== undefined && isAbsolute(path) ? path : join(homeOfPerson(), ...otherwise);
  switch (process.platform) {
    case 'darwin':
      return join(homeOfPerson(), 'Library', 'Application Support', 'vectorkeep');
    case 'win32':
      return join(inHome(env['APPDATA'], 'AppData', 'Roaming'), 'vectorkeep');
    default:
      return join(inHome(env['XDG_CONFIG_HOME'], '.config'), 'vectorkeep');
  }
}

/** Accounts that exist only as a number, as in containers, have none. */
function homeOfPerson(): string {
  let found = '';
  let cause: unknown;
  try {
    found = homedir();
  } catch (error) {
    cause = error;
  }
  if (isAbsolute(found)) return found;
  throw new Fault(
    'USAGE',
    { reason: 'This account has no home folder: say with --home where the settings are.' },
    { cause },
  );
}
