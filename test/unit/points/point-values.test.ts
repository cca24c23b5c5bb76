import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PointScanner } from '../../../main/points/point-scanner.ts';
import { PointValuesReader, type PointValues, type VectorValues } from '../../../main/points/point-values.ts';
import { anyPoints, pointTexts, type AnyPoint } from '../../support/segments.ts';

/** As they are told to the one who reads them, copied: they are good until the next. */
function taken(texts: readonly string[], wantsFloats: boolean): PointValues[] {
  const scanner = new PointScanner();
  scanner.wantsFloats = wantsFloats;
  const reader = new PointValuesReader();
  return texts.map((text) => {
    const buf = Buffer.from(`${text}\0`);
    scanner.load(buf, 0, buf.length - 1, 0);
    scanner.scanPoint();
    const values = structuredClone(reader.read(scanner));
    expect(scanner.pos).toBe(buf.length - 1);
    return values;
  });
}

const single = (list: readonly number[]): Float32Array => Float32Array.from(list);

function vectorsOf({ dense, named, bytes, rows, words }: AnyPoint): VectorValues[] {
  const found: (VectorValues | null)[] = [
    dense && { name: '', kind: 'dense', values: single(dense) },
    bytes && { name: 'bytes', kind: 'dense', values: single(bytes) },
    named && { name: 'it’s "text"', kind: 'dense', values: single(named) },
    rows && { name: 'rows', kind: 'multi', size: 2, values: single(rows.flat()) },
    words && sparse(words),
  ];
  return found.filter((vector) => vector !== null);
}

function sparse(words: readonly [number, number][]): VectorValues {
  const sorted = [...words].sort(([a], [b]) => a - b);
  const indices = Uint32Array.from(sorted, ([index]) => index);
  return { name: 'words', kind: 'sparse', indices, values: single(sorted.map(([, value]) => value)) };
}

test('numbers are the same whether they were read with the point or afterwards, and those that stand there', () => {
  fc.assert(
    fc.property(anyPoints, (points) => {
      const texts = pointTexts(points);
      const read = taken(texts, true);
      expect(read.map(({ vectors }) => vectors)).toEqual(points.map(vectorsOf));
      expect(taken(texts, false)).toEqual(read);
    }),
  );
});

test('a vector with more numbers than all before finds room', () => {
  const [short, long] = [1, 3000].map((rows) => Array.from({ length: rows }, (_, n) => [n, n + 0.5]));
  const texts = [short, long, short].map((rows, id) => `{"id":${id},"vector":${JSON.stringify(rows)}}`);
  const read = taken(texts, true).map(({ vectors }) => vectors[0]?.values);
  expect(read).toEqual([short, long, short].map((rows) => single(rows?.flat() ?? [])));
});
