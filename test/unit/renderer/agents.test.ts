import { expect, test } from 'vitest';
import { callOutcome, endpointStanding, formatTook, oneLine } from '../../../renderer/agents.ts';

const choices = { approval: 'ask', headless: 'refuse', readOnly: false, index: null } as const;
const problem = { code: 'WRITE_FAILED', message: 'm', hint: 'h', details: {} };

test('whether agents are answered, each state by its own mark', () => {
  const off = { enabled: false, url: null, problem: null, choices };
  expect(endpointStanding(off)).toEqual({ look: 'off', words: 'Off' });
  expect(endpointStanding({ ...off, enabled: true })).toEqual({ look: 'busy', words: 'Starting' });
  expect(endpointStanding({ ...off, enabled: true, problem })).toMatchObject({ look: 'bad' });
  const on = { ...off, enabled: true, url: 'http://127.0.0.1:1/mcp' };
  expect(endpointStanding(on)).toEqual({ look: 'ready', words: 'On' });
  expect(endpointStanding({ ...on, choices: { ...choices, readOnly: true } }).words).toBe('On, to look only');
});

test.each([
  ['done', null, 'Done', 'good'],
  ['running', null, 'Went on as a job', 'waiting'],
  ['awaiting_approval', null, 'You were asked', 'waiting'],
  ['cancelled', 'CANCELLED', 'Cancelled', 'stopped'],
  ['failed', 'BUSY', 'Failed', 'bad'],
  ['failed', null, 'Failed', 'bad'],
  ['failed', 'PATH_NOT_ALLOWED', 'Refused', 'stopped'],
  ['failed', 'APPROVAL_DENIED', 'Refused', 'stopped'],
  ['failed', 'APPROVAL_NEEDED', 'Refused', 'stopped'],
  ['failed', 'READ_ONLY', 'Refused', 'stopped'],
] as const)('a call that came to %s %s', (outcome, code, words, look) => {
  expect(callOutcome({ outcome, code })).toEqual({ words, look });
});

test('how long a call took', () => {
  expect([0, 0.4, 12.4, 999.4, 999.6, 3210, 65_000].map(formatTook)).toEqual([
    ...['0 ms', '0 ms', '12 ms', '999 ms', '1.0 s', '3.2 s', '1 min 5 s'],
  ]);
});

test('a name of somebody else is one line of what can be seen', () => {
  expect(oneLine('  a\nb\u2028c\t\u0000d ')).toBe('a b c d');
  expect(oneLine('safe\u202Etxt.exe')).toBe('safe txt.exe');
  expect(oneLine('\u200B\u2066')).toBe('');
  expect(oneLine('<b>Zoë’s 助手</b>')).toBe('<b>Zoë’s 助手</b>');
});
