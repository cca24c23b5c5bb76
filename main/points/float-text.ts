/** 32-bit floats as text: 9 significant digits, which tell any two of them apart. `scan-floats.ts` reads them. */

const POWERS = Float64Array.from({ length: 14 }, (_, n) => Number(`1e${n}`));

/** Bytes that one number may take, with the comma behind it: sign, leading zeros or exponent, nine digits, point. */
export const LONGEST_FLOAT = 20;

/** Three digits for every number below a thousand, in ASCII. */
const TRIPLES = Buffer.from(Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''));
const DIGITS = new Uint8Array(9);

/** Writes `count` numbers with commas between them to `out` from `pos` on; returns the index behind them. There must be room for LONGEST_FLOAT each. */
export function writeFloats(values: Float32Array, from: number, count: number, out: Buffer, pos: number): number {
  for (let i = 0; i < count; i++) {
    if (i > 0) out[pos++] = 0x2c;
    pos = writeFloat(values[from + i] as number, out, pos);
  }
  return pos;
}

function writeFloat(value: number, out: Buffer, pos: number): number {
  const size = Math.abs(value);
  if (!(size >= 1e-5 && size < 1e9)) {
    return (
      pos + out.write(value === 0 ? (Object.is(value, -0) ? '-0.0' : '0.0') : value.toExponential(8), pos, 'latin1')
    );
  }
  if (value < 0) out[pos++] = 0x2d;
  let exponent = 0;
  if (size >= 1) while (size >= (POWERS[exponent + 1] as number)) exponent++;
  else while (size * (POWERS[-exponent] as number) < 1) exponent--;
  let whole = Math.round(size * (POWERS[8 - exponent] as number));
  // Just below a power of ten it may be rounded up to it.
  if (whole >= 1e9) {
    whole = Math.round(whole / 10);
    exponent++;
  }
  const high = (whole / 1e6) | 0;
  const rest = whole - high * 1e6;
  const middle = (rest / 1e3) | 0;
  triple(high, 0);
  triple(middle, 3);
  triple(rest - middle * 1e3, 6);
  let last = 9;
  while (last > 1 && DIGITS[last - 1] === 0x30) last--;
  if (exponent < 0) {
    out[pos++] = 0x30;
    out[pos++] = 0x2e;
    for (let zeros = -1 - exponent; zeros > 0; zeros--) out[pos++] = 0x30;
    for (let d = 0; d < last; d++) out[pos++] = DIGITS[d] as number;
    return pos;
  }
  for (let d = 0; d <= exponent; d++) out[pos++] = DIGITS[d] as number;
  out[pos++] = 0x2e;
  if (last <= exponent + 1) out[pos++] = 0x30;
  for (let d = exponent + 1; d < last; d++) out[pos++] = DIGITS[d] as number;
  return pos;
}

function triple(value: number, at: number): void {
  const from = value * 3;
  DIGITS[at] = TRIPLES[from] as number;
  DIGITS[at + 1] = TRIPLES[from + 1] as number;
  DIGITS[at + 2] = TRIPLES[from + 2] as number;
}
