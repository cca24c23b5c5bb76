import { expect, test } from 'vitest';
import { bytesPerDimension, byteVectors, halfVectors, runSeries, seriesTable } from '../../support/vault-series.ts';
import { randomFrom } from '../../support/random.ts';

/** `npm run torture` takes the real size. */
test('a small index backed up every day takes the vault little more than once', async () => {
  const size = { points: 1000, dimensions: 64, backups: 10 };
  const figures = await runSeries(size);
  console.log(seriesTable(size, figures));
  // Files of a fixed size count for more here than they do in an index of the usual size.
  expect(Math.max(...figures.addedBytes)).toBeLessThan(0.03 * figures.firstBytes);
  expect(figures.vaultBytes).toBeLessThan(0.45 * figures.rawBytes);
  expect(figures.segmentsAtEnd).toBe(10);
  expect(figures.bytesPerDimension).toBeLessThan(3.45);
});

test('numbers of 16 and 8 bits are stored in as many', async () => {
  expect(await bytesPerDimension(500, 256, halfVectors(randomFrom(2), 256))).toBeLessThan(2);
  expect(await bytesPerDimension(500, 256, byteVectors(randomFrom(3), 256))).toBeLessThan(1);
});
