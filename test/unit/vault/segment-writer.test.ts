import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { VectorSchema } from '../../../main/points/vector-schema.ts';
import { checkSegment } from '../../../main/vault/segment-check.ts';
import { readSegment } from '../../../main/vault/segment-reader.ts';
import { anyId, anyPoints, EVERY_KIND, pointTexts, segmentOnDisk, writeSegment } from '../../support/segments.ts';
import { duckdb, hyparquet, type Row } from '../../support/strangers.ts';

/** Read by those who know nothing of us: a library, and a database. */
async function byOthers(file: Buffer): Promise<(readonly Row[])[]> {
  const path = segmentOnDisk(file);
  return [await hyparquet(path), await duckdb(dirname(path), `select * from '${basename(path)}'`)];
}

describe('a segment', () => {
  test('is read by others as what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPoints,
        fc.constantFrom(2, 9, Infinity),
        fc.boolean(),
        async (points, flushEvery, sharded) => {
          const expected = points.map(({ dense, named, bytes, rows, words, payload, shardKey }, n) => {
            const sorted = words === null ? null : [...words].sort(([a], [b]) => a - b);
            return {
              id: anyId(n, points.length),
              hash: expect.any(String) as unknown,
              payload: payload === null ? null : (expect.any(String) as unknown),
              ...(sharded ? { shard_key: shardKey === null ? null : JSON.stringify(shardKey) } : {}),
              vector: dense,
              'vector:it’s "text"': named,
              'vector:bytes': bytes,
              'vector:rows': rows,
              'sparse:words.indices': sorted?.map(([index]) => index) ?? null,
              'sparse:words.values': sorted?.map(([, value]) => value) ?? null,
            };
          });
          const options = { flushEvery, sharded };
          const { file, written, hashes } = await writeSegment(EVERY_KIND, pointTexts(points), options);
          expect(written).toEqual({
            rows: points.length,
            bytes: file.length,
            sha256: createHash('sha256').update(file).digest('hex'),
          });
          for (const rows of await byOthers(file)) {
            expect(rows.map(({ hash }) => hash)).toEqual(hashes);
            expect(rows).toEqual(expected);
            rows.forEach(({ payload }, n) =>
              // As text, which knows no minus zero.
              expect(payload).toEqual(points[n]?.payload === null ? null : JSON.stringify(points[n]?.payload)),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('keeps vectors apart whose names end as its own columns do', async () => {
    const alike: VectorSchema = new Map([
      ['a', { kind: 'sparse', size: null }],
      ['a.indices', { kind: 'multi', size: 1 }],
      ['a.values', { kind: 'dense', size: 1 }],
    ]);
    const points = [
      '{"id":1,"vector":{"a":{"indices":[7],"values":[0.5]},"a.indices":[[1.0]],"a.values":[2.0]}}',
      '{"id":2,"vector":{"a":{"indices":[8],"values":[1.5]}}}',
      '{"id":3,"vector":{"a.indices":[[3.0]]}}',
    ];
    const { file } = await writeSegment(alike, points);
    const none = { payload: null, hash: expect.any(String) as string };
    const rows = [
      { id: '1', 'sparse:a.indices': [7], 'sparse:a.values': [0.5], 'vector:a.indices': [[1]], 'vector:a.values': [2] },
      { id: '2', 'sparse:a.indices': [8], 'sparse:a.values': [1.5], 'vector:a.indices': null, 'vector:a.values': null },
      {
        id: '3',
        'sparse:a.indices': null,
        'sparse:a.values': null,
        'vector:a.indices': [[3]],
        'vector:a.values': null,
      },
    ].map((row) => ({ ...none, ...row }));
    expect(await byOthers(file)).toEqual([rows, rows]);
  });

  test('holds random floats in 3.45 bytes each', async () => {
    const { bytesEach } = await writeAndRead(700, 768, (gaussian) => gaussian * 0.036);
    expect(bytesEach).toBeLessThan(3.45);
  });

  test('ends a row group at four megabytes', async () => {
    const payload = JSON.stringify({ text: 'x'.repeat(1 << 20) });
    const texts = Array.from({ length: 18 }, (_, id) => `{"id":${id},"payload":${payload}}`);
    const { file, hashes } = await writeSegment(new Map(), texts);
    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([4n, 4n, 4n, 4n, 2n]);
    for (const rows of await byOthers(file)) expect(rows.map(({ hash }) => hash)).toEqual(hashes);
    expect((await checkSegment(segmentOnDisk(file))).rows).toBe(18);
  });

  test('holds numbers of 16 bits in two bytes each at most', async () => {
    const { bytesEach } = await writeAndRead(600, 768, (gaussian) => halfOf(gaussian * 0.036));
    expect(bytesEach).toBeLessThan(2);
  });

  test('holds bytes in one byte each at most', async () => {
    const byte = (gaussian: number): number => Math.max(0, Math.min(255, Math.round(128 + 40 * gaussian)));
    const { bytesEach } = await writeAndRead(600, 768, byte);
    expect(bytesEach).toBeLessThan(1);
  });

  test('holds bytes and other numbers in one column, page by page', async () => {
    // 131 rows are a page, so the second page and the fourth have a number that is no byte.
    const odd = new Map([
      [150 * 2000 + 7, -0],
      [399 * 2000 + 1999, 0.5],
    ]);
    const { file } = await writeAndRead(400, 2000, (gaussian, n) => odd.get(n) ?? Math.abs(Math.round(gaussian * 30)));
    const [group] = parquetMetadata(file).row_groups;
    const encodings = new Set(group?.columns.at(-1)?.meta_data?.encodings);
    expect(encodings).toEqual(new Set(['RLE', 'PLAIN', 'RLE_DICTIONARY', 'BYTE_STREAM_SPLIT']));
  });
});

/** Vectors of `number` of a gaussian, read back by all who can and compared bit by bit. */
async function writeAndRead(
  rows: number,
  dimensions: number,
  number: (gaussian: number, n: number) => number,
): Promise<{ file: Buffer; bytesEach: number }> {
  let seed = 1;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const gaussian = (): number => Math.sqrt(-2 * Math.log(random() || 0.5)) * Math.cos(6.28 * random());
  let n = 0;
  const vectors = Array.from({ length: rows }, () =>
    Float32Array.from({ length: dimensions }, () => number(gaussian(), n++)),
  );
  const text = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));
  const texts = vectors.map((vector, id) => `{"id":${id},"vector":[${Array.from(vector, text).join(',')}]}`);
  const { file, written } = await writeSegment(new Map([['', { kind: 'dense', size: dimensions }]]), texts);
  const ours: Row[] = [];
  for await (const batch of readSegment(segmentOnDisk(file)))
    for (const { row, vectors: found } of batch)
      ours.push({ id: String(row), vector: Array.from(found[0]?.values ?? []) });
  for (const read of [ours, ...(await byOthers(file))]) {
    expect(read).toHaveLength(rows);
    for (const [at, { id, vector }] of read.entries()) {
      expect(id).toBe(String(at));
      expect(bits(Float32Array.from(vector as number[]))).toBe(bits(vectors[at] ?? new Float32Array()));
    }
  }
  return { file, bytesEach: written.bytes / rows / dimensions };
}

const bits = ({ buffer }: Float32Array): string => Buffer.from(buffer).toString('hex');

/** Rounded as a server does that keeps sixteen bits: five of the exponent, ten of the mantissa. */
function halfOf(value: number): number {
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 1))) - 10);
  return Math.round(value / step) * step;
}
