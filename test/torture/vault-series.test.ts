import { expect, test } from 'vitest';
import {
  bytesPerDimension,
  byteVectors,
  halfVectors,
  runSeries,
  seriesTable,
  unitVectors,
} from '../support/vault-series.ts';
import { randomFrom } from '../support/random.ts';

test('30 backups of an index of the usual size', async () => {
  const size = { points: 20_000, dimensions: 768, backups: 30 };
  const figures = await runSeries(size);
  console.log(seriesTable(size, figures));
  expect(figures.vaultBytes).toBeLessThanOrEqual(0.45 * figures.rawBytes);
  expect(Math.max(...figures.addedBytes)).toBeLessThanOrEqual(0.025 * figures.firstBytes);
  expect(figures.bytesPerDimension).toBeLessThanOrEqual(3.45);
});

test('bytes a dimension, by how many bits its numbers have', async () => {
  const of = {
    float32: [unitVectors(randomFrom(1), 768), 3.45],
    float16: [halfVectors(randomFrom(2), 768), 2],
    uint8: [byteVectors(randomFrom(3), 768), 1],
  } as const;
  for (const [name, [vector, most]] of Object.entries(of)) {
    const bytes = await bytesPerDimension(4000, 768, vector);
    console.log(`${name}: ${bytes.toFixed(3)} B a dimension (asked: ${most})`);
    expect(bytes).toBeLessThanOrEqual(most);
  }
});
