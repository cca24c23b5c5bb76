import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, GrowingBytes } from '../../../main/points/canonical-json.ts';

function canonical(text: string): string {
  const out = new GrowingBytes(1);
  const bytes = Buffer.from(`  ${text} ,`);
  const end = canonicalJson(bytes, 0, out);
  expect(bytes.toString('utf8', end).trim()).toBe(',');
  return out.bytes().toString();
}

type Json =
  | null
  | boolean
  | string
  | { readonly number: string }
  | readonly Json[]
  | { readonly members: readonly (readonly [string, Json])[] };

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('0', '-0.0', '1.0', '1', '1e5', '18446744073709551615', '0.1').map((number) => ({ number })),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), tie('json')), { maxLength: 6, selector: ([key]) => key })
      .map((members) => ({ members })),
  ),
}));

/** One of the ways to write it: order of keys, white space, escapes. */
function spell(value: Json, random: () => number): string {
  const space = (): string => ['', '', ' ', '\n'][Math.floor(random() * 4)] ?? '';
  const text = (plain: string): string =>
    `"${[
      ...JSON.stringify(plain)
        .slice(1, -1)
        .matchAll(/\\u....|\\.|[^]/gu),
    ]
      .map(([c]) =>
        c.length === 1 && c < '\x7f' && random() < 0.2 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
      )
      .join('')}"`;
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if ('number' in value) return value.number;
  if ('members' in value) {
    const shuffled = value.members.map((member) => ({ member, at: random() })).sort((a, b) => a.at - b.at);
    return `{${space()}${shuffled.map(({ member: [key, one] }) => `${text(key)}${space()}:${space()}${spell(one, random)}`).join(`${space()},${space()}`)}${space()}}`;
  }
  return `[${space()}${value.map((one) => spell(one, random)).join(`${space()},${space()}`)}${space()}]`;
}

/** As the definition says it, by way of objects. */
function expected(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if ('number' in value) return value.number;
  if ('members' in value) {
    const sorted = [...value.members].sort(([a], [b]) =>
      Buffer.compare(Buffer.from(JSON.stringify(a)), Buffer.from(JSON.stringify(b))),
    );
    return `{${sorted.map(([key, one]) => `${JSON.stringify(key)}:${expected(one)}`).join(',')}}`;
  }
  return `[${value.map(expected).join(',')}]`;
}

describe('canonical JSON', () => {
  test('spells each character in one way, however it was escaped', () => {
    for (let code = 0; code < 0x800; code++) {
      const character = String.fromCharCode(code);
      const digits = code.toString(16).padStart(4, '0');
      const escapes = new Set([digits, digits.toUpperCase()].map((hex) => `\\u${hex}`));
      for (const letter of '"\\/bfnrt') if (JSON.parse(`"\\${letter}"`) === character) escapes.add(`\\${letter}`);
      for (const escape of escapes) expect(canonical(`"a${escape}b"`)).toBe(JSON.stringify(`a${character}b`));
    }
  });

  test('is one text for all ways to write a value', () => {
    fc.assert(
      fc.property(
        json,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
        (value, stream) => {
          const random = (): number => stream.next().value as number;
          expect(canonical(spell(value, random))).toBe(expected(value));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"b":1,"a":{"d":2,"c":[{"z":1,"y":2}]}}', '{"a":{"c":[{"y":2,"z":1}],"d":2},"b":1}'],
    ['{ "a" : [ ] , "" : { } }', '{"":{},"a":[]}'],
    [String.raw`"\u00e9\/\n\ud83d\ude00"`, String.raw`"é/\n😀"`],
    ['{"__proto__":1,"a":2}', '{"__proto__":1,"a":2}'],
    ['{"ab":1,"a":2}', '{"a":2,"ab":1}'],
  ])('%s', (text, result) => {
    expect(canonical(text)).toBe(result);
  });
});
