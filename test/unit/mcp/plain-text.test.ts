import { expect, it } from 'vitest';
import { plainData, plainText } from '../../../main/mcp/plain-text.ts';

it.each([
  ['code', 'code'],
  ['日本 naïve 👍', '日本 naïve 👍'],
  ['a\u001b[31mred\u0007', 'a [31mred '],
  ['one\r\n\ttwo\u2028three', 'one two three'],
  ['abc\u202etxt.exe', 'abc txt.exe'],
  ['tag\u{e0041}\u{e0042}s', 'tag s'],
  ['half\ud83d', 'half '],
])('%j becomes %j', (given, expected) => expect(plainText(given)).toBe(expected));

it('caps, without cutting a character in half', () => {
  expect(plainText('x'.repeat(300))).toBe(`${'x'.repeat(255)}…`);
  expect(plainText('👍'.repeat(200), 10)).toBe(`${'👍'.repeat(4)}…`);
});

it('cleans values and keys at every depth, and leaves long paths whole', () => {
  const path = `/${'p'.repeat(1000)}`;
  expect(
    plainData({
      path,
      dimensions: { ['a\u0000b']: 3 },
      list: ['x\n', 1, null, true],
      error: { message: 'm'.repeat(900) },
    }),
  ).toEqual({
    path,
    dimensions: { 'a b': 3 },
    list: ['x ', 1, null, true],
    error: { message: 'm'.repeat(900) },
  });
});
