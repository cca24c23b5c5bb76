import { expect, test } from 'vitest';
import { progressLine } from '../../../main/terminal/progress-bar.ts';

const half = {
  phase: 'reading',
  points: 500,
  totalPoints: 1000,
  bytes: 0,
  totalBytes: null,
  pointsPerSecond: 100,
  secondsLeft: 5,
} as const;

test('a bar as long as the share that is done, and the counts beside it', () => {
  const line = progressLine(half, 120);
  expect(line).toContain(`${'█'.repeat(12)}${'─'.repeat(12)}`);
  expect(line).toContain('500 of 1,000 points');
});

test.each([
  ['preparing', 'Preparing'],
  ['finishing', 'Finishing'],
  ['waiting', 'Waiting'],
] as const)('%s counts nothing and shows nothing but its name', (phase, line) => {
  expect(progressLine({ ...half, phase, points: 0 }, 120)).toBe(line);
});
