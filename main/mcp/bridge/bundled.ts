/** The bridge as a program of its own, which needs nothing but Node: the bundle for one-click installation. */
import { version } from '../../../package.json';
import { settingsHome } from '../../settings/home.ts';
import { runBridge } from './run.ts';

// A client leaves its words as they are where the person has chosen no folder.
const chosen = process.env['VECTORKEEP_HOME'];
if (chosen?.startsWith('${') === true) delete process.env['VECTORKEEP_HOME'];
const flag = process.argv.indexOf('--home');
const home = settingsHome(flag < 0 ? undefined : process.argv[flag + 1], process.env, process.cwd());

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
await runBridge({
  ...{ home, version, signal: interrupted.signal, canStart: false },
  ...{ input: process.stdin, output: process.stdout, errors: process.stderr },
});
process.exit(0);
