import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinExact,
  parseExact,
  printExact,
  sameExact,
  splitExact,
  type Json,
} from '../../../main/qdrant/exact-json.ts';

const numberText = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('1.0', '-0', '-0.0', '1e20', '1E+2', '0.10', '1e400', '123456789012345678901234567890.5'),
);
/** JSON text as a server writes it: without white space; no keys that JavaScript would sort to the front. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    numberText,
    fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('null', 'true', 'false', '"1.0"', '"\\"1.0"'),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(
        fc.tuple(
          fc.oneof(
            fc.constant('__proto__'),
            fc.string({ unit: 'grapheme' }).map((key) => `k${key}`),
          ),
          tie('value'),
        ),
        {
          maxLength: 4,
          selector: ([key]) => key,
        },
      )
      .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
})).value;

describe('numbers as they were spelled', () => {
  it('survive parsing and printing', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(printExact(parseExact(text))).toBe(text);
      }),
    );
  });

  it('survive being taken apart, sent as plain JSON and put together', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const { plain, exact } = splitExact(parseExact(text));
        // A number beyond the range of doubles has no plain form at all.
        fc.pre(!exact.some((entry) => !Number.isFinite(Number(entry.text))));
        const sent = JSON.parse(JSON.stringify({ plain, exact })) as { plain: Json; exact: typeof exact };
        expect(printExact(joinExact(sent.plain, sent.exact))).toBe(text);
      }),
    );
  });

  it('reads what JSON.parse reads, and refuses what it refuses', () => {
    for (const text of ['{', '01', '1.', '-', '"a', '[1,]', '{"a":1.0.0}', '1e', '+1', 'NaN', '--1', '']) {
      expect(() => parseExact(text), text).toThrow(SyntaxError);
    }
    expect(printExact(parseExact(' { "a" : [ 1.0 , "1.0" ] } '))).toBe('{"a":[1.0,"1.0"]}');
  });

  it('a forged list of exact numbers changes nothing', () => {
    const plain = { a: 1, b: '2', c: { d: 3 } };
    const forged = [
      { path: ['a'], text: '2' },
      { path: ['a'], text: '1,"x":1' },
      { path: ['b'], text: '2' },
      { path: ['c'], text: '3' },
      { path: ['__proto__', 'polluted'], text: '1' },
    ];
    expect(printExact(joinExact(plain, forged))).toBe(JSON.stringify(plain));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each([
    ['1', '1.0', true],
    ['100000000000000000000', '1e20', false],
    ['9007199254740993', '9007199254740992', false],
    ['18446744073709551615', '18446744073709551615', true],
    ['0', '-0.0', true],
    ['1', '"1"', false],
    ['{"a":1,"b":[2]}', '{"b":[2.0],"a":1}', true],
    ['{"a":null}', '{"b":null}', false],
    ['[1]', '[1,2]', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameExact(parseExact(a), parseExact(b))).toBe(same);
    expect(sameExact(parseExact(b), parseExact(a))).toBe(same);
  });
});
