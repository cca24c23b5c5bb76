import { expect, it } from 'vitest';
import {
  COLLECTION_SECTIONS,
  differenceNotices,
  settingDifferences,
} from '../../../main/qdrant/settings-difference.ts';
import { settingsFromFile } from '../../../main/qdrant/settings-from-file.ts';

const differences = (wanted: object, got: object): string[] =>
  settingDifferences(settingsFromFile(wanted), settingsFromFile(got), COLLECTION_SECTIONS).map(
    ({ setting, wanted: want, got: have }) => `${setting}: ${want} -> ${String(have)}`,
  );

it.each([
  ['nothing asked for', {}, { hnsw: { m: 16 }, metadata: { a: 1 } }, []],
  ['the same', { hnsw: { m: 16, on_disk: false } }, { hnsw: { on_disk: false, m: 16 } }, []],
  ['dropped', { hnsw: { m: 16, new_key: true } }, { hnsw: { m: 16 } }, ['hnsw.new_key: true -> undefined']],
  ['false is not absent', { hnsw: { on_disk: false } }, {}, ['hnsw.on_disk: false -> undefined']],
  [
    'another value',
    { vectors: { v: { size: 1, on_disk: true } } },
    { vectors: { v: { size: 1, on_disk: false } } },
    ['vectors.v.on_disk: true -> false'],
  ],
  [
    'null means off',
    { optimizers: { memmap_threshold: null } },
    { optimizers: { memmap_threshold: 5 } },
    ['optimizers.memmap_threshold: null -> 5'],
  ],
  ['null is absent', { optimizers: { memmap_threshold: null } }, { optimizers: {} }, []],
  ['empty is absent', { sparse_vectors: { s: { index: {} } } }, { sparse_vectors: { s: {} } }, []],
  [
    'a whole section',
    { quantization: { binary: { always_ram: true } } },
    { quantization: null },
    ['quantization.binary.always_ram: true -> undefined'],
  ],
  ['the order in a list', { metadata: { l: [1, 2] } }, { metadata: { l: [2, 1] } }, ['metadata.l: [1,2] -> [2,1]']],
  ['no order in a set', { strict_mode: { s: ['a', 'b'] } }, { strict_mode: { s: ['b', 'a'] } }, []],
])('%s', (_what, wanted, got, expected) => {
  expect(differences(wanted, got)).toEqual(expected);
});

it('compares digits, not doubles', () => {
  const limit = (text: string): object => ({
    hnsw: { full_scan_threshold: Number(text) },
    exact_numbers: [{ path: ['hnsw', 'full_scan_threshold'], text }],
  });
  expect(differences(limit('18446744073709551615'), limit('18446744073709551615'))).toEqual([]);
  expect(differences(limit('18446744073709551615'), limit('18446744073709551614'))).toHaveLength(1);
});

it('is told shortly', () => {
  const [notice] = differenceNotices([{ setting: 'a.b', wanted: '1', got: undefined }]);
  expect(notice).toEqual({ code: 'SETTING_NOT_TAKEN', params: { setting: 'a.b', wanted: '1', got: undefined } });
  const [difference] = differences({ metadata: { text: 'x'.repeat(500) } }, {});
  expect(difference?.length).toBeLessThan(120);
});
