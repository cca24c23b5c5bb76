/** How each kind of installation starts Vectorkeep for agents. Pure. */
import type { Starter } from './start.ts';

/** So long a serve that nobody uses goes on, in minutes. */
const IDLE_MINUTES = 15;

/** The command line: `vectorkeep serve` of the same installation. `program`: its script. */
export function serveStarter(node: string, program: string, home: string): Starter {
  const args = [program, 'serve', '--home', home, '--port', '0', '--end-when-idle', String(IDLE_MINUTES)];
  return { command: node, args, handsOver: false };
}

/** The app itself, in the tray. `program`: with the words that come before its own, as in a checkout. */
export function appStarter([command = '', ...before]: readonly string[], home: string): Starter {
  return { command, args: [...before, '--hidden', '--home', home], handsOver: true };
}
