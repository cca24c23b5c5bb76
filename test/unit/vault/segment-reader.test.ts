import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idText } from '../../../main/points/point-id.ts';
import { PointHasher } from '../../../main/points/point-hash.ts';
import { checkSegment } from '../../../main/vault/segment-check.ts';
import { SegmentKeys } from '../../../main/vault/segment-keys.ts';
import { readSegment, type ReadSegmentOptions } from '../../../main/vault/segment-reader.ts';
import { anyPoints, EVERY_KIND, pointTexts, segmentOnDisk, takenPoints, writeSegment } from '../../support/segments.ts';

interface ReadPoint {
  readonly row: number;
  readonly id: string;
  readonly hash: string;
  readonly ownHash: string;
  readonly payload: string | null;
  readonly shardKey: string | null;
  readonly vectors: number;
}

async function readAll(path: string, options: ReadSegmentOptions = {}): Promise<ReadPoint[]> {
  const points: ReadPoint[] = [];
  const hasher = new PointHasher();
  for await (const batch of readSegment(path, options)) {
    for (const point of batch) {
      const { row, id, hash, payload, buf, shardKey, vectors } = point;
      points.push({
        ...{ row, shardKey, id: idText(id), vectors: vectors.length },
        hash: Buffer.from(hash).toString('hex'),
        ownHash: hasher.hash(point, buf).toString('hex'),
        payload: payload === null ? null : Buffer.from(buf.subarray(payload.start, payload.end)).toString(),
      });
    }
  }
  return points;
}

const someGroups = fc.constantFrom(1, 3, 7, Infinity);

test('a segment gives back the points that were put in, in one row group or several', async () => {
  await fc.assert(
    fc.asyncProperty(anyPoints, someGroups, fc.boolean(), async (points, flushEvery, sharded) => {
      const texts = pointTexts(points.map((point) => (sharded ? point : { ...point, shardKey: null })));
      const { file, hashes } = await writeSegment(EVERY_KIND, texts, { flushEvery, sharded });
      const path = segmentOnDisk(file);
      const read = await readAll(path);
      expect(read.map(({ hash }) => hash)).toEqual(hashes);
      expect(read.map(({ ownHash }) => ownHash)).toEqual(hashes);
      expect(read.map(({ row }) => row)).toEqual(texts.map((_, n) => n));
      const expected = Array.from(takenPoints(texts), ({ values, buf }) => ({
        payload: values.payload === null ? null : buf.toString('utf8', values.payload.start, values.payload.end),
        shardKey: values.shardKey,
      }));
      expect(read.map(({ payload, shardKey }) => ({ payload, shardKey }))).toEqual(expected);
      expect((await checkSegment(path)).rows).toBe(points.length);

      const some = (row: number): boolean => row % 3 === 1;
      expect(await readAll(path, { select: some })).toEqual(read.filter(({ row }) => some(row)));
      const bare = await readAll(path, { vectors: false, select: some });
      expect(bare.map(({ id, payload }) => [id, payload])).toEqual(
        read.filter(({ row }) => some(row)).map(({ id, payload }) => [id, payload]),
      );
      expect(bare.every(({ vectors }) => vectors === 0)).toBe(true);

      const keys = SegmentKeys.open(path);
      expect(keys.rows).toBe(points.length);
      for (const { row, id, hash } of read) {
        expect(keys.next()).toBe(true);
        const key = { row: keys.row, id: idText(keys.id), hash: Buffer.from(keys.hash).toString('hex') };
        expect(key).toEqual({ row, id, hash });
        expect(Buffer.from(keys.hash).toString('hex')).toBe(hash);
      }
      expect(keys.next()).toBe(false);
      expect(keys.next()).toBe(false);
    }),
    { numRuns: 60 },
  );
});
