import { expect, expectTypeOf, it } from 'vitest';
import { snakeCase, snakeKey } from '../../../main/service/snake-case.ts';

it('renames our names at every depth and leaves values and the names of users alone', () => {
  const result = snakeCase({
    collection: 'myCollection',
    totalVectors: 2,
    rawBytes: 10,
    dimensions: { titleVector: 3, Body: 4 },
    warnings: [{ code: 'MODEL_UNKNOWN', message: 'Some Text' }],
    progress: { pointsPerSecond: 5, secondsLeft: null },
    dryRun: false,
  });
  expect(result).toEqual({
    collection: 'myCollection',
    total_vectors: 2,
    raw_bytes: 10,
    dimensions: { titleVector: 3, Body: 4 },
    warnings: [{ code: 'MODEL_UNKNOWN', message: 'Some Text' }],
    progress: { points_per_second: 5, seconds_left: null },
    dry_run: false,
  });
  expectTypeOf(result.total_vectors).toEqualTypeOf<number>();
  expectTypeOf(result.dimensions).toEqualTypeOf<{ titleVector: number; Body: number }>();
  expectTypeOf(result.progress).toEqualTypeOf<{ points_per_second: number; seconds_left: null }>();
});

it('takes null, numbers for dimensions, and names in snake_case already', () => {
  expect(snakeCase(null)).toBeNull();
  expect(snakeCase({ dimensions: 768, vectors_per_second: 1 })).toEqual({ dimensions: 768, vectors_per_second: 1 });
  expectTypeOf(snakeKey('vectorsPerSecond')).toEqualTypeOf<'vectors_per_second'>();
  expect(snakeKey('vectorsPerSecond')).toBe('vectors_per_second');
});
