import { expect, test } from 'vitest';
import { launchOptions } from '../../../main/shell/launch-options.ts';

test.each([
  [['.'], undefined, false],
  [['.', '--no-sandbox', '--home', '/tmp/x'], '/tmp/x', false],
  [['--home=/tmp/x', '--hidden'], '/tmp/x', true],
  [['--inspect=0', '--remote-debugging-port=0', '.', '--hidden'], undefined, true],
  [['--home='], undefined, false],
])('%j', (argv, home, hidden) => {
  expect(launchOptions(argv)).toEqual({ home, hidden });
});
