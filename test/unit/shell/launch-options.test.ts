import { expect, test } from 'vitest';
import { launchOptions } from '../../../main/shell/launch-options.ts';

test.each([
  [['.'], {}],
  [['.', '--no-sandbox', '--home', '/tmp/x'], { home: '/tmp/x' }],
  [['--home=/tmp/x', '--hidden'], { home: '/tmp/x', hidden: true }],
  [['--inspect=0', '--remote-debugging-port=0', '.', '--hidden'], { hidden: true }],
  [['--home='], {}],
  [['mcp'], { bridge: true }],
  [['.', '--no-sandbox', 'mcp', '--start', '--home', 'mcp/x'], { bridge: true, start: true, home: 'mcp/x' }],
  [['mcp', '.'], {}],
  [['--home', 'mcp'], { home: 'mcp' }],
])('%j', (argv, expected) => {
  expect(launchOptions(argv)).toEqual({ home: undefined, hidden: false, bridge: false, start: false, ...expected });
});
