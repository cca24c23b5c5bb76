import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../../main/faults/fault.ts';
import { faultOf, temporaryFolder, validateFile } from '../../support/archives.ts';

const MIB = 1 << 20;

/** `count` times the same piece between two ends: no more of it is held than 1 MiB. */
function* repeated(head: string, piece: string, count: number, tail: string): Generator<Buffer> {
  yield Buffer.from(head);
  const many = Math.max(1, Math.floor(MIB / piece.length));
  const block = Buffer.from(piece.repeat(many));
  for (let left = count; left > 0; left -= many) yield left >= many ? block : block.subarray(0, left * piece.length);
  yield Buffer.from(tail);
}

/** `{"k0":1,"k1":1,…`: as many different keys. */
function* keys(head: string, count: number, tail: string): Generator<Buffer> {
  yield Buffer.from(head);
  for (let from = 0; from < count; from += 10_000) {
    yield Buffer.from(Array.from({ length: 10_000 }, (_, n) => `"k${from + n}":1,`).join(''));
  }
  yield Buffer.from(tail);
}

let baseline = 0;
let highest = 0;
let timer: NodeJS.Timeout;
beforeAll(() => {
  timer = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 5);
});
afterAll(() => clearInterval(timer));

/** Validates what is packed into a gzip file; says what was found and by how many MiB memory grew at its highest. */
async function unpack(parts: Iterable<Buffer>): Promise<{ fault: Fault | undefined; grown: number }> {
  const path = join(temporaryFolder(), 'bomb.gz');
  await pipeline(Readable.from(parts), createGzip({ level: 1 }), createWriteStream(path));
  globalThis.gc?.();
  highest = baseline = process.memoryUsage.rss();
  const fault = await faultOf(validateFile(path));
  highest = Math.max(highest, process.memoryUsage.rss());
  return { fault, grown: Math.round((highest - baseline) / MIB) };
}

const OPEN = '{"version":"1.0","vectors":[';

describe('small files that unfold', () => {
  test.each<[string, Iterable<Buffer>, object | undefined, number]>([
    ['zeros', repeated('', '\0', 400 * MIB, ''), { reason: 'not_json' }, 100],
    ['spaces before anything', repeated('', ' ', 600 * MIB, ''), { reason: 'not_json' }, 100],
    ['spaces between points', repeated(`${OPEN}{"id":1},`, ' \n', 200 * MIB, '{"id":2}]}'), undefined, 100],
    [
      'spaces within a point',
      repeated(`${OPEN}{"id":1,`, ' ', 130 * MIB, '}]}'),
      { reason: 'too_large', what: 'point', limit: 128 },
      330,
    ],
    [
      'one string of 200 MB',
      repeated(`${OPEN}{"id":1,"payload":{"a":"`, 'x', 200 * MIB, '"}}]}'),
      { reason: 'too_large', what: 'point', point: '1' },
      330,
    ],
    [
      'one number of 200 MB',
      repeated(`${OPEN}{"id":1,"vector":[0.`, '1', 200 * MIB, ']}]}'),
      { reason: 'too_large' },
      330,
    ],
    ['one key of 200 MB', repeated('{"', 'k', 200 * MIB, '":1}'), { reason: 'too_large', what: 'section' }, 330],
    [
      'payloads nested a million deep',
      repeated(`${OPEN}{"id":1,"payload":`, '{"a":', 1e6, '1}]}'),
      { reason: 'too_deep', point: '1' },
      100,
    ],
    [
      'metadata nested a million deep',
      repeated('{"version":"1.0","metadata":', '[', 1e6, ''),
      { reason: 'too_deep' },
      100,
    ],
    [
      'an unknown key nested a million deep',
      repeated('{"version":"1.0","x":', '[{"a":', 1e6, ''),
      { reason: 'too_deep' },
      100,
    ],
    [
      'metadata of countless objects',
      repeated('{"version":"1.0","metadata":{"a":[', '{},', 30 * MIB, '1]},"vectors":[]}'),
      { reason: 'too_large', what: '"metadata"', limit: 16 },
      330,
    ],
    [
      'a companion of countless objects',
      repeated('{"version":"1.0","companions":[{"a":[', '{},', 30 * MIB, '1]}],"vectors":[]}'),
      { reason: 'bad_metadata' },
      330,
    ],
    [
      'countless companions',
      repeated(
        '{"version":"1.0","companions":[',
        '{"name":"a","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","content":""},',
        1e6,
        ']}',
      ),
      { reason: 'bad_metadata' },
      100,
    ],
    ['countless file mappings', keys('{"version":"1.0","files":{', 3e6, '"b":{}},"vectors":[]}'), undefined, 100],
    ['countless unknown keys', keys('{', 3e6, '"version":"1.0","vectors":[]}'), undefined, 100],
    [
      'empty lists without end',
      repeated('{"version":"1.0","x":[', '[],', 40 * MIB, '1],"vectors":[]}'),
      undefined,
      330,
    ],
  ])('%s', async (_, parts, expected, most) => {
    const { fault, grown } = await unpack(parts);
    if (expected === undefined) expect(fault).toBeUndefined();
    else expect(fault).toMatchObject({ code: 'BAD_ARCHIVE', params: expected });
    expect(grown).toBeLessThan(most);
  });
});

test('countless points of descending ids take 34 bytes each at most', async () => {
  const count = 1_000_000;
  function* parts(): Generator<Buffer> {
    yield Buffer.from(`${OPEN}{"id":${count}}`);
    for (let from = count - 1; from > 0; from -= 10_000) {
      let text = '';
      for (let id = from; id > Math.max(0, from - 10_000); id--) text += `,{"id":${id}}`;
      yield Buffer.from(text);
    }
    yield Buffer.from(']}');
  }
  const { fault, grown } = await unpack(parts());
  expect(fault).toBeUndefined();
  expect(grown).toBeLessThan(160);
});
