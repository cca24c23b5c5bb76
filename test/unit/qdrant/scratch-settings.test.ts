import { expect, test } from 'vitest';
import { NO_SETTINGS } from '../../../main/qdrant/collection-settings.ts';
import { scratchSettings } from '../../../main/qdrant/scratch-settings.ts';

test('what decides which numbers are kept stays, and nothing else', () => {
  const found = scratchSettings({
    ...NO_SETTINGS,
    vectors: {
      a: { size: 3, distance: 'Cosine', datatype: 'float16', on_disk: false, hnsw_config: { m: 32 } },
      size: { size: 2, distance: 'Dot', multivector_config: { comparator: 'max_sim' }, quantization_config: {} },
    },
    sparse_vectors: { s: { modifier: 'idf', index: { datatype: 'uint8', full_scan_threshold: 7 } }, t: {} },
    hnsw: { m: 64 },
    quantization: { scalar: { type: 'int8' } },
    optimizers: { prevent_unoptimized: true, indexing_threshold: 5 },
    params: { sharding_method: 'custom', shard_number: 6, replication_factor: 3 },
    strict_mode: { enabled: true },
    metadata: { model: 'm' },
    payload_indexes: { path: { type: 'keyword' } },
    aliases: ['live'],
    shard_keys: [{ key: 'eu' }],
    exact_numbers: [{ path: ['hnsw', 'm'], text: '64' }],
  });
  expect(found).toEqual({
    ...NO_SETTINGS,
    vectors: {
      a: { size: 3, distance: 'Cosine', datatype: 'float16', on_disk: true },
      size: { size: 2, distance: 'Dot', multivector_config: { comparator: 'max_sim' }, on_disk: true },
    },
    sparse_vectors: { s: { index: { datatype: 'uint8' } }, t: {} },
    hnsw: { m: 0 },
    optimizers: { indexing_threshold: 0, prevent_unoptimized: false },
    params: { shard_number: 1, replication_factor: 1, write_consistency_factor: 1, on_disk_payload: true },
  });
  expect(scratchSettings({ ...NO_SETTINGS, vectors: { size: 4, distance: 'Dot' } }).vectors).toEqual({
    ...{ size: 4, distance: 'Dot', on_disk: true },
  });
});
