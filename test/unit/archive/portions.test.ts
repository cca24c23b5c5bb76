import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileSource } from '../../../main/archive/file-source.ts';
import { PortionRecorder, readPortions, type Portion } from '../../../main/archive/portions.ts';
import { validateArchive } from '../../../main/archive/validate-archive.ts';
import { never, temporaryFolder } from '../../support/archives.ts';

interface Reading {
  readonly texts: string[];
  readonly portions: readonly Portion[] | null;
}

async function withSource<T>(path: string, use: (source: FileSource) => Promise<T>): Promise<T> {
  const source = await FileSource.open(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

const validate = (source: FileSource): Promise<Reading> => {
  const recorder = new PortionRecorder();
  const texts = new Map<number, string>();
  return validateArchive(source, {
    signal: never,
    point: (scanner) => {
      const { start, end } = scanner.point;
      texts.set(scanner.base + start, scanner.text(start, end));
      recorder.add(scanner, !scanner.extra);
    },
    breathe: () => recorder.close(),
  }).then(() => ({ texts: [...texts.values()], portions: recorder.conclude() }));
};

const replay = async (
  source: FileSource,
  portions: readonly Portion[],
): Promise<{ text: string; points: number }[]> => {
  const found: { text: string; points: number }[] = [];
  for await (const { pieces, points } of readPortions(source, portions, never))
    found.push({ text: Buffer.concat(pieces).toString(), points });
  return found;
};

const file = (points: readonly string[], between = ','): string =>
  `{"version":"1.0","vectors":[${points.join(between)}],"summary":{"total_vectors":${points.length}}}`;

/** Lengths of payloads: mostly small, some that reach over the chunks of a file, which are 1 MiB. */
const length = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000, max: 2_500_000 }) },
);
const lengths = fc.array(length, { maxLength: 40 });
const between = fc.constantFrom(',', ' , ', ',\n', `,${' '.repeat(1_100_000)}`);

describe('portions of a file', () => {
  test('hold every point once, in order, as it was validated', async () => {
    const path = join(temporaryFolder(), 'x.json');
    let portionsSeen = 0;
    await fc.assert(
      fc.asyncProperty(lengths, between, fc.boolean(), fc.boolean(), async (sizes, separator, ascending, compress) => {
        const points = sizes.map(
          (size, n) => `{"id":${ascending ? n : sizes.length - n},"vector":[1],"payload":{"é":"${'x'.repeat(size)}"}}`,
        );
        const few = separator.length > 100 ? points.slice(0, 4) : points;
        const text = file(few, separator);
        writeFileSync(path, compress ? gzipSync(text, { level: 1 }) : text);
        await withSource(path, async (source) => {
          const { texts, portions } = await validate(source);
          expect(texts).toEqual(few);
          const found = await replay(source, portions ?? []);
          portionsSeen = Math.max(portionsSeen, found.length);
          const all = JSON.parse(`[${found.map((portion) => portion.text).join(',')}]`) as unknown;
          expect(all).toEqual(JSON.parse(`[${few.join(',')}]`));
          expect(found.reduce((sum, { points: count }) => sum + count, 0)).toBe(few.length);
        });
      }),
      { numRuns: 60 },
    );
    expect(portionsSeen).toBeGreaterThan(1);
  });

  test('are small in points, so that they can be put together as a request wants them', async () => {
    const path = join(temporaryFolder(), 'x.json');
    writeFileSync(path, file(Array.from({ length: 1001 }, (_, id) => `{"id":${id},"vector":[1]}`)));
    const { portions } = await withSource(path, validate);
    expect(portions?.map(({ points }) => points)).toEqual([250, 250, 250, 250, 1]);
  });

  test('do not keep the white space between points in memory', async () => {
    const path = join(temporaryFolder(), 'x.json');
    const points = Array.from({ length: 5 }, (_, id) => `{"id":${id},"vector":[1]}`);
    writeFileSync(path, file(points, `,${' '.repeat(1 << 20)}`));
    await withSource(path, async (source) => {
      const { portions } = await validate(source);
      const kept = new Set<ArrayBufferLike>();
      for await (const { pieces } of readPortions(source, portions ?? [], never))
        for (const { buffer } of pieces) kept.add(buffer);
      expect([...kept].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(200_000);
    });
  });

  test('there are none where a point must be put together anew', async () => {
    const path = join(temporaryFolder(), 'x.json');
    const plain = '{"id":1,"vector":[1]}';
    writeFileSync(path, file([plain, '{"id":2,"vector":[1],"score":0.5}', '{"id":3,"vector":[1]}']));
    expect((await withSource(path, validate)).portions).toBeNull();
    // Validation begins again where ids do not ascend.
    writeFileSync(path, file(['{"id":2,"vector":[1]}', plain]));
    expect((await withSource(path, validate)).portions).toHaveLength(1);
  });

  test('text that is not what was validated is never handed out', async () => {
    const path = join(temporaryFolder(), 'x.json');
    const points = Array.from({ length: 1000 }, (_, id) => `{"id":${id},"vector":[1]}`);
    writeFileSync(path, file(points));
    const whole = readFileSync(path);
    const { portions } = await withSource(path, validate);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), fc.boolean(), async (at, cut) => {
        const other = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) other[at] = (other[at] ?? 0) ^ 1;
        if (other.length === 0) return;
        writeFileSync(path, other);
        const handed: string[] = [];
        const reading = withSource(path, async (source) => {
          for await (const { pieces } of readPortions(source, portions ?? [], never))
            handed.push(Buffer.concat(pieces).toString());
        });
        const touched = (portions ?? []).findIndex(({ offset, length: bytes }) =>
          cut ? at < offset + bytes : at >= offset && at < offset + bytes,
        );
        if (touched < 0) await reading;
        else await expect(reading).rejects.toMatchObject({ code: 'BAD_ARCHIVE', params: { reason: 'changed' } });
        expect(handed).toHaveLength(touched < 0 ? 4 : touched);
        for (const [n, text] of handed.entries()) expect(text).toBe(points.slice(n * 250, n * 250 + 250).join(','));
      }),
      { numRuns: 200 },
    );
  });
});
