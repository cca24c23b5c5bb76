import { describe, expect, test } from 'vitest';
import { detectMappingKeys, FileMappings } from '../../../main/jobs/tasks/file-mappings.ts';
import { PointScanner } from '../../../main/points/point-scanner.ts';
import { VectorShapes } from '../../../main/points/vector-shapes.ts';

describe('the payload keys of path and hash', () => {
  test.each([
    [[{ filePath: 'a', hash: 'h' }], null, { pathKey: 'filePath', hashKey: 'hash' }],
    [[{ source: 'a', path: 'b' }], null, { pathKey: 'path', hashKey: null }],
    [[{ path: 'a' }, {}, {}], null, { pathKey: null, hashKey: null }],
    [[{ path: 'a' }, {}], null, { pathKey: 'path', hashKey: null }],
    [[{ path: 5 }, { path: '' }, { path: null }], null, { pathKey: null, hashKey: null }],
    [[{ path: 'a' }], 'mine', { pathKey: 'mine', hashKey: null }],
    [[null, 'text', ['path'], 5, { uri: 'a' }], null, { pathKey: null, hashKey: null }],
    [[], null, { pathKey: null, hashKey: null }],
    [[JSON.parse('{"__proto__":{"path":"a"}}')], null, { pathKey: null, hashKey: null }],
  ])('%j', (payloads: unknown[], chosen, expected) => {
    expect(detectMappingKeys(payloads, chosen)).toEqual(expected);
  });
});

describe('FileMappings', () => {
  const collect = (...payloads: string[]): FileMappings => collectInto(new FileMappings(), ...payloads);
  const collectInto = (files: FileMappings, ...payloads: string[]): FileMappings => {
    const scanner = new PointScanner(new VectorShapes(), { pathKey: 'path', hashKey: 'hash' });
    payloads.forEach((payload, id) => {
      const bytes = Buffer.from(`{"id":${id},"payload":${payload}}\0`);
      scanner.load(bytes, 0, bytes.length - 1, 0);
      scanner.scanPoint();
      files.add(scanner);
    });
    return files;
  };

  test('counts points, and keeps a hash that all of a file agree on', () => {
    const files = collect(
      '{"path":"a","hash":"1"}',
      '{"path":"a","hash":"1"}',
      '{"path":"b","hash":"1"}',
      '{"path":"b","hash":"2"}',
      '{"path":"c","hash":"1"}',
      '{"path":"c"}',
      '{"path":"d"}',
      '{"other":"e"}',
      'null',
    );
    expect(JSON.parse(files.text())).toEqual({
      a: { points: 2, hash: '1' },
      b: { points: 2 },
      c: { points: 2 },
      d: { points: 1 },
    });
    expect(files.size).toBe(4);
    expect(new FileMappings().text()).toBe('{}');
  });

  describe('at its limit', () => {
    const points = [
      '{"path":"a","hash":"1"}',
      '{"path":"bb"}',
      '{"path":"ccc"}',
      '{"path":"a","hash":"1"}',
      '{"path":"d"}',
    ];

    test.each([
      ['of files', { files: 2, bytes: 1000 }],
      // "a" with "1": 32 + 3 + 3. "bb": 32 + 4. There is room for a "d", but the list is of the first.
      ['of bytes', { files: 100, bytes: 38 + 36 + 36 }],
    ])('%s: no further paths, those it has are counted on, and it is told', (_what, limits) => {
      const files = collectInto(new FileMappings(limits), ...points);
      expect(JSON.parse(files.text())).toEqual({ a: { points: 2, hash: '1' }, bb: { points: 1 } });
      expect(files.notices()).toEqual([{ code: 'FILES_NOT_ALL_LISTED', params: { listed: 2, points: 2 } }]);
    });

    test('and the text is no longer than the limit', () => {
      const bytes = 10_000;
      const many = Array.from({ length: 1000 }, (_, n) => `{"path":"src/é${n}.ts","hash":"${n}"}`);
      const files = collectInto(new FileMappings({ files: 1000, bytes }), ...many);
      expect(Buffer.byteLength(files.text())).toBeLessThanOrEqual(bytes);
      expect(files.size).toBeGreaterThan(100);
    });

    test('nothing is told where all are listed', () => {
      expect(collectInto(new FileMappings({ files: 4, bytes: 1000 }), ...points).notices()).toEqual([]);
      expect(collect(...points).size).toBe(4);
    });
  });

  test('keeps paths as they are spelled', () => {
    const files = collect('{"path":"__proto__"}', '{"path":"a\\\\b\\"\\u00e9"}', '{"path":""}');
    expect(files.text()).toBe('{\n"__proto__":{"points":1},\n"a\\\\b\\"\\u00e9":{"points":1},\n"":{"points":1}\n}');
  });
});
