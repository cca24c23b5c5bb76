import { expect, test } from 'vitest';
import { sentences } from '../../../../main/mcp/bridge/sentences.ts';

test('each says what is wrong, and the next step', () => {
  const all = [
    sentences.notRunning(true),
    sentences.notRunning(false),
    sentences.distrusted({ kind: 'distrusted', path: '/h/mcp.json', why: 'shared' }),
    sentences.startFailed(''),
    ...Object.values(sentences).filter((sentence) => typeof sentence === 'string'),
  ];
  for (const sentence of all) expect(sentence).toMatch(/^[A-Z].+[.:] .*(try again|repeat it|in a minute|see why)/i);
});

test('a path cannot make it look like something else', () => {
  const path = '/h\n\u001b[2J\u202e/mcp.json';
  expect(sentences.distrusted({ kind: 'distrusted', path, why: 'shared' })).toContain('The file /h [2J /mcp.json is');
});
