import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { INCOMPLETE, MAX_DEPTH } from '../../../main/points/json-scanner.ts';
import { scannerAt } from '../../support/archives.ts';

type Verdict = 'whole' | 'incomplete' | { reason: unknown; offset: unknown };

/** What the scanner says of one value; white space behind it is allowed, as in a document. */
function scan(text: string | Uint8Array): Verdict {
  const scanner = scannerAt(text);
  try {
    scanner.value(0);
  } catch (error) {
    if (error === INCOMPLETE) return 'incomplete';
    if (!(error instanceof Fault)) throw error;
    expect(error.code).toBe('BAD_ARCHIVE');
    return { reason: error.params['reason'], offset: error.params['offset'] };
  }
  try {
    scanner.peek();
  } catch (error) {
    if (error === INCOMPLETE) return 'whole';
    throw error;
  }
  return { reason: 'trailing', offset: scanner.pos };
}

/** The same with a space behind it: numbers have no end mark of their own. */
const accepts = (text: string): boolean => scan(`${text} `) === 'whole';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON.parse takes these and the scanner does not: Qdrant would refuse or change them. */
const differs = (text: string): boolean => {
  const value: unknown = JSON.parse(text);
  let found = false;
  const look = (part: unknown, depth: number): void => {
    if (typeof part === 'string') found ||= !part.isWellFormed();
    else if (typeof part === 'number') found ||= !Number.isFinite(part);
    else if (typeof part === 'object' && part !== null) {
      found ||= depth >= MAX_DEPTH;
      for (const [key, inner] of Object.entries(part)) {
        look(key, depth + 1);
        look(inner, depth + 1);
      }
    }
  };
  look(value, 0);
  return found;
};

const pieces = ['{', '}', '[', ']', ',', ':', '"', '\\', '\\u', 'd83d', '\\ude00', '00e9', 'n', 't', '/', 'x'].concat(
  ['-', '0', '1', '23', '.', 'e', 'E', '+', '1e400', '-0', 'true', 'false', 'null', 'NaN', 'Infinity', ' ', '\n', '\t'],
  ['\r', '"a"', '"":', '"k":1', 'é', '😀', '\u0001', '\u007f', '\u2028', '[]', '{}', '""', '\uFEFF', '\u0000'],
);

describe('JsonScanner', () => {
  test('accepts every JSON text that JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6, stringUnit: 'binary' }), fc.constantFrom(0, 1, '\t'), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        expect(accepts(text)).toBe(!differs(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('accepts of any text exactly what JSON.parse accepts, but for what Qdrant cannot hold', () => {
    let good = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        if (!parses(text)) expect(accepts(text)).toBe(false);
        else {
          good++;
          expect(accepts(text)).toBe(!differs(text));
        }
      }),
      { numRuns: 15_000 },
    );
    expect(good).toBeGreaterThan(200);
  });

  test('accepts of damaged JSON exactly what JSON.parse accepts', () => {
    let good = 0;
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4, stringUnit: 'grapheme' }),
        fc.nat(),
        fc.constantFrom(...pieces, ''),
        fc.nat(2),
        (json, at, piece, cut) => {
          const place = at % (json.length + 1);
          const text = json.slice(0, place) + piece + json.slice(place + cut);
          if (!text.isWellFormed()) return;
          if (parses(text)) good++;
          expect(accepts(text)).toBe(parses(text) && !differs(text));
        },
      ),
      { numRuns: 8_000 },
    );
    expect(good).toBeGreaterThan(400);
  });

  test('leaves the position behind the value, wherever that begins', () => {
    fc.assert(
      fc.property(fc.json(), fc.stringMatching(/^[ \n\r\t]{0,5}$/), (json, white) => {
        const scanner = scannerAt(`${white}${json},`);
        scanner.value(0);
        expect(scanner.pos).toBe(Buffer.byteLength(white + json));
      }),
    );
  });

  test('of a text that is cut off says that it goes on, never that it is whole or wrong', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4, stringUnit: 'binary' }), (json) => {
        fc.pre(!differs(json));
        const bytes = Buffer.from(`[${json}]`);
        for (let end = 0; end < bytes.length; end++) expect(scan(bytes.subarray(0, end))).toBe('incomplete');
        expect(scan(bytes)).toBe('whole');
      }),
      { numRuns: 300 },
    );
  });

  test('reads no byte behind the end, whatever stands there', () => {
    for (const [text, behind] of [
      ['"\\', 'n"'],
      ['"\\u00', 'e9"'],
      ['"\\ud83d\\u', 'de00"'],
      ['"\\ud83d', '\\ude00"'],
      ['tr', 'ue'],
      ['-', '1'],
      ['1.', '5'],
      ['1e', '5'],
      ['[', ']'],
    ] as const) {
      const scanner = scannerAt(text);
      const buf = Buffer.concat([Buffer.from(text), Buffer.alloc(1), Buffer.from(behind)]);
      scanner.load(buf, 0, text.length, 0);
      expect(() => scanner.value(0)).toThrow(INCOMPLETE);
    }
  });

  test.each([
    ['"\\ud800"', 'lone_surrogate'],
    ['"\\udc00"', 'lone_surrogate'],
    ['"\\ud800\\ud800"', 'lone_surrogate'],
    ['"\\ud800\\n1234"', 'lone_surrogate'],
    ['"\\uD83Dxxxxxx"', 'lone_surrogate'],
    ['"\\ud800\\ue000"', 'lone_surrogate'],
    ['"\\ud800\\udbff"', 'lone_surrogate'],
    ['[1e400]', 'not_finite'],
    ['[-1E+309]', 'not_finite'],
    [`[${'9'.repeat(400)}]`, 'not_finite'],
    ['[NaN]', 'not_finite'],
    ['[Infinity]', 'not_finite'],
    ['[-Infinity]', 'not_finite'],
    ['"\u0001"', 'syntax'],
    ['"\n"', 'syntax'],
    ['"\\x41"', 'syntax'],
    ['"\\u12g4"', 'syntax'],
    ['[01]', 'syntax'],
    ['[.5]', 'syntax'],
    ['[1.]', 'syntax'],
    ['[+1]', 'syntax'],
    ['[1,]', 'syntax'],
    ['{"a":1,}', 'syntax'],
    ["{'a':1}", 'syntax'],
    ['{"a" 1}', 'syntax'],
    ['[tru1]', 'syntax'],
    ['[1 2]', 'syntax'],
    ['[\u00001]', 'syntax'],
  ])('%s is refused as %s', (text, reason) => {
    expect(scan(`${text} `)).toMatchObject({ reason });
  });

  test.each([
    '9'.repeat(308),
    `${'1'.repeat(400)}e-300`,
    `0.${'0'.repeat(400)}1`,
    '-0',
    '1e-999',
    '18446744073709551616',
  ])('a payload may hold %s', (number) => expect(accepts(number)).toBe(true));

  test.each([
    ['340282350000000000000000000000000000000', true],
    ['3.4028235e38', true],
    ['3.4028236e38', false],
    ['1e39', false],
    ['-1e39', false],
    ['1e-50', true],
    [`1${'0'.repeat(39)}`, false],
    [`1${'0'.repeat(40)}e-5`, true],
  ])('the number %s of a vector is finite as a float: %s', (number, finite) => {
    const scanner = scannerAt(`${number} `);
    if (finite) scanner.number(true);
    else expect(() => scanner.number(true)).toThrow('not_finite');
  });

  test.each(['[', '{"a":'])('nesting by %s stops at the deepest that Qdrant takes', (open) => {
    const close = open === '[' ? ']' : '}';
    const nested = (depth: number): string =>
      open.repeat(depth - 1) + (open === '[' ? '[]' : '{}') + close.repeat(depth - 1);
    expect(scan(nested(MAX_DEPTH))).toBe('whole');
    expect(scan(nested(MAX_DEPTH + 1))).toMatchObject({ reason: 'too_deep' });
    expect(scan(open.repeat(1_000_000))).toMatchObject({ reason: 'too_deep', offset: open.length * MAX_DEPTH });
  });

  test('no control character may stand in a string', () => {
    for (let code = 0; code < 0x100; code++) {
      const text = `"${String.fromCharCode(code)}" `;
      expect(accepts(text), `${code}`).toBe(parses(text));
    }
  });

  test.each(['1', '-', '0', '12', '1.', '1.5', '1e', '1e5', 't', '"a', '"a\\'])('%s at the end may go on', (text) => {
    expect(scan(text)).toBe('incomplete');
  });

  test('offsets count from the beginning of the whole text', () => {
    const scanner = scannerAt('[1, x]');
    scanner.base = 5_000_000_000;
    expect(() => scanner.value(0)).toThrow('"offset":5000000004');
  });
});
