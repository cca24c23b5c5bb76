import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gzipStreams } from '../../../main/vault/gzip-streams.ts';

const stream = (length: number): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.constant(Buffer.alloc(length)),
    fc.constant(null).map(() => randomBytes(length)),
    fc.constant(null).map(() => Buffer.from(randomBytes(length).map((byte) => byte & 7))),
    fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes)),
  );

test('any reader of gzip gives back the streams, noise or not, of any length', async () => {
  const streams = fc
    .oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(65_534, 65_535, 65_536, 200_000))
    .chain((length) => fc.array(stream(length), { minLength: 1, maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(streams, async (list) => {
      const packed = Buffer.concat(await gzipStreams(Buffer.concat(list), list.length));
      expect(gunzipSync(packed).equals(Buffer.concat(list))).toBe(true);
    }),
  );
});

test('noise is not made larger by more than a thousandth, and what has a pattern is made small', async () => {
  const noise = randomBytes(1 << 20);
  expect(Buffer.concat(await gzipStreams(noise, 4)).length).toBeLessThan(noise.length * 1.001);
  const half = Buffer.concat([noise.subarray(0, 1 << 19), Buffer.alloc(1 << 19)]);
  expect(Buffer.concat(await gzipStreams(half, 4)).length).toBeLessThan(half.length * 0.51);
});
