import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import type { VectorSchema } from '../../../main/points/vector-schema.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { writeSegment } from '../../support/segments.ts';

interface Row {
  readonly id: string;
  readonly hash: string;
  readonly payload: string | null;
  readonly [vector: string]: unknown;
}

const schema: VectorSchema = new Map([
  ['', { kind: 'dense', size: 3 }],
  ['it’s "text"', { kind: 'dense', size: 2 }],
  ['rows', { kind: 'multi', size: 2 }],
  ['words', { kind: 'sparse', size: null }],
]);

/** Read by a library that knows nothing of us. */
async function byHyparquet(file: Buffer): Promise<Row[]> {
  const rows = await parquetReadObjects({
    file: new Uint8Array(file).buffer,
    compressors: { GZIP: (bytes) => new Uint8Array(gunzipSync(bytes)) },
  });
  return rows.map((row) => plain(row));
}

/** And by a database. */
async function byDuckDB(file: Buffer): Promise<Row[]> {
  const path = join(temporaryFolder(), 'segment.parquet');
  writeFileSync(path, file);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`select * from '${path}'`);
    return reader.getRowObjectsJS().map((row) => plain(row));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function plain(row: Record<string, unknown>): Row {
  const value = (one: unknown): unknown => {
    if (one === null || one === undefined) return null;
    if (one instanceof Uint8Array) return Buffer.from(one).toString('hex');
    if (Array.isArray(one) || ArrayBuffer.isView(one)) return Array.from(one as ArrayLike<unknown>, value);
    return typeof one === 'bigint' ? Number(one) : one;
  };
  return Object.fromEntries(Object.entries(row).map(([key, one]) => [key, value(one)])) as Row;
}

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const floats = (length: number): fc.Arbitrary<number[]> => fc.array(float, { minLength: length, maxLength: length });
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null, freq: 3 });
const point = fc.record({
  dense: maybe(floats(3)),
  named: maybe(floats(2)),
  rows: maybe(fc.array(floats(2), { minLength: 1, maxLength: 4 })),
  words: maybe(
    fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), float), {
      maxLength: 5,
      selector: ([index]) => index,
    }),
  ),
  payload: maybe(
    fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 2, stringUnit: 'grapheme' }), {
      maxKeys: 4,
    }),
  ),
});
const number = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

describe('a segment', () => {
  test('is read by others as what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { maxLength: 30 }), async (list) => {
        const texts: string[] = [];
        const expected: object[] = [];
        list.forEach(({ dense, named, rows, words, payload }, n) => {
          const vectors: string[] = [];
          const sorted = words === null ? null : [...words].sort(([a], [b]) => a - b);
          if (dense !== null) vectors.push(`"":[${dense.map(number).join(',')}]`);
          if (named !== null) vectors.push(`${JSON.stringify('it’s "text"')}:[${named.map(number).join(', ')}]`);
          if (rows !== null)
            vectors.push(`"rows":[${rows.map((row) => `[${row.map(number).join(',')}]`).join(' , ')}]`);
          if (words !== null)
            vectors.push(
              `"words":{"indices":[${words.map(([index]) => index).join(',')}],"values":[${words.map(([, value]) => number(value)).join(',')}]}`,
            );
          const id =
            n % 2 === 0 ? String(2n ** 64n - 1n - BigInt(n)) : `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
          texts.push(
            `{"id":${n % 2 === 0 ? id : `"${id}"`},"vector":{${vectors.join(',')}},"payload":${JSON.stringify(payload)}}`,
          );
          expected.push({
            id,
            payload: payload === null ? null : (expect.any(String) as unknown),
            vector: dense,
            'vector:it’s "text"': named,
            'vector:rows': rows,
            'vector:words.indices': sorted?.map(([index]) => index) ?? null,
            'vector:words.values': sorted?.map(([, value]) => value) ?? null,
          });
        });
        const { file, written, hashes } = await writeSegment(schema, texts);
        expect(written).toEqual({
          rows: list.length,
          bytes: file.length,
          sha256: createHash('sha256').update(file).digest('hex'),
        });
        for (const rows of [await byHyparquet(file), await byDuckDB(file)]) {
          expect(rows.map(({ hash }) => hash)).toEqual(hashes);
          expect(rows).toEqual(expected.map((row) => ({ hash: expect.any(String) as unknown, ...row })));
          rows.forEach(({ payload }, n) =>
            expect(payload === null ? null : JSON.parse(payload)).toEqual(list[n]?.payload),
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  test('holds many rows in several groups, and random floats in 3.45 bytes each', async () => {
    const rows = 3000;
    const dimensions = 768;
    let seed = 1;
    const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    const gaussian = (): number => Math.sqrt(-2 * Math.log(random() || 0.5)) * Math.cos(6.28 * random());
    const vectors = Array.from({ length: rows }, () =>
      Float32Array.from({ length: dimensions }, () => gaussian() * 0.036),
    );
    const texts = vectors.map((vector, id) => `{"id":${id},"vector":[${vector.join(',')}]}`);
    const { file, written } = await writeSegment(new Map([['', { kind: 'dense', size: dimensions }]]), texts);
    expect(written.bytes / rows / dimensions).toBeLessThan(3.45);
    for (const read of [await byHyparquet(file), await byDuckDB(file)]) {
      expect(read).toHaveLength(rows);
      for (const [n, { id, vector }] of read.entries()) {
        expect(id).toBe(String(n));
        expect(Float32Array.from(vector as number[])).toEqual(vectors[n]);
      }
    }
  });
});
