import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readArchiveText, type ArchiveVisitor } from '../../../main/archive/archive-reader.ts';
import { Fault } from '../../../main/faults/fault.ts';
import { PointScanner } from '../../../main/points/point-scanner.ts';
import { exportOf, faultOf, temporaryFolder, validateBytes, validateFile } from '../../support/archives.ts';

const points = [
  { id: 3, vector: [1, 2], payload: { a: 'é😀', n: { deep: [1, null, true] } } },
  { id: '550e8400-e29b-41d4-a716-446655440000', vector: [0.5, -1e-7], payload: null },
  { id: 1, vector: [3, 4] },
];
const sections = {
  version: '1.0',
  metadata: { model: 'm', dimensions: 2, total_vectors: 3, collection: 'c', made_by: 'somebody' },
  files: { 'a.ts': { points: 1 }, 'b.ts': { points: 2 } },
  companions: [{ name: 's', sha256: createHash('sha256').update('x').digest('hex'), content: 'x', more: [1] }],
  vectors: points,
  summary: { total_vectors: 3 },
  'something else': { any: [{}, [], 'text', 1.5] },
};
const expected = { version: '1.0', points: 3, files: 2, companions: ['s'], checksummed: false };

describe('files that others write', () => {
  test('may have their keys in any order and be printed in any way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(Object.keys(sections) as (keyof typeof sections)[], { minLength: 7 }),
        fc.constantFrom(0, 1, 4, '\t', '\n\r\n'),
        async (order, space) => {
          const text = JSON.stringify(Object.fromEntries(order.map((key) => [key, sections[key]])), null, space);
          const contents = await validateBytes(text);
          expect(contents).toMatchObject({
            ...expected,
            metadata: sections.metadata,
            rawBytes: Buffer.byteLength(text),
          });
          expect([...contents.schema]).toEqual([['', { kind: 'dense', size: 2 }]]);
        },
      ),
      { numRuns: 80 },
    );
  });

  const text = JSON.stringify(sections);
  const folder = (): string => temporaryFolder();
  test.each([
    ['plain under the name of a gzip file', () => validateBytes(text, 'x.json.gz')],
    ['gzip under a plain name', () => validateBytes(gzipSync(text), 'x.json')],
    ['with a byte order mark', () => validateBytes(`\uFEFF${text}`)],
    ['with a byte order mark, compressed', () => validateBytes(gzipSync(`\uFEFF${text}`))],
    [
      'one member of gzip -9',
      () => {
        const path = join(folder(), 'x.json');
        writeFileSync(path, text);
        execFileSync('gzip', ['-9', path]);
        return validateFile(`${path}.gz`);
      },
    ],
    [
      'a member for every byte',
      () => validateBytes(Buffer.concat(Array.from(Buffer.from(text), (byte) => gzipSync(Buffer.of(byte))))),
    ],
    [
      'padded with zeros behind the compressed data',
      () => validateBytes(Buffer.concat([gzipSync(text), Buffer.alloc(700)])),
    ],
    [
      'with a flood of white space anywhere',
      () =>
        validateBytes(
          gzipSync(
            ` ${text.replaceAll(/(?<=[{[,:])(?=["{[\d])/g, (_, at: number) => (at % 7 === 0 ? ' \n\t\r'.repeat(100_000) : ''))}${' '.repeat(5 << 20)}`,
          ),
        ),
    ],
    [
      'with null for what they do not have',
      async () => {
        const contents = await validateBytes(JSON.stringify({ ...sections, summary: null }));
        const without = await validateBytes(
          JSON.stringify({ version: 1, metadata: null, files: null, companions: null, summary: null, vectors: points }),
        );
        expect(without).toMatchObject({ version: '1', points: 3, files: 0, companions: [], metadata: {} });
        return contents;
      },
    ],
  ] as const)('%s', async (_, validate) => {
    expect(await validate()).toMatchObject(expected);
  });

  test('may leave out all but version and vectors', async () => {
    expect(await validateBytes('{"vectors":[],"version":"1.0"}')).toMatchObject({
      points: 0,
      files: 0,
      metadata: {},
      checksummed: false,
    });
  });

  test.each(['"1.0"', '"1"', '"1.7"', '"1.12.3"', '1', '1.0', '1.5'])('version %s is read', async (version) => {
    expect((await validateBytes(`{"version":${version},"vectors":[]}`)).points).toBe(0);
  });

  test('an empty one keeps the dimensions that it declares', async () => {
    expect([...(await validateBytes(exportOf('', '{"dimensions":{"a":5}}'))).schema]).toEqual([
      ['a', { kind: 'dense', size: 5 }],
    ]);
    expect([...(await validateBytes(exportOf('', '{"dimensions":0}'))).schema]).toEqual([]);
  });

  test('keys called __proto__ are keys like any other', async () => {
    const contents = await validateBytes(
      `{"__proto__":{"version":"9"},"version":"1.0","metadata":{"__proto__":{"model":"evil"},"config":{"vectors":{"__proto__":{"size":1}}}},"files":{"__proto__":{"points":1}},"vectors":[{"id":1,"vector":{"__proto__":[1]},"payload":{"__proto__":{"a":1}}}]}`,
    );
    expect(contents).toMatchObject({ version: '1.0', files: 1, points: 1 });
    expect(contents.metadata.model).toBeUndefined();
    expect([...contents.schema]).toEqual([['__proto__', { kind: 'dense', size: 1 }]]);
    expect(({} as Record<string, unknown>)['model']).toBeUndefined();
  });

  test('ids in any order are found twice wherever they stand, in whatever spelling', async () => {
    const ids = Array.from({ length: 3000 }, (_, n) => String((n * 7919) % 3001));
    const file = (list: readonly string[]): string => exportOf(list.map((id) => `{"id":${id}}`).join(',\n'));
    expect((await validateBytes(file(ids))).points).toBe(3000);
    expect(await faultOf(validateBytes(file([...ids, ids[0] ?? ''])))).toMatchObject({
      params: { reason: 'duplicate_id', point: ids[0] },
    });
    const uuid = '"550e8400-e29b-41d4-a716-446655440000"';
    const other = uuid.toUpperCase().replaceAll('-', '');
    for (const list of [
      [uuid, other],
      ['5', uuid, '4', other],
      ['5', '5'],
      ['5', '6', '5'],
    ]) {
      const fault = await faultOf(validateBytes(file(list)));
      expect(fault?.params).toMatchObject({ reason: 'duplicate_id', point: list.at(-1)?.replaceAll('"', '') });
      expect(fault?.params['offset']).toBe(file(list).lastIndexOf('{"id"'));
    }
    // A number is no UUID, even if it has the same bits.
    expect((await validateBytes(file(['5', '"00000000-0000-0000-0000-000000000005"']))).points).toBe(2);
  });
});

describe('the chunks a text comes in', () => {
  const document = JSON.stringify({
    ...sections,
    vectors: [...points, { id: 9, vector: [1, 2], payload: { long: 'ä'.repeat(300) } }],
  });

  async function read(bytes: Buffer, cuts: readonly number[]): Promise<unknown[]> {
    const said: unknown[] = [];
    const scanner = new PointScanner();
    const visitor: ArchiveVisitor = {
      section: (key, text, offset) => said.push([key, text, offset]),
      companion: (companion, offset) => said.push([companion, offset]),
      point: () =>
        said.push([scanner.text(scanner.point.start, scanner.point.end), scanner.base + scanner.point.start]),
      breathe: () => undefined,
    };
    async function* chunks(): AsyncGenerator<Buffer> {
      let from = 0;
      for (const to of [...cuts, bytes.length]) {
        // A chunk's memory may be used again by whoever sent it.
        const chunk = Buffer.from(bytes.subarray(from, to));
        yield await Promise.resolve(chunk);
        chunk.fill(0xff);
        from = to;
      }
    }
    try {
      said.push(await readArchiveText(chunks(), scanner, visitor));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      said.push(error.params);
    }
    return said;
  }

  const everyByte = (bytes: Buffer): number[] => Array.from({ length: bytes.length }, (_, at) => at + 1);

  test('change nothing', async () => {
    const bytes = Buffer.from(document);
    const whole = await read(bytes, []);
    expect(whole).toHaveLength(3 + 1 + 4 + 1);
    expect(await read(bytes, everyByte(bytes))).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 40 }), async (cuts) => {
        expect(
          await read(
            bytes,
            cuts.sort((a, b) => a - b),
          ),
        ).toEqual(whole);
      }),
    );
  });

  test('change nothing in what is said of damage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: Buffer.byteLength(document) - 1 }), fc.nat({ max: 255 }), async (at, byte) => {
        const bytes = Buffer.from(document);
        bytes[at] = byte;
        const whole = await read(bytes, []);
        expect((await read(bytes, everyByte(bytes))).at(-1)).toEqual(whole.at(-1));
      }),
      {
        numRuns: 600,
        examples: [
          [0, 192],
          [60, 195],
          [document.indexOf('\u00e9') + 1, 34],
        ],
      },
    );
  });
});
