import { expect, test } from 'vitest';
import { flipSegment, segmentOfEveryKind } from '../support/segment-damage.ts';

test('every flipped bit of a segment is found, or harms no point', async () => {
  const tally = await flipSegment(await segmentOfEveryKind(), () => [0, 1, 2, 3, 4, 5, 6, 7]);
  console.log(`flipped bits of a segment: ${JSON.stringify(tally)}`);
  expect(tally.flips).toBe(8 * tally.bytes);
  expect(tally.found / tally.flips).toBeGreaterThan(0.8);
});
