import { expect, test } from 'vitest';
import { flipBits } from '../support/damage.ts';

test.each([false, true])('every flipped bit of an export is found, or harmless; compressed: %s', async (compress) => {
  const tally = await flipBits(compress, () => [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(tally.found).toBeGreaterThan(4000);
});
