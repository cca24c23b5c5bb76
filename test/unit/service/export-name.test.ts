import { expect, test } from 'vitest';
import { compresses, exportName, safeFileName } from '../../../main/service/export-name.ts';

test.each([
  ['code-index', 'code-index'],
  ['a/b\\c:d*e?f"g<h>i|j', 'a-b-c-d-e-f-g-h-i-j'],
  ['../../etc/passwd', 'etc-passwd'],
  ['.hidden.', 'hidden'],
  ['  spaces  ', 'spaces'],
  ['CON', 'CON-index'],
  ['', 'index'],
  ['///', 'index'],
  ['line\nbreak\u0000', 'line-break'],
  ['名前 😀', '名前 😀'],
])('%j becomes %j', (name, expected) => {
  expect(safeFileName(name)).toBe(expected);
});

test('long names are cut between characters', () => {
  expect(safeFileName('😀'.repeat(300))).toBe('😀'.repeat(60));
});

test('a name says index and local time', () => {
  const now = new Date(2026, 0, 5, 23, 59, 7);
  expect(exportName('code', true, now)).toBe('code-2026-01-05-235907.json.gz');
  expect(exportName('a/b', false, now)).toBe('a-b-2026-01-05-235907.json');
});

test.each([
  ['index.json', true, false],
  ['INDEX.JSON', true, false],
  ['index.json.gz', true, true],
  ['folder', true, true],
  ['index.json.gz', false, false],
])('%s, asked to compress %s: %s', (path, wanted, expected) => {
  expect(compresses(path, wanted)).toBe(expected);
});
