import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileSource } from '../../../main/archive/file-source.ts';
import { canFill, fillerMembers } from '../../../main/archive/gzip-members.ts';
import { peekCollection } from '../../../main/archive/peek-collection.ts';
import { replayArchive, validateArchive } from '../../../main/archive/validate-archive.ts';
import { never, temporaryFolder, writeArchive } from '../../support/archives.ts';

/** Every point's text as the reader gives it after validation. */
async function read(path: string): Promise<string[]> {
  const source = await FileSource.open(path);
  const texts: string[] = [];
  try {
    const contents = await validateArchive(source, { signal: never });
    expect(contents.checksummed).toBe(true);
    const again = await replayArchive(source, {
      signal: never,
      point: (scanner) => texts.push(scanner.text(scanner.point.start, scanner.point.end)),
    });
    expect(again).toEqual(contents);
    expect(contents.points).toBe(texts.length);
    expect(await source.changed()).toBe(false);
    return texts;
  } finally {
    await source.close();
  }
}

const textOf = (path: string): Buffer => {
  const bytes = readFileSync(path);
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
};

const point = fc
  .record({
    vector: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 }),
    payload: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' })),
    space: fc.constantFrom('', ' ', '\n  '),
  })
  .map(
    ({ vector, payload, space }) =>
      (id: string) =>
        `{${space}"id":${space}${id},"vector":[${vector.map((x) => (Object.is(x, -0) ? '-0.0' : String(x))).join(`,${space}`)}],"payload":${JSON.stringify(payload)}${space}}`,
  );
const points = fc
  .tuple(
    fc.uniqueArray(fc.bigInt(0n, 2n ** 64n - 1n).map(String), { maxLength: 12 }),
    fc.uniqueArray(
      fc.uuid().map((id) => `"${id}"`),
      { maxLength: 12 },
    ),
    fc.array(point, { minLength: 24, maxLength: 24 }),
    fc.boolean(),
  )
  .map(([numbers, uuids, make, sorted]) => {
    const ids = [
      ...(sorted ? numbers.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)) : numbers),
      ...(sorted ? uuids.sort() : uuids),
    ];
    return ids.map((id, n) => make[n]?.(id) ?? '');
  });

describe('what is written', () => {
  test('is read back to the byte, and is what it says of itself', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(
        points,
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(0, 1, 20, 26, 50, 300),
        fc.constantFrom(0, 10, 5000),
        async (texts, compress, page, files, headerEstimate) => {
          const path = join(folder, 'x.json');
          const mappings = Object.fromEntries(
            Array.from({ length: files }, (_, n) => [
              `src/${createHash('md5').update(String(n)).digest('hex')}`,
              { points: n },
            ]),
          );
          const written = await writeArchive(path, texts, {
            compress,
            page,
            headerEstimate,
            header: { files: JSON.stringify(mappings) },
          });
          expect(await read(path)).toEqual(texts);

          const text = textOf(path);
          expect(written.bytes).toBe(statSync(path).size);
          expect(written.rawBytes).toBe(text.length);
          const document = JSON.parse(text.toString()) as Record<string, Record<string, unknown>>;
          expect(Object.keys(document)).toEqual(['version', 'metadata', 'files', 'vectors', 'summary']);
          expect(document['metadata']?.['total_vectors']).toBe(texts.length);
          expect(document['summary']?.['total_vectors']).toBe(texts.length);
          expect(document['vectors']).toEqual(texts.map((each) => JSON.parse(each) as unknown));
          expect(document['files']).toEqual(mappings);
          const from = text.indexOf('"vectors":[') + 10;
          const to = text.lastIndexOf(',\n"summary"');
          const sha256 = createHash('sha256').update(text.subarray(from, to)).digest('hex');
          expect(written.sha256).toBe(sha256);
          expect(document['summary']?.['sha256']).toBe(sha256);
        },
      ),
      { numRuns: 80 },
    );
    expect(readdirSync(folder)).toEqual(['x.json']);
  });

  test.each([true, false])('has room for a header of any size, compressed: %s', async (compress) => {
    const folder = temporaryFolder();
    const path = join(folder, 'x');
    const texts = Array.from({ length: 50 }, (_, id) => `{"id":${id},"vector":[${id}.5]}`);
    let seed = 1;
    const noise = (): string => (seed = (seed * 48271) % 2147483647).toString(36);
    // One after the other fills the hole until a few bytes are left, too few for an empty member.
    const close = Array.from({ length: 60 }, (_, n) => (compress ? 4100 + 9 * n : 3600 + 15 * n));
    for (const size of [0, 300, 1500, ...close, 200_000, 1_500_000]) {
      let text = '';
      while (text.length < size) text += noise();
      await writeArchive(path, texts, { compress, header: { generator: text } });
      expect(await read(path)).toEqual(texts);
    }
  });

  test('moves points up that are larger than one block of the move', async () => {
    const path = join(temporaryFolder(), 'x.json');
    const texts = Array.from(
      { length: 9 },
      (_, id) => `{"id":${id},"payload":{"text":"${String(id).repeat(1_100_000)}"}}`,
    );
    await writeArchive(path, texts, { compress: false, page: 1, header: { generator: 'g'.repeat(100_000) } });
    expect(await read(path)).toEqual(texts);
  });

  test('opens in the tools that everybody has', async () => {
    const folder = temporaryFolder();
    const texts = [
      '{"id":18446744073709551615,"vector":[1.5,-0.0],"payload":{"n":9223372036854775807,"e":"é😀"}}',
      '{"id":"00000000-0000-0000-0000-000000000000","vector":{}}',
    ];
    const companion = {
      name: 'state.json',
      sha256: createHash('sha256').update('{"é":1}').digest('hex'),
      content: '{"é":1}',
    };
    for (const compress of [true, false]) {
      const path = join(folder, compress ? 'x.json.gz' : 'x.json');
      await writeArchive(path, texts, { compress, header: { companions: JSON.stringify([companion]), dimensions: 2 } });
      const text = textOf(path).toString();
      expect(text).toContain(texts[0]);
      if (compress) {
        execFileSync('gzip', ['-t', path], { stdio: 'pipe' });
        expect(execFileSync('gzip', ['-dc', path]).toString()).toBe(text);
      }
      const python = `
import gzip, json, sys
opened = gzip.open(sys.argv[1], 'rt', encoding='utf-8') if sys.argv[1].endswith('.gz') else open(sys.argv[1], encoding='utf-8')
document = json.load(opened)
print(document['vectors'][0]['id'], document['vectors'][0]['payload']['n'], len(document['vectors']), document['companions'][0]['content'])
`;
      const said = execFileSync('python3', ['-c', python, path], {
        env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
      });
      expect(said.toString().trim()).toBe('18446744073709551615 9223372036854775807 2 {"é":1}');
    }
  });

  test('says its collection in its first bytes', async () => {
    const path = join(temporaryFolder(), 'x.json.gz');
    const texts = Array.from(
      { length: 3000 },
      (_, id) =>
        `{"id":${id},"vector":[${Array.from({ length: 200 }, (__, n) => Math.fround(Math.sin(id * n))).join()}]}`,
    );
    await writeArchive(path, texts, { compress: true, page: 100 });
    const source = await FileSource.open(path);
    expect(await peekCollection(source, never)).toBe('code');
    expect(source.consumed).toBeLessThan(source.size);
    await source.close();
  });
});

test('filler members are empty to every decompressor, at any size', () => {
  for (const size of [26, 27, 64, 65_000, 65_556, 65_557, 65_558, 65_570, 65_583, 65_584, 131_114, 131_115, 200_000]) {
    const filler = fillerMembers(size);
    expect(filler.length).toBe(size);
    expect(gunzipSync(filler).length).toBe(0);
    if (size < 70_000) expect(execFileSync('gzip', ['-dc'], { input: filler }).length).toBe(0);
  }
  expect(fillerMembers(0).length).toBe(0);
  expect([0, 1, 25, 26].map(canFill)).toEqual([true, false, false, true]);
});
