import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { minimalSettings, NO_SETTINGS } from '../../../main/qdrant/collection-settings.ts';
import { settingsFromFile } from '../../../main/qdrant/settings-from-file.ts';

describe('settings in files of others', () => {
  it('may be missing, partial, or of another spelling', () => {
    expect(settingsFromFile(undefined)).toEqual(NO_SETTINGS);
    expect(settingsFromFile(null)).toEqual(NO_SETTINGS);
    expect(settingsFromFile({ anything: [1] })).toEqual(NO_SETTINGS);
    expect(settingsFromFile({ vectors: { size: 768, distance: 'cosine' } })).toEqual(minimalSettings(768));
    expect(settingsFromFile({ vectors: { a: { size: 3, distance: 'EUCLID' } } })).toEqual(
      minimalSettings({ a: 3 }, 'Euclid'),
    );
    expect(settingsFromFile({ vectors: { size: 3, distance: 'Elliptic' } }).vectors['distance']).toBe('Elliptic');
  });

  it('may be the config of a collection as Qdrant gives it', () => {
    const settings = settingsFromFile({
      params: { vectors: { size: 4, distance: 'Dot' }, sparse_vectors: { s: {} }, shard_number: 2 },
      hnsw_config: { m: 16 },
      optimizer_config: { indexing_threshold: 1 },
      wal_config: { wal_capacity_mb: 32 },
      quantization_config: null,
      strict_mode_config: { enabled: true },
      payload_schema: {
        path: { data_type: 'keyword', points: 7 },
        n: { data_type: 'integer', params: { type: 'integer', lookup: null, range: true }, points: 7 },
        short: 'bool',
      },
    });
    expect(settings).toEqual({
      ...NO_SETTINGS,
      vectors: { size: 4, distance: 'Dot' },
      sparse_vectors: { s: {} },
      params: { shard_number: 2 },
      hnsw: { m: 16 },
      optimizers: { indexing_threshold: 1 },
      wal: { wal_capacity_mb: 32 },
      strict_mode: { enabled: true },
      payload_indexes: { path: { type: 'keyword' }, n: { type: 'integer', range: true }, short: { type: 'bool' } },
    });
  });

  it('keep a key __proto__ as a key', () => {
    const config = JSON.parse(
      '{"vectors":{"__proto__":{"size":2}},"metadata":{"__proto__":{"polluted":1}},"payload_indexes":{"__proto__":"bool"}}',
    ) as unknown;
    const settings = settingsFromFile(config);
    expect(JSON.stringify(settings.vectors)).toBe('{"__proto__":{"size":2}}');
    expect(JSON.stringify(settings.metadata)).toBe('{"__proto__":{"polluted":1}}');
    expect(JSON.stringify(settings.payload_indexes)).toBe('{"__proto__":{"type":"bool"}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  let nested: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) nested = { a: nested };
  it.each([
    ['a string', 'config', 'config'],
    ['a list', [], 'config'],
    ['vectors that are none', { vectors: 5 }, 'config.vectors'],
    ['no size', { vectors: { a: {} } }, 'config.vectors.a'],
    ['size 0', { vectors: { size: 0 } }, 'config.vectors'],
    ['size 1.5', { vectors: { size: 1.5 } }, 'config.vectors'],
    ['an endless size', { vectors: { size: 1e9 } }, 'config.vectors'],
    ['a vector that is a number', { vectors: { a: 5 } }, 'config.vectors.a'],
    ['a distance that is no name', { vectors: { size: 5, distance: 1 } }, 'config.vectors'],
    ['a sparse vector that is no object', { sparse_vectors: { s: true } }, 'config.sparse_vectors.s'],
    ['an index without type', { payload_indexes: { f: {} } }, 'config.payload_indexes.f'],
    ['aliases that are none', { aliases: 'a' }, 'config.aliases'],
    ['a nameless alias', { aliases: [''] }, 'config.aliases.0'],
    ['hnsw as a list', { hnsw: [] }, 'config.hnsw'],
    ['endless depth', { metadata: nested }, 'config'],
    ['a shard key of another kind', { shard_keys: [{ key: null }] }, 'config.shard_keys.0.key'],
  ])('are refused with %s, saying where', (_what, config, where) => {
    expect(() => settingsFromFile(config)).toThrow(Fault);
    try {
      settingsFromFile(config);
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_ARCHIVE', params: { reason: 'bad_metadata' } });
      expect((error as Fault).params['detail']).toContain(where);
    }
  });

  it('whatever they are, give settings or a Fault', () => {
    const keys = fc.constantFrom(...Object.keys(NO_SETTINGS), 'hnsw_config', 'payload_schema', '__proto__', 'size');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (config) => {
        try {
          const settings = settingsFromFile(config);
          expect(settingsFromFile(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_ARCHIVE' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
