// `node scripts/with-display.mjs PROGRAM ARGS…`: runs a program with a screen of its own, so that windows of tests
// neither disturb nor depend on the one in front of the developer.
import { delimiter, join } from 'node:path';
import { runInForeground } from './child.mjs';
import { startDisplay } from './display.mjs';
import { root } from './runtimes.mjs';
import { runScript } from './steps.mjs';

await runScript(async () => {
  const [program, ...args] = process.argv.slice(2);
  const display = process.platform === 'linux' ? await startDisplay() : undefined;
  const env = display?.env ?? { ...process.env };
  env.PATH = join(root, 'node_modules', '.bin') + delimiter + (env.PATH ?? '');
  const code = await runInForeground(program, args, { env, shell: process.platform === 'win32' });
  display?.stop();
  return code;
});
