import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { LONGEST_FLOAT, writeFloats } from '../../../main/points/float-text.ts';
import { INCOMPLETE, JsonScanner } from '../../../main/points/json-scanner.ts';
import { Floats, scanFloats } from '../../../main/points/scan-floats.ts';

const bits = new DataView(new ArrayBuffer(4));
const ofBits = (word: number): number => {
  bits.setUint32(0, word);
  return bits.getFloat32(0);
};
/** Every finite 32-bit float, all exponents alike. */
const float32 = fc
  .integer({ min: 0, max: 2 ** 32 - 1 })
  .map(ofBits)
  .filter((value) => Number.isFinite(value));

const written = (values: Float32Array): string => {
  const out = Buffer.alloc(values.length * LONGEST_FLOAT);
  return out.toString('latin1', 0, writeFloats(values, 0, values.length, out, 0));
};
/** The numbers behind the opening bracket, and what is thrown at others; `end`: where the text ends for the scanner. */
function read(list: string, end = list.length): { values: Float32Array; end: number } {
  const scanner = new JsonScanner();
  const floats = new Floats();
  floats.length = 1;
  scanner.load(Buffer.from(`${list}\0`), 1, end, 0);
  const count = scanFloats(scanner, floats);
  expect(floats.length).toBe(count + 1);
  return { values: floats.values.slice(1, count + 1), end: scanner.pos };
}

/** What comes of it: where it ended, or what was thrown. */
function outcome(scan: () => number): unknown {
  try {
    return scan();
  } catch (error) {
    if (error === INCOMPLETE) return 'incomplete';
    return error instanceof Fault ? error.toData() : error;
  }
}

/** The numbers passed over and no more. */
function passedOver(list: string): number {
  const scanner = new JsonScanner();
  scanner.load(Buffer.from(`${list}\0`), 1, list.length, 0);
  scanner.numbers();
  return scanner.pos;
}

describe('vectors as text', () => {
  test('are written as JSON that names every 32-bit float', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 50 }), (list) => {
        const values = Float32Array.from(list);
        const text = written(values);
        const back = JSON.parse(`[${text}]`) as number[];
        expect(Float32Array.from(back)).toEqual(values);
        for (const number of text.split(',')) expect(number.length).toBeLessThan(LONGEST_FLOAT);
        expect(read(`[${text}]`).values).toEqual(values);
      }),
      { numRuns: 3000 },
    );
  });

  test('are read as a 64-bit parser and a rounding to 32 bits read them', () => {
    const spelled = fc.oneof(
      float32.map((value) => String(value)),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -3e38, max: 3e38 }).map((value) => String(value)),
      float32.map((value) => value.toExponential()),
      float32.map((value) => value.toPrecision(8)),
      fc
        .tuple(
          fc.constantFrom('', '-'),
          fc.bigInt(0n, 10n ** 30n),
          fc.integer({ min: 0, max: 30 }),
          fc.constantFrom('', 'e5', 'E-12', 'e+2', 'e-30'),
        )
        .map(([sign, digits, point, exponent]) => {
          const text = String(digits).padStart(point + 1, '0');
          const [whole, part] = [text.slice(0, text.length - point), text.slice(text.length - point)];
          return `${sign}${whole.replace(/^0+(?=\d)/, '')}${part === '' ? '' : `.${part}`}${exponent}`;
        }),
      fc.constantFrom('0', '-0', '0.0', '-0.0', '0e5', '1.0', '1e20', '0.00000000000000000000000001', '1E-45', '1e-46'),
    );
    const space = fc.constantFrom('', ' ', '\n\t');
    fc.assert(
      fc.property(fc.array(spelled, { minLength: 1, maxLength: 30 }), space, space, (list, before, after) => {
        const text = `[${list.map((number) => before + number + after).join(',')}]`;
        const expected = Float32Array.from(list.map(Number));
        const { values, end } = read(`${text},"x"`);
        expect(values).toEqual(expected);
        expect(end).toBe(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  test('are refused where they are refused when nobody wants the numbers, and in the same words', () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: float32.map(String) },
      fc.constantFrom(
        ...Array.from('0123456789.-+eE, ]x'),
        '00',
        '1.',
        '.5',
        '-',
        '1e99',
        '-1e40',
        'NaN',
        '0.12345678',
        '12.5',
        '\n',
        '',
      ),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(',', ''), fc.nat(), (pieces, comma, cut) => {
        const whole = `[${pieces.join(comma)}]`;
        const text = cut % 3 === 0 ? whole.slice(0, 1 + (cut % whole.length)) : whole;
        const expected = outcome(() => passedOver(text));
        expect(outcome(() => read(text).end)).toEqual(expected);
        seen.add(typeof expected === 'number' ? 'read' : JSON.stringify(expected).replaceAll(/\d+/g, ''));
      }),
      { numRuns: 5000 },
    );
    // Numbers, not finite, cut off, and several ways of being none.
    expect(seen.size).toBeGreaterThan(4);
  });
});
