import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault, type FaultParams } from '../../../main/faults/fault.ts';
import { INCOMPLETE } from '../../../main/points/json-scanner.ts';
import { PointScanner, type PointScannerOptions, type Span } from '../../../main/points/point-scanner.ts';
import { VectorShapes } from '../../../main/points/vector-shapes.ts';

function scannerOf(text: string, options: PointScannerOptions = {}): PointScanner {
  const bytes = Buffer.from(`${text}\0`);
  const scanner = new PointScanner(new VectorShapes(), options);
  scanner.load(bytes, 0, bytes.length - 1, 0);
  return scanner;
}

function scanned(text: string, options: PointScannerOptions = {}): PointScanner {
  const scanner = scannerOf(text, options);
  scanner.scanPoint();
  return scanner;
}

const textOf = (scanner: PointScanner, { start, end }: Span): string | null =>
  start < 0 ? null : scanner.text(start, end);

/** What is wrong with the last of these points; the others must be good. */
function refusal(...points: string[]): FaultParams {
  const scanner = scannerOf(points.join(','));
  try {
    for (let n = 0; n < points.length; n++) {
      if (n > 0) scanner.expect(0x2c, 'a comma');
      scanner.scanPoint();
    }
  } catch (error) {
    if (error instanceof Fault && error.code === 'BAD_ARCHIVE') return error.params;
    throw error;
  }
  throw new Error(`accepted: ${points.join(',')}`);
}

const white = fc.stringMatching(/^[ \n\r\t]{0,2}$/);
const idText = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n).map(String),
  fc.uuid().map((id) => `"${id}"`),
);
const vectorText = fc.oneof(
  fc.constant('null'),
  fc.constant('{}'),
  fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }).map((v) => JSON.stringify(v)),
);
const payloadText = fc.oneof(
  fc.constant('null'),
  fc.dictionary(fc.string(), fc.jsonValue()).map((p) => JSON.stringify(p)),
);

describe('a point', () => {
  test('is found in its parts, whatever their order and the space around them', () => {
    fc.assert(
      fc.property(
        fc.record({ id: idText, vector: vectorText, payload: payloadText }, { requiredKeys: ['id'] }),
        fc.shuffledSubarray(['id', 'vector', 'payload'] as const, { minLength: 3 }),
        white,
        white,
        (parts, order, a, b) => {
          const members = order.flatMap((key) =>
            parts[key] === undefined ? [] : [`${a}"${key}"${b}:${a}${parts[key]}${b}`],
          );
          const text = `{${members.join(',')}}`;
          const scanner = scanned(`${b}${text},{`);
          expect(textOf(scanner, scanner.point)).toBe(text);
          expect(textOf(scanner, scanner.idText)).toBe(parts.id);
          expect(textOf(scanner, scanner.vector)).toBe(parts.vector ?? null);
          expect(textOf(scanner, scanner.payload)).toBe(parts.payload ?? null);
          expect(scanner.extra).toBe(false);
          expect(scanner.idString()).toBe(parts.id.replaceAll('"', ''));
          expect(scanner.pos).toBe(scanner.point.end);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('that is cut off goes on elsewhere, at every byte', () => {
    const text =
      '{"id":"550e8400-e29b-41d4-a716-446655440000","vector":{"a":[1.5,-2e1],"b":[[1],[2]],"c":{"indices":[3,1],"values":[0.5,1]}},"payload":{"é":"\\ud83d\\ude00"},"shard_key":"k"}';
    for (let end = 0; end < text.length; end++) {
      const bytes = Buffer.concat([Buffer.from(text).subarray(0, end), Buffer.alloc(1)]);
      const scanner = new PointScanner();
      scanner.load(bytes, 0, end, 0);
      expect(() => scanner.scanPoint(), `cut at ${end}`).toThrow(INCOMPLETE);
    }
    expect(scanned(text).extra).toBe(true);
  });

  test('may carry more than a target should get, and says so', () => {
    for (const more of ['"shard_key":"a"', '"score":0.5', '"version":3', '"":1', '"vektor":[1]', '"Id":5']) {
      const scanner = scanned(`{"id":1,"vector":[1],${more}}`);
      expect(scanner.extra).toBe(true);
      expect(textOf(scanner, scanner.shardKey)).toBe(more.includes('shard_key') ? '"a"' : null);
    }
  });

  test('keeps its vector however the key is spelled', () => {
    for (const key of ['vectors', 'v\\u0065ctor', '\\u0076\\u0065\\u0063\\u0074\\u006f\\u0072', 'vector\\u0073']) {
      const scanner = scanned(`{"id":1,"${key}":[1,2]}`);
      expect(textOf(scanner, scanner.vector)).toBe('[1,2]');
      expect(scanner.extra).toBe(true);
    }
    const scanner = scanned('{"i\\u0064":7,"p\\u0061yload":{"a":1}}');
    expect(scanner.idString()).toBe('7');
    expect(textOf(scanner, scanner.payload)).toBe('{"a":1}');
  });

  test.each([
    ['{}', { reason: 'missing_id' }],
    ['{"vector":[1]}', { reason: 'missing_id', offset: 0 }],
    ['[]', { reason: 'syntax' }],
    ['null', { reason: 'syntax' }],
    ['{"id":1,"id":2}', { reason: 'duplicate_key', key: 'id', offset: 9 }],
    ['{"id":1,"i\\u0064":2}', { reason: 'duplicate_key', key: 'id' }],
    ['{"id":1,"vector":[1],"vector":[2]}', { reason: 'duplicate_key', key: 'vector' }],
    ['{"id":1,"vector":[1],"vectors":[2]}', { reason: 'duplicate_key', key: 'vectors' }],
    ['{"id":1,"payload":{},"payload":{}}', { reason: 'duplicate_key', key: 'payload' }],
    ['{"id":1,"payload":[]}', { reason: 'payload_kind' }],
    ['{"id":1,"payload":"x"}', { reason: 'payload_kind' }],
    ['{"id":-1}', { reason: 'bad_id', point: '-1', offset: 6 }],
    ['{"id":1.0}', { reason: 'bad_id', point: '1.0' }],
    ['{"id":1e3}', { reason: 'bad_id', point: '1e3' }],
    ['{"id":-0}', { reason: 'bad_id', point: '-0' }],
    ['{"id":18446744073709551616}', { reason: 'bad_id', point: '18446744073709551616' }],
    ['{"id":01}', { reason: 'syntax' }],
    ['{"id":"abc"}', { reason: 'bad_id', point: 'abc' }],
    ['{"id":""}', { reason: 'bad_id' }],
    ['{"id":"5"}', { reason: 'bad_id', point: '5' }],
    ['{"id":null}', { reason: 'bad_id', point: 'null' }],
    ['{"id":[1]}', { reason: 'bad_id', point: '[1]' }],
    ['{"id":1e999}', { reason: 'not_finite' }],
    ['{"id":"550e8400e29b-41d4-a716-4466554400000"}', { reason: 'bad_id' }],
  ])('%s is refused', (text, expected) => expect(refusal(text)).toMatchObject(expected));

  test('gives the source text of the mapping keys, escapes and all', () => {
    const options = { pathKey: 'file "path"', hashKey: 'hash' };
    const scanner = scanned(
      '{"id":1,"payload":{"a":{"hash":"no"},"file \\"path\\"":"a\\u00e9/b","hash":"h"}}',
      options,
    );
    expect(textOf(scanner, scanner.path)).toBe('"a\\u00e9/b"');
    expect(textOf(scanner, scanner.hash)).toBe('"h"');
    const without = scanned('{"id":1,"payload":{"file \\"path\\"":5,"hash":["h"]}}', options);
    expect(textOf(without, without.path)).toBeNull();
    expect(textOf(without, without.hash)).toBeNull();
    expect(() => scanned(`{"id":1,"payload":${'{"a":'.repeat(123)}{}`, options)).toThrow('too_deep');
  });
});

describe('vectors', () => {
  const point = (id: number | string, vector: string): string => `{"id":${id},"vector":${vector}}`;

  test.each([
    [['[1,2]', '[-0,1e-3]', '{}', 'null', '[1E2,3.0e+4]'], { '': ['dense', 2] }],
    [['{"":[1]}', '[2]'], { '': ['dense', 1] }],
    [['[[1,2],[3,4]]', '[[5,6]]'], { '': ['multi', 2] }],
    [['{"a":[1],"b":[1,2]}', '{"b":[3,4],"a":[5]}', '{"b":[3,4]}', '{}'], { a: ['dense', 1], b: ['dense', 2] }],
    [['{"s":{"indices":[],"values":[]}}', '{"s":{"values":[1],"indices":[4294967295]}}'], { s: ['sparse', null] }],
    [
      ['{"s":{"indices":[9,1,5],"values":[1,2,3]},"d":[1],"m":[[1,2]]}'],
      { s: ['sparse', null], d: ['dense', 1], m: ['multi', 2] },
    ],
    [['{"é\\n\\"":[1]}', '{"\\u00e9\\u000a\\u0022":[2]}'], { 'é\n"': ['dense', 1] }],
    [['{"__proto__":[1],"constructor":[1,2]}'], { ['__proto__']: ['dense', 1], constructor: ['dense', 2] }],
    [[' { "a" : [ 1 , 2 ] } ', '[ ]'.slice(0, 0) + '{\n}'], { a: ['dense', 2] }],
  ] as const)('%j are known by name, kind and size', (vectors, expected) => {
    const scanner = scannerOf(vectors.map((vector, id) => point(id, vector)).join(','));
    for (let n = 0; n < vectors.length; n++) {
      if (n > 0) scanner.expect(0x2c, 'a comma');
      scanner.scanPoint();
    }
    const seen = [...scanner.shapes.schema()].map(([name, { kind, size }]) => [name, [kind, size]]);
    expect(seen).toEqual(Object.entries(expected));
  });

  test.each([
    [['[1,2]', '[1,2,3]'], { reason: 'dimension', got: 3, expected: 2, vector: '' }],
    [['[1,2]', '[]'], { reason: 'dimension', got: 0, expected: 2 }],
    [['[]'], { reason: 'dimension', got: 0 }],
    [['[[]]'], { reason: 'dimension', got: 0 }],
    [['[[1,2],[3]]'], { reason: 'dimension', got: 1, expected: 2 }],
    [['{"a":[1],"b":[1]}', '{"a":[1],"b":[1,2]}'], { reason: 'dimension', got: 2, expected: 1, vector: 'b' }],
    [['{"a":[1],"a":[1]}'], { reason: 'duplicate_key', key: 'a' }],
    [['{"a":[1],"\\u0061":[1]}'], { reason: 'duplicate_key', key: 'a' }],
    [['[1]', '[[1]]'], { reason: 'vector_kind', got: 'multi', expected: 'dense' }],
    [['{"a":[1]}', '{"a":{"indices":[1],"values":[1]}}'], { reason: 'vector_kind', got: 'sparse', vector: 'a' }],
    [['[NaN]'], { reason: 'not_finite' }],
    [['[1,Infinity]'], { reason: 'not_finite' }],
    [['[-Infinity]'], { reason: 'not_finite' }],
    [['[null]'], { reason: 'not_finite' }],
    [['[1,null]'], { reason: 'not_finite' }],
    [['[1e39]'], { reason: 'not_finite' }],
    [['[0,-1e39]'], { reason: 'not_finite' }],
    [['["1"]'], { reason: 'syntax' }],
    [['[true]'], { reason: 'syntax' }],
    [['[1,]'], { reason: 'syntax' }],
    [['[[1],2]'], { reason: 'syntax' }],
    [['[[[1]]]'], { reason: 'syntax' }],
    [['"abc"'], { reason: 'vector_kind' }],
    [['5'], { reason: 'vector_kind' }],
    [['{"a":null}'], { reason: 'vector_kind' }],
    [['{"a":"text"}'], { reason: 'vector_kind' }],
    [['{"a":{}}'], { reason: 'vector_kind' }],
    [['{"a":{"indices":[1]}}'], { reason: 'vector_kind' }],
    [['{"a":{"values":[]}}'], { reason: 'vector_kind' }],
    [['{"a":{"text":"embed me","model":"m"}}'], { reason: 'vector_kind' }],
    [['{"a":{"indices":5,"values":[1]}}'], { reason: 'vector_kind' }],
    [['{"a":{"indices":[1],"indices":[1],"values":[1]}}'], { reason: 'vector_kind' }],
    [['{"a":{"indices":[1,2],"values":[1]}}'], { reason: 'sparse_length', got: 1, expected: 2 }],
    [['{"a":{"indices":[1,1],"values":[1,2]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[3,1,2,3],"values":[1,2,3,4]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[ 3 , 1,\n2 ,3 ],"values":[1,2,3,4]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[4294967296],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[42949672960],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[-1],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[-0],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[1.0],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[1e2],"values":[1]}}'], { reason: 'sparse_index' }],
    [['{"a":{"indices":[1],"values":[NaN]}}'], { reason: 'not_finite' }],
    [['{"a":{"indices":[1],"values":[1e39]}}'], { reason: 'not_finite' }],
  ] as const)('%j are refused', (vectors, expected) => {
    const params = refusal(...vectors.map((vector, id) => point(id, vector)));
    expect(params).toMatchObject(expected);
    expect(params['offset']).toBeGreaterThan(0);
  });

  test('a wrong one among many is named by point, byte and both sizes', () => {
    const points = Array.from({ length: 500 }, (_, id) =>
      point(id, id === 377 ? '{"code":[1,2,3],"text":[1]}' : '{"code":[1,2,3],"text":[1,2]}'),
    );
    const offset = points.slice(0, 377).join(',').length + 1 + (points[377] ?? '').indexOf('[1]}');
    expect(refusal(...points.slice(0, 378))).toEqual({
      reason: 'dimension',
      offset,
      got: 1,
      expected: 2,
      vector: 'text',
      point: '377',
    });
  });

  test('any sparse indices are accepted exactly when they are unique', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 2 ** 32 - 1 }))), (indices) => {
        const text = point(1, `{"s":{"indices":[${indices.join(', ')}],"values":[${indices.map(() => '1').join()}]}}`);
        if (new Set(indices).size === indices.length) expect(() => scanned(text)).not.toThrow();
        else expect(() => scanned(text)).toThrow('sparse_index');
      }),
    );
  });

  test('names that never end are refused, before each is compared with all', () => {
    const points = Array.from({ length: 1025 }, (_, id) => point(id, `{"v${id}":[1]}`));
    expect(refusal(...points)).toMatchObject({ reason: 'too_many_vectors', limit: 1024, vector: 'v1024' });
  });
});
