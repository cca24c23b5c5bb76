import { createHash } from 'node:crypto';
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { PointHasher } from '../../../main/points/point-hash.ts';
import { sha256OfFile } from '../../../main/vault/segment-check.ts';
import { IdColumn, readIds } from '../../../main/vault/segment-ids.ts';
import { readSegment } from '../../../main/vault/segment-reader.ts';
import { SegmentWriter } from '../../../main/vault/segment-writer.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { flipSegment, keysOf, outcome, segmentOfEveryKind } from '../../support/segment-damage.ts';
import { segmentOnDisk, writeSegment } from '../../support/segments.ts';

let file: Buffer;
let path: string;

beforeAll(async () => {
  file = await segmentOfEveryKind();
});

beforeEach(async () => {
  path = segmentOnDisk(file);
  expect(await outcome(path)).toMatch(/^[0-9a-f]{64}$/);
});

describe('damage', () => {
  test('a flipped bit is found, or harms no point', async () => {
    expect(await sha256OfFile(path)).toBe(createHash('sha256').update(file).digest('hex'));
    // One bit of each seventh byte, another every time. `npm run torture` flips all.
    const found = await flipSegment(file, (at) => (at % 7 === 0 ? [at % 8] : []));
    console.log(`flipped bits of a segment: ${JSON.stringify(found)}`);
    expect(found.flips).toBeGreaterThan(500);
    expect(found.found / found.flips).toBeGreaterThan(0.8);
  });

  test('every shorter file is found', async () => {
    const shorter = segmentOnDisk(file);
    for (let length = file.length - 1; length >= 0; length--) {
      truncateSync(shorter, length);
      expect(await outcome(shorter)).toMatchObject({ code: 'BACKUP_DAMAGED', params: { path: shorter } });
      expect(keysOf(shorter)).toBeInstanceOf(Fault);
    }
  });

  test('a file that is missing is told from one that is damaged', async () => {
    const gone = join(temporaryFolder(), 'gone.parquet');
    expect(await outcome(gone)).toMatchObject({ params: { reason: 'missing', path: gone } });
    expect(keysOf(gone)).toMatchObject({ params: { reason: 'missing', path: gone } });
    await expect(sha256OfFile(gone)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED', params: { reason: 'missing' } });
    await expect(sha256OfFile(temporaryFolder())).rejects.toMatchObject({ params: { reason: 'unreadable' } });
    const cut = segmentOnDisk(file.subarray(0, -1));
    expect(await outcome(cut)).toMatchObject({ params: { reason: 'truncated', path: cut } });
  });

  test('the first point that is not as it was stored is named', async () => {
    const texts = Array.from({ length: 30 }, (_, id) => `{"id":${id + 5},"vector":[1,2,${id}]}`);
    const schema = new Map([['', { kind: 'dense', size: 3 } as const]]);
    const { file: plain, hashes } = await writeSegment(schema, texts);
    const bytes = Buffer.from(plain);
    const at = bytes.indexOf(Buffer.from(hashes[17] ?? '', 'hex'));
    bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 4;
    const changed = segmentOnDisk(bytes);
    expect(await outcome(changed)).toMatchObject({ params: { reason: 'point', path: changed, row: 17, point: '22' } });
  });

  test('points out of order are found by both ways of reading', async () => {
    const schema = new Map([['', { kind: 'dense', size: 1 } as const]]);
    const texts = [3, 4, 2].map((id) => `{"id":${id},"vector":[1]}`);
    for (const flushEvery of [1, 3]) {
      const { file: mixed } = await writeSegment(schema, texts, { flushEvery });
      const unordered = segmentOnDisk(mixed);
      expect(await outcome(unordered)).toMatchObject({ params: { reason: 'order' } });
      expect(keysOf(unordered)).toMatchObject({ params: { reason: 'order' } });
    }
  });

  test.each(['{"a":1}}', '{"a":1', '[1]', '{"a":1,}', ''])(
    'a payload that is no JSON object is found: %s',
    async (text) => {
      const pieces: Buffer[] = [];
      const writer = new SegmentWriter(new Map(), (bytes) => {
        pieces.push(Buffer.from(bytes));
        return Promise.resolve();
      });
      const buf = Buffer.from(`${text}\0`);
      const id = { kind: 1, w0: 0, w1: 0, w2: 0, w3: 1 };
      const payload = { start: 0, end: text.length };
      // Hashed as the object that it may begin with.
      const hash = new PointHasher().hash({ id, vectors: [], payload, shardKey: null }, Buffer.from('{"a":1}}'));
      writer.add({ id, vectors: [], payload, shardKey: null }, buf, hash);
      await writer.finish();
      expect(await outcome(segmentOnDisk(Buffer.concat(pieces)))).toMatchObject({ params: { reason: 'content' } });
    },
  );

  test('reading is stopped when it is asked for, and the file is closed then', async () => {
    const abort = new AbortController();
    const reading = readSegment(path, { signal: abort.signal });
    await reading.next();
    abort.abort();
    await expect(reading.next()).rejects.toMatchObject({ name: 'AbortError' });
    rmSync(segmentOnDisk(file));
  });
});

describe('a footer that was made to harm', () => {
  const told = (change: (metadata: ReturnType<typeof parquetMetadata>) => void): string => {
    const metadata = parquetMetadata(file);
    const start = file.length - 8 - metadata.metadata_length;
    change(metadata);
    const out = new ByteWriter();
    writeMetadata(out, metadata);
    return segmentOnDisk(Buffer.concat([file.subarray(0, start), out.getBytes(), Buffer.from('PAR1')]));
  };
  const column = (metadata: ReturnType<typeof parquetMetadata>, n: number) => {
    const meta = metadata.row_groups[0]?.columns[n]?.meta_data;
    if (meta === undefined) throw new Error('there is no such column');
    return meta;
  };

  test.each<[string, (metadata: ReturnType<typeof parquetMetadata>) => void]>([
    ['rows without end', (m) => m.row_groups.forEach((group) => (group.num_rows = 1n << 40n))],
    ['fewer rows', (m) => m.row_groups.forEach((group) => (group.num_rows -= 1n))],
    ['a column as long as the world', (m) => (column(m, 2).total_compressed_size = 1n << 50n)],
    ['a column behind the end', (m) => (column(m, 1).data_page_offset = 1n << 40n)],
    ['a column before the beginning', (m) => (column(m, 1).data_page_offset = -5n)],
    ['a column in place of another', (m) => (column(m, 0).data_page_offset = column(m, 2).data_page_offset)],
    ['another codec', (m) => (column(m, 2).codec = 'ZSTD')],
    ['a column of another kind', (m) => Object.assign(m.schema[2] ?? {}, { type_length: 1 << 30 })],
    ['another name', (m) => Object.assign(m.schema[1] ?? {}, { name: 'key' })],
    ['a column in another file', (m) => m.row_groups[0]?.columns.forEach((one) => (one.file_path = '/etc/passwd'))],
    ['fewer columns', (m) => m.row_groups[0]?.columns.pop()],
  ])('%s', async (_, change) => {
    const hostile = told(change);
    expect(await outcome(hostile)).toBeInstanceOf(Fault);
    expect(keysOf(hostile)).toSatisfy((result) => result instanceof Fault || typeof result === 'number');
  });

  test('blocks of ids that a reader would walk for ever', () => {
    // Sizes of blocks and parts, the count, the first number; then an endless step back.
    for (const head of [
      [128, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 0],
      [0, 4, 2, 0],
      [128, 1, 0, 2, 0],
    ]) {
      const body = Uint8Array.from([...head, ...Array<number>(40).fill(0)]);
      const last = { kind: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
      expect(() => readIds(body, 2, new IdColumn(2), 0, last)).toThrow('a page of ids is none');
    }
  });

  test('lists that claim more than there is', async () => {
    for (const list of [
      [0x19, 0xfc, 0xff, 0xff, 0xff, 0x07],
      [0x19, 0xf9, 0xff, 0xff, 0xff, 0x0f],
      Array<number>(64).fill(0x1c),
    ]) {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(list.length);
      const bytes = Buffer.concat([Buffer.from('PAR1'), Buffer.from(list), length, Buffer.from('PAR1')]);
      expect(await outcome(segmentOnDisk(bytes))).toMatchObject({ params: { reason: 'content' } });
    }
  });
});
