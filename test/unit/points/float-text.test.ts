import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_FLOAT, readFloats, writeFloats } from '../../../main/points/float-text.ts';

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
const read = (list: string, count: number): { values: Float32Array; end: number } => {
  const values = new Float32Array(count + 1);
  const end = readFloats(Buffer.from(list), 1, count, values, 1);
  return { values: values.subarray(1), end };
};

describe('vectors as text', () => {
  test('are written as JSON that names every 32-bit float', () => {
    fc.assert(
      fc.property(fc.array(float32, { minLength: 1, maxLength: 50 }), (list) => {
        const values = Float32Array.from(list);
        const text = written(values);
        const back = JSON.parse(`[${text}]`) as number[];
        expect(Float32Array.from(back)).toEqual(values);
        for (const number of text.split(',')) expect(number.length).toBeLessThan(LONGEST_FLOAT);
        expect(read(`[${text}]`, list.length).values).toEqual(values);
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
        const { values, end } = read(`${text},"x"`, list.length);
        expect(values).toEqual(expected);
        expect(end).toBe(text.length);
      }),
      { numRuns: 3000 },
    );
  });
});
