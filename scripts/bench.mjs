// `npm run bench`: everything that is missing, then the measurements. Arguments after `--` go to the bench.
import { delimiter, join } from 'node:path';
import { runInForeground } from './child.mjs';
import { root } from './runtimes.mjs';
import { build, runScript, setUp } from './steps.mjs';

await runScript(async () => {
  await setUp({ virtualDisplay: process.argv[2] === 'idle' });
  build();
  // The installed Node runs TypeScript as it is; the system's may be too old for that.
  const path = join(root, 'node_modules', '.bin') + delimiter + (process.env.PATH ?? '');
  // `idle` is about the app when nothing happens, `mcp` about agents while it works; everything else compares speeds.
  const [first, ...others] = process.argv.slice(2);
  const words =
    first === 'idle' || first === 'mcp'
      ? [`test/bench/${first}.ts`, ...others]
      : ['test/bench/bench.ts', ...process.argv.slice(2)];
  return runInForeground('node', words, {
    cwd: root,
    env: { ...process.env, PATH: path },
  });
});
