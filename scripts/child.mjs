// One child in the foreground: signals go to it once, its end is ours.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SAME_KEYPRESS_MS = 1_000;

/**
 * Runs a program until it ends and gives its exit code (128 + signal when it was killed).
 *
 * One Ctrl-C arrives here from the terminal and again from npm, and Chromium takes a second signal as the order to die
 * on the spot, leaving its own children behind. So the child has its own process group, gets the first signal, and is
 * killed only when asked again later.
 */
export function runInForeground(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  let asked = 0;
  const pass = (signal) => {
    const now = Date.now();
    if (asked === 0) {
      asked = now;
      child.kill(signal);
    } else if (now - asked > SAME_KEYPRESS_MS) {
      child.kill('SIGKILL');
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
