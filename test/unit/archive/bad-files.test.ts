import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { explainFault } from '../../../main/faults/explain.ts';
import { exportOf, faultOf, validateBytes } from '../../support/archives.ts';
import { flipBits, placesIn, smallExport } from '../../support/damage.ts';

const good = exportOf('{"id":1,"vector":[1,2]},\n{"id":2,"vector":[3,4]}', '{"dimensions":2}');
const replaced = (from: string, to: string): string => {
  expect(good).toContain(from);
  return good.replace(from, to);
};
const summary = (more: object): string => good.replace(/\}$/, `,"summary":${JSON.stringify(more)}}`);
const companion = (more: object): string =>
  good.replace(
    /\}$/,
    `,"companions":${JSON.stringify([{ name: 'a', sha256: createHash('sha256').update('x').digest('hex'), content: 'x', ...more }])}}`,
  );

test.each<[string, string | Uint8Array, object]>([
  ['empty', '', { reason: 'empty' }],
  ['empty once unpacked', gzipSync(''), { reason: 'empty' }],
  ['white space only', ' \n\t ', { reason: 'not_json', offset: 0 }],
  ['one byte of gzip', Buffer.of(0x1f), { reason: 'not_json' }],
  ['text', 'hello', { reason: 'not_json', offset: 0 }],
  ['a list', '[{"id":1}]', { reason: 'not_json', offset: 0 }],
  ['a zip', 'PK\u0003\u0004', { reason: 'not_json' }],
  ['Parquet', 'PAR1', { reason: 'not_json' }],
  ['UTF-16', Buffer.from(`\uFEFF${good}`, 'utf16le'), { reason: 'not_json' }],
  ['half a byte order mark', Buffer.of(0xef, 0xbb), { reason: 'not_json' }],
  ['zeros', Buffer.alloc(5000), { reason: 'not_json' }],
  ['an object of something else', '{"a":1}', { reason: 'not_an_export', key: 'version' }],
  ['an empty object', '{}', { reason: 'not_an_export' }],
  ['no points', '{"version":"1.0"}', { reason: 'not_an_export', key: 'vectors' }],
  ['no version', '{"vectors":[]}', { reason: 'not_an_export', key: 'version' }],
  ['version "2.0"', replaced('"1.0"', '"2.0"'), { reason: 'unknown_version', version: '2.0' }],
  ['version 2', replaced('"1.0"', '2'), { reason: 'unknown_version', version: '2' }],
  ['version 11', replaced('"1.0"', '11'), { reason: 'unknown_version' }],
  ['version "10.0"', replaced('"1.0"', '"10.0"'), { reason: 'unknown_version' }],
  ['version "abc"', replaced('"1.0"', '"abc"'), { reason: 'unknown_version' }],
  ['version ""', replaced('"1.0"', '""'), { reason: 'unknown_version' }],
  ['version null', replaced('"1.0"', 'null'), { reason: 'bad_metadata' }],
  ['version []', replaced('"1.0"', '[]'), { reason: 'bad_metadata' }],
  ['points that are no list', '{"version":"1.0","vectors":{}}', { reason: 'syntax' }],
  ['points that are null', '{"version":"1.0","vectors":null}', { reason: 'syntax' }],
  ['a point that is no object', exportOf('5'), { reason: 'syntax', nth: 1 }],
  ['a second point that is no object', exportOf('{"id":1},5'), { reason: 'syntax', nth: 2 }],
  ['no comma between points', exportOf('{"id":1}{"id":2}'), { reason: 'syntax', point: '1' }],
  ['a comma too many', exportOf('{"id":1},'), { reason: 'syntax', nth: 2 }],
  ['mappings that are a list', replaced('"vectors"', '"files":[1],"vectors"'), { reason: 'syntax' }],
  ['companions that are an object', replaced('"vectors"', '"companions":{},"vectors"'), { reason: 'syntax' }],
  ['metadata that is a list', exportOf('', '[]'), { reason: 'bad_metadata' }],
  ['a negative count', exportOf('', '{"total_vectors":-1}'), { reason: 'bad_metadata' }],
  [
    'dimensions in words',
    exportOf('', '{"dimensions":"768"}'),
    { reason: 'bad_metadata', detail: '"metadata.dimensions" is not what it should be' },
  ],
  ['text behind the end', `${good}x`, { reason: 'trailing', offset: good.length }],
  ['two documents', `${good}${good}`, { reason: 'trailing' }],
  ['two documents, two members', Buffer.concat([gzipSync(good), gzipSync(good)]), { reason: 'trailing' }],
  [
    'garbage behind the compressed data',
    Buffer.concat([gzipSync(good), Buffer.from('garbage')]),
    { reason: 'bad_gzip' },
  ],
  ['gzip of gzip', gzipSync(gzipSync(good)), { reason: 'not_json' }],
  [
    'the version twice',
    replaced('"metadata"', '"version":"1.0","metadata"'),
    { reason: 'duplicate_key', key: 'version' },
  ],
  ['the points twice', replaced('"metadata"', '"vectors":[],"metadata"'), { reason: 'duplicate_key', key: 'vectors' }],
  [
    'the points twice, one key escaped',
    replaced('"metadata"', '"vector\\u0073":[],"metadata"'),
    { reason: 'duplicate_key', key: 'vectors' },
  ],
  ['a wrong dimension', replaced('[3,4]', '[3,4,5]'), { reason: 'dimension', point: '2', got: 3, expected: 2 }],
  [
    'a dimension unlike the declared one',
    replaced('"dimensions":2', '"dimensions":3'),
    { reason: 'dimension', point: '1', got: 2, expected: 3 },
  ],
  [
    'a dimension declared behind the points',
    '{"version":"1.0","vectors":[{"id":1,"vector":[1]}],"metadata":{"dimensions":2}}',
    { reason: 'dimension', got: 1, expected: 2 },
  ],
  [
    'a vector that the settings do not have',
    exportOf('{"id":1,"vector":{"b":[1]}}', '{"config":{"vectors":{"a":{"size":1}}}}'),
    { reason: 'unknown_vector', vector: 'b', point: '1' },
  ],
  [
    'a dimension whose point names its id last',
    exportOf('{"vector":[1],"id":7},{"vector":[1,2],"id":8}'),
    { reason: 'dimension', nth: 2 },
  ],
  ['NaN', replaced('[3,4]', '[3,NaN]'), { reason: 'not_finite', point: '2' }],
  ['null in a vector', replaced('[3,4]', '[3,null]'), { reason: 'not_finite', point: '2' }],
  ['a number too large for a float', replaced('[3,4]', '[3,1e39]'), { reason: 'not_finite', point: '2' }],
  [
    'a point twice',
    replaced('"id":2', '"id":1'),
    { reason: 'duplicate_id', point: '1', offset: good.indexOf('{"id":2') },
  ],
  [
    'half a surrogate pair',
    replaced('"id":2', '"id":2,"payload":{"a":"\\udead"}'),
    { reason: 'lone_surrogate', point: '2' },
  ],
  ['half a surrogate pair in the metadata', exportOf('', '{"model":"\\ud800"}'), { reason: 'lone_surrogate' }],
  [
    'text that is not UTF-8',
    Buffer.from(replaced('"id":2', '"id":2,"payload":{"a":"\u00ff"}'), 'latin1'),
    { reason: 'bad_utf8', point: '2' },
  ],
  [
    'surrogates in UTF-8',
    Buffer.from(
      Buffer.from(replaced('"id":2', '"id":2,"payload":{"a":"XYZ"}'))
        .toString('latin1')
        .replace('XYZ', '\u00ed\u00a0\u0080'),
      'latin1',
    ),
    { reason: 'bad_utf8' },
  ],
  ['a count that is not so', exportOf('{"id":1}', '{"total_vectors":2}'), { reason: 'count', expected: 2, got: 1 }],
  ['another count at the end', summary({ total_vectors: 3 }), { reason: 'count', expected: 3, got: 2 }],
  ['another checksum', summary({ sha256: '0'.repeat(64) }), { reason: 'checksum' }],
  ['a checksum that is none', summary({ sha256: 'x' }), { reason: 'checksum' }],
  ['a companion with another checksum', companion({ content: 'y' }), { reason: 'companion_checksum', name: 'a' }],
  [
    'a companion without a name',
    companion({ name: undefined }),
    { reason: 'bad_metadata', detail: '"companions.name" is not what it should be' },
  ],
  ['a companion in another encoding', companion({ encoding: 'hex' }), { reason: 'bad_metadata' }],
  ['a companion that is text', replaced('"vectors"', '"companions":["a"],"vectors"'), { reason: 'bad_metadata' }],
])('a file with %s is refused', async (_, content, expected) => {
  const fault = await faultOf(validateBytes(content));
  expect(fault).toMatchObject({ code: 'BAD_ARCHIVE', params: expected });
  if (fault === undefined) return;
  const { message, hint, exitCode } = explainFault(fault);
  expect(message).toMatch(/^This file .*\.$/s);
  expect(`${message} ${hint}`).not.toMatch(/undefined|null\)|NaN\b(?!,)|\[object/);
  expect(exitCode).toBe(3);
  expect(hint).toContain('Nothing was written.');
  // The same, compressed: the same words and the same place.
  if (Buffer.from(content).subarray(0, 1).toString('hex') !== '1f' && content.length > 0) {
    expect((await faultOf(validateBytes(gzipSync(content))))?.params).toEqual(fault.params);
  }
});

test('a file that ends behind a comma does not blame the point before it', async () => {
  const cut = exportOf('{"id":1},').slice(0, -2);
  const fault = await faultOf(validateBytes(cut));
  expect(fault?.params).toEqual({ reason: 'truncated', offset: cut.length, nth: 2 });
});

test('text that is not UTF-8 is found wherever it is cut', async () => {
  for (const broken of [
    'ff',
    'c3',
    'c328',
    'e282',
    'e28228',
    'f09f98',
    'f09f9828',
    'eda080',
    'f8888080',
    'c080',
    '80',
  ]) {
    for (let before = 0; before < 5; before++) {
      const bytes = Buffer.concat([
        Buffer.from(exportOf('').slice(0, -2)),
        Buffer.from(`{"id":1,"payload":{"a":"${'x'.repeat(before)}`),
        Buffer.from(broken, 'hex'),
        Buffer.from('"}}]}'),
      ]);
      const offset = bytes.indexOf(Buffer.from(broken, 'hex'));
      // A member for every byte makes chunks of one byte each.
      for (const content of [bytes, Buffer.concat(Array.from(bytes, (byte) => gzipSync(Buffer.of(byte))))])
        expect((await faultOf(validateBytes(content)))?.params, `${broken} ${before}`).toMatchObject({
          reason: 'bad_utf8',
          offset,
        });
    }
  }
});

describe('damage to a small export', () => {
  test.each([false, true])('cut off at any byte it is refused; compressed: %s', async (compress) => {
    const whole = await smallExport(compress);
    let tried = 0;
    for (const length of placesIn(whole)) {
      tried++;
      const fault = await faultOf(validateBytes(whole.subarray(0, length)));
      if (!compress && length === whole.length - 1) {
        // Only the last line feed is gone.
        expect(fault).toBeUndefined();
        continue;
      }
      expect(fault?.code, `at ${length}`).toBe('BAD_ARCHIVE');
      const reason = fault?.params['reason'];
      if (length === 0) expect(reason).toBe('empty');
      else if (compress && length === 1) expect(reason).toBe('not_json');
      else {
        expect(reason, `at ${length}`).toBe('truncated');
        expect(fault?.params['offset']).toBeTypeOf('number');
      }
    }
    expect(tried).toBeGreaterThan(400);
  });

  // All eight bits of every byte: npm run torture.
  test.each([false, true])('a flipped bit is found, or harmless; compressed: %s', async (compress) => {
    const tally = await flipBits(compress, (at) => [at % 8, (at + 3) % 8]);
    expect(tally.found).toBeGreaterThan(1000);
  });
});
