import { expect, it } from 'vitest';
import { atLeast } from '../../../main/qdrant/server-version.ts';

it.each([
  ['1.16.3', '1.16', true],
  ['1.16.0', '1.16', true],
  ['1.9.7', '1.16', false],
  ['1.15.99', '1.16', false],
  ['2.0.0', '1.16', true],
  ['1.17.1', '1.17.1', true],
  ['1.17.0', '1.17.1', false],
  ['v1.17.0-dev', '1.17', true],
  ['unknown', '1.0', false],
  ['', '1.0', false],
])('%s has what came with %s: %s', (version, wanted, has) => {
  expect(atLeast(version, wanted)).toBe(has);
});
