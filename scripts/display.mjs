// A screen for machines without one.
import { spawn, spawnSync } from 'node:child_process';
import { SetupError } from './runtimes.mjs';

/** Whether a window can be shown without a display of our own. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a display number of its own choosing (no race between two of them) and gives the environment that
 * shows windows there. It ends with `stop()`, and with this process however that ends.
 */
export async function startDisplay() {
  const args = ['-displayfd', '3', '-screen', '0', '1440x1000x24', '-nolisten', 'tcp', '-noreset'];
  const bound = spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0;
  const [program, ...before] = bound ? ['setpriv', '--pdeathsig', 'TERM', 'Xvfb'] : ['Xvfb'];
  // Its own process group: Ctrl-C must reach the app first, or the app would lose its screen while it quits.
  const server = spawn(program, [...before, ...args], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const stop = () => void server.kill('SIGTERM');
  process.on('exit', stop);
  const number = await new Promise((resolve, reject) => {
    const fail = () => reject(new SetupError('Xvfb did not start: is the package xvfb installed?'));
    server.once('error', fail).once('exit', fail);
    server.stdio[3].once('data', (bytes) => resolve(bytes.toString().trim()));
  });
  const env = { ...process.env, DISPLAY: `:${number}` };
  delete env.WAYLAND_DISPLAY;
  return { env, stop };
}
