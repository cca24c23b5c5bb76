import { expect, test } from 'vitest';
import { dayStamp, safeFileName } from '../../../main/shell/file-names.ts';

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
  expect(safeFileName('😀'.repeat(300))).toBe('😀'.repeat(100));
});

test('days sort', () => {
  expect(dayStamp(new Date(2026, 0, 5, 23, 59))).toBe('2026-01-05');
});
