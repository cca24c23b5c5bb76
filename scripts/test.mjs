// `npm test`: everything that is missing, then every check and every suite, stopping at the first failure.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './runtimes.mjs';
import { build, run, runBeside, runScript, say, setUp } from './steps.mjs';

const SUITES = ['unit', 'integration', 'e2e'];

await runScript(async () => {
  await setUp({ virtualDisplay: true, panel: true });
  const total = { passed: 0, failed: 0 };
  const failure = await runAll(total);
  if (failure !== undefined) {
    say(`Stopped: ${failure}`);
    // A step that broke without a failing test is a failure all the same.
    total.failed ||= 1;
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  return failure === undefined ? 0 : 1;
});

/** Runs everything in order; gives what went wrong first, or undefined. */
async function runAll(total) {
  say('Checking types, style, walls and dead code');
  if (!(await checks())) return 'npm run check found something.';
  build();
  for (const suite of SUITES) {
    say(`Running the ${suite} tests`);
    const results = join(root, 'test-results', `${suite}.json`);
    rmSync(results, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const status = run('npm', ['run', '--silent', `test:${suite}`, '--', ...reporters]);
    if (!existsSync(results)) return `the ${suite} tests did not run.`;
    const report = JSON.parse(readFileSync(results, 'utf8'));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    if (report.numTotalTests === 0) return `there are no ${suite} tests.`;
    if (status !== 0 || report.success !== true) return `the ${suite} tests failed.`;
    const left = report.numTotalTests - report.numPassedTests;
    if (left !== 0) return `${left} of the ${suite} tests were skipped.`;
  }
  return undefined;
}

/** Every part of `npm run check`, two at a time: each is busy with one processor. */
async function checks() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const parts = scripts.check.split(' && ').map((command) => command.replace('npm run ', ''));
  // The one that takes as long as all others.
  parts.sort((a, b) => Number(b === 'check:lint') - Number(a === 'check:lint'));
  let good = true;
  const lane = async () => {
    for (let part = parts.shift(); part !== undefined && good; part = parts.shift())
      if ((await runBeside('npm', ['run', '--silent', part])) !== 0) good = false;
  };
  await Promise.all([lane(), lane()]);
  return good;
}
