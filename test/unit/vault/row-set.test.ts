import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowSet } from '../../../main/vault/row-set.ts';

test('what is printed is read again', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(299)), (rows) => {
      const set = new RowSet(300);
      for (const row of rows) set.add(row);
      const again = RowSet.parse(set.toString(), 300);
      expect(again?.toString()).toBe(set.toString());
      expect(again?.count).toBe(rows.length);
      for (let row = 0; row < 300; row++) expect(again?.has(row)).toBe(rows.includes(row));
    }),
  );
});

test.each([
  ',',
  '1,',
  ',1',
  '1-',
  '-1',
  '1--2',
  '2-1',
  '3,3',
  '3,2',
  '0-3,3',
  '10',
  '0-10',
  '1 ',
  'a',
  '00000000001',
  '1;2',
])('%o is none', (text) => {
  expect(RowSet.parse(text, 10)).toBeNull();
  expect(RowSet.isText(text, 10)).toBe(false);
});

test('a range of any length is read at once, and checked without any memory', () => {
  const rows = 2 ** 30;
  const began = performance.now();
  expect(RowSet.isText(`0-${rows - 1}`, rows)).toBe(true);
  expect(performance.now() - began).toBeLessThan(50);
  const set = RowSet.parse('3-99999999', 100_000_003);
  expect([set?.count, set?.has(2), set?.has(3), set?.has(99_999_999), set?.has(100_000_000)]).toEqual([
    ...[99_999_997, false, true, true, false],
  ]);
  expect(performance.now() - began).toBeLessThan(1000);
});
