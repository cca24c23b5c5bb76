import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { shorten, table, type Column } from '../../../main/terminal/table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Name', least: 8 },
  { title: 'Points', align: 'right' },
  { title: 'Size', align: 'right', leaveOut: 1 },
  { title: 'Reason', least: 6, leaveOut: 2 },
];
const ROWS = [
  ['code-20261122T140302Z', '20,000', '81.7 MB', 'manual'],
  ['code-20261121T140302Z', '19', '1 kB', 'before-the-big-reindex'],
];

describe('a table', () => {
  test('is as wide as it takes where nobody looks at a screen', () => {
    expect(table(COLUMNS, ROWS, null)).toEqual([
      'Name                   Points     Size  Reason',
      'code-20261122T140302Z  20,000  81.7 MB  manual',
      'code-20261121T140302Z      19     1 kB  before-the-big-reindex',
    ]);
  });

  test('shortens its longest names in the middle first, then leaves columns out', () => {
    expect(table(COLUMNS, ROWS, 56)).toEqual([
      'Name                   Points     Size  Reason',
      'code-20261122T140302Z  20,000  81.7 MB  manual',
      'code-20261121T140302Z      19     1 kB  before-t…reindex',
    ]);
    expect(table(COLUMNS, ROWS, 32)).toEqual([
      'Name             Points     Size',
      'code-20…140302Z  20,000  81.7 MB',
      'code-20…140302Z      19     1 kB',
    ]);
    expect(table(COLUMNS, ROWS, 16)).toEqual(['Name      Points', 'code…02Z  20,000', 'code…02Z      19']);
    expect(table(COLUMNS, ROWS, 9)).toEqual(['Name…ints', 'code…,000', 'code…  19']);
  });

  test('stands straight whatever is in it, and no control character reaches the terminal', () => {
    const rows = [
      ['日本語のコード', '1', '', ''],
      ['\u001b[31mred\u001b[0m\nbreak', '2', '', ''],
      ['👩‍💻👩‍💻', '3', '', ''],
    ];
    expect(table(COLUMNS.slice(0, 2), rows, null)).toEqual([
      'Name            Points',
      '日本語のコード       1',
      'red\uFFFDbreak            2',
      '👩‍💻👩‍💻                 3',
    ]);
  });

  test('is never wider than the terminal, for any names', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 6 }), fc.nat(120), (rows, width) => {
        const room = width + 2;
        for (const line of table(COLUMNS, rows, room)) expect(stringWidth(line)).toBeLessThanOrEqual(room);
      }),
    );
  });
});

test('what is shortened keeps both ends', () => {
  expect(shorten('abcdefghij', 10)).toBe('abcdefghij');
  expect(shorten('abcdefghij', 6)).toBe('abc…ij');
  expect(shorten('日本語のコード', 6)).toBe('日…ド');
  expect(shorten('abc', 1)).toBe('…');
});
