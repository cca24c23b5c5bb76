/** Points as text through the scanner into a segment, as a backup takes them, and arbitrary ones of every kind. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PointHasher } from '../../main/points/point-hash.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';
import { PointValuesReader, type PointValues } from '../../main/points/point-values.ts';
import { VectorShapes } from '../../main/points/vector-shapes.ts';
import type { VectorSchema } from '../../main/points/vector-schema.ts';
import type { SegmentOptions } from '../../main/vault/segment-columns.ts';
import { SegmentWriter, type WrittenSegment } from '../../main/vault/segment-writer.ts';
import { temporaryFolder } from './archives.ts';

export interface SegmentInMemory {
  readonly file: Buffer;
  readonly written: WrittenSegment;
  /** Hexadecimal, in the order of the points. */
  readonly hashes: string[];
}

export async function writeSegment(
  schema: VectorSchema,
  points: readonly string[],
  { flushEvery = Infinity, ...options }: SegmentOptions & { readonly flushEvery?: number } = {},
): Promise<SegmentInMemory> {
  const pieces: Buffer[] = [];
  const writer = new SegmentWriter(
    schema,
    (bytes) => {
      pieces.push(Buffer.from(bytes));
      return Promise.resolve();
    },
    options,
  );
  const hashes: string[] = [];
  let count = 0;
  for (const { values, buf, hash } of takenPoints(points)) {
    hashes.push(Buffer.from(hash).toString('hex'));
    if (writer.add(values, buf, hash) || ++count % flushEvery === 0) await writer.flush();
  }
  const written = await writer.finish();
  return { file: Buffer.concat(pieces), written, hashes };
}

/** Each point as it is read from its text; good until the next. */
export function* takenPoints(
  points: readonly string[],
): Generator<{ values: PointValues; buf: Buffer; hash: Uint8Array }> {
  const scanner = new PointScanner(new VectorShapes());
  const reader = new PointValuesReader();
  const hasher = new PointHasher();
  for (const point of points) {
    const buf = Buffer.from(`${point}\0`);
    scanner.load(buf, 0, buf.length - 1, 0);
    scanner.scanPoint();
    const values = reader.read(scanner);
    yield { values, buf, hash: hasher.hash(values, buf) };
  }
}

/** The segment as a file of its own. */
export function segmentOnDisk(file: Uint8Array): string {
  const path = join(temporaryFolder(), `${createHash('sha256').update(file).digest('hex')}.parquet`);
  writeFileSync(path, file);
  return path;
}

/** What `anyPoints` have. */
export const EVERY_KIND: VectorSchema = new Map([
  ['', { kind: 'dense', size: 3 }],
  ['it’s "text"', { kind: 'dense', size: 2 }],
  ['bytes', { kind: 'dense', size: 5 }],
  ['rows', { kind: 'multi', size: 2 }],
  ['words', { kind: 'sparse', size: null }],
]);

export interface AnyPoint {
  readonly dense: number[] | null;
  readonly named: number[] | null;
  /** Mostly whole numbers from 0 to 255. */
  readonly bytes: number[] | null;
  readonly rows: number[][] | null;
  readonly words: [number, number][] | null;
  readonly payload: Record<string, unknown> | null;
  readonly shardKey: string | number | null;
}

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const byte = fc.integer({ min: 0, max: 255 });
const floats = (length: number, one = float): fc.Arbitrary<number[]> =>
  fc.array(one, { minLength: length, maxLength: length });
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(some, { nil: null, freq: 3 });

const anyPoint: fc.Arbitrary<AnyPoint> = fc.record({
  dense: maybe(floats(3)),
  named: maybe(floats(2)),
  bytes: maybe(
    fc.oneof(
      { weight: 9, arbitrary: floats(5, byte) },
      { weight: 1, arbitrary: floats(5, fc.constantFrom(-0, 255, 256, 0.5)) },
    ),
  ),
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
  shardKey: maybe(fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.maxSafeNat())),
});

export const anyPoints = fc.array(anyPoint, { maxLength: 30 });

const number = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

/** Ids ascend, some numbers, some UUIDs. */
export function anyId(n: number, count: number): string {
  return n < count / 2
    ? String(2n ** 64n - 1n - BigInt(count - n))
    : `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The points as a server would print them. */
export function pointTexts(points: readonly AnyPoint[]): string[] {
  return points.map(({ dense, named, bytes, rows, words, payload, shardKey }, n) => {
    const vectors: string[] = [];
    if (dense !== null) vectors.push(`"":[${dense.map(number).join(',')}]`);
    if (named !== null) vectors.push(`${JSON.stringify('it’s "text"')}:[${named.map(number).join(', ')}]`);
    if (bytes !== null) vectors.push(`"bytes":[${bytes.map(number).join(',')}]`);
    if (rows !== null) vectors.push(`"rows":[${rows.map((row) => `[${row.map(number).join(',')}]`).join(' , ')}]`);
    if (words !== null)
      vectors.push(
        `"words":{"indices":[${words.map(([index]) => index).join(',')}],"values":[${words.map(([, value]) => number(value)).join(',')}]}`,
      );
    const id = anyId(n, points.length);
    const key = shardKey === null ? '' : `,"shard_key":${JSON.stringify(shardKey)}`;
    return `{"id":${id.includes('-') ? `"${id}"` : id},"vector":{${vectors.join(',')}},"payload":${JSON.stringify(payload)}${key}}`;
  });
}
