import { expect, it } from 'vitest';
import { compareForImport } from '../../../main/qdrant/import-fit.ts';
import { minimalSettings } from '../../../main/qdrant/collection-settings.ts';
import { settingsFromFile } from '../../../main/qdrant/settings-from-file.ts';

const fits = (file: object, target: object): unknown[] =>
  compareForImport(settingsFromFile(file), settingsFromFile(target)).map(
    ({ vector, what, file: inFile, target: inTarget, fatal, lossy }) =>
      [vector, what, inFile, inTarget, fatal ? 'fatal' : lossy ? 'lossy' : 'fine'].join(' '),
  );
const one = (more: object = {}): object => ({ vectors: { size: 4, distance: 'Cosine', ...more } });
const named = (vectors: object): object => ({ vectors });
const v = { size: 4, distance: 'Cosine' };

it.each([
  ['the same', one(), one(), []],
  ['more in the target', named({ a: v }), { ...named({ a: v, b: v }), sparse_vectors: { s: {} } }, []],
  ['other dimensions', one(), one({ size: 5 }), [' size 4 5 fatal']],
  ['another distance', one(), one({ distance: 'Dot' }), [' distance Cosine Dot fatal']],
  ['a distance nobody named', { vectors: { size: 4 } }, one({ distance: 'Dot' }), []],
  ['unnamed into named', one(), named({ a: v }), [' missing dense  fatal']],
  ['named into unnamed', named({ a: v }), one(), ['a missing dense  fatal']],
  ['named "" and unnamed are one', named({ '': v }), one(), []],
  ['sparse into nothing', { ...one(), sparse_vectors: { s: {} } }, one(), ['s missing sparse  fatal']],
  ['sparse into dense', { sparse_vectors: { s: {} } }, named({ s: v }), ['s kind sparse dense fatal']],
  ['dense into sparse', named({ s: v }), { sparse_vectors: { s: {} } }, ['s kind dense sparse fatal']],
  ['multi into dense', one({ multivector_config: { comparator: 'max_sim' } }), one(), [' multivector max_sim  fatal']],
  ['dense into multi', one(), one({ multivector_config: { comparator: 'max_sim' } }), [' multivector  max_sim fatal']],
  ['float32 into float16', one(), one({ datatype: 'float16' }), [' datatype float32 float16 lossy']],
  ['float16 into uint8', one({ datatype: 'float16' }), one({ datatype: 'uint8' }), [' datatype float16 uint8 lossy']],
  ['float16 into float32', one({ datatype: 'float16' }), one(), [' datatype float16 float32 fine']],
  ['turbo4 into itself', one({ datatype: 'turbo4' }), one({ datatype: 'turbo4' }), [' datatype turbo4 turbo4 lossy']],
  ['another quantization', one({ quantization_config: { binary: {} } }), one(), []],
  [
    'two faults',
    named({ a: v, b: v }),
    named({ a: { ...v, size: 1 } }),
    ['a size 4 1 fatal', 'b missing dense  fatal'],
  ],
])('%s', (_what, file, target, expected) => {
  expect(fits(file, target)).toEqual(expected);
});

it('a file without settings fits everything', () => {
  expect(compareForImport(settingsFromFile(null), minimalSettings(4))).toEqual([]);
});
