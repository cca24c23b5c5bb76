/**
 * Vectors between text and 32-bit floats. The text was scanned before: it is known to be a list of finite numbers.
 *
 * Reading is exact: at most 15 digits are a whole number that a double holds, a power of ten up to 22 is one too, and
 * their quotient is correctly rounded; anything longer goes the slow way. Rounding that to 32 bits is what the server
 * does with the same text. Writing takes 9 significant digits, which tell any two 32-bit floats apart.
 */

const POWERS = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
const MOST_DIGITS = 15;

/**
 * Reads the numbers of a list of `count`, `buf[pos]` being behind its opening bracket, into `out` from `at` on.
 * Returns the index behind the closing bracket.
 */
export function readFloats(buf: Uint8Array, pos: number, count: number, out: Float32Array, at: number): number {
  const view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
  const last = buf.byteLength - 4;
  for (let i = 0; i < count; i++) {
    let c = buf[pos] as number;
    while (c <= 0x20) c = buf[++pos] as number;
    const start = pos;
    const negative = c === 0x2d;
    if (negative) c = buf[++pos] as number;
    let whole = 0;
    // Nearly all numbers of embeddings.
    if (c === 0x30 && buf[pos + 1] === 0x2e) {
      pos += 2;
      const from = pos;
      while (pos <= last) {
        const four = view.getUint32(pos, true);
        if ((four & 0xf0f0f0f0) !== 0x30303030 || ((four + 0x06060606) & 0xf0f0f0f0) !== 0x30303030) break;
        whole = whole * 10_000 + fourDigits(four);
        pos += 4;
      }
      c = buf[pos] as number;
      while ((c - 0x30) >>> 0 < 10) {
        whole = whole * 10 + (c - 0x30);
        c = buf[++pos] as number;
      }
      const scale = pos - from;
      if (scale <= MOST_DIGITS && (c | 0x20) !== 0x65) {
        const value = whole / (POWERS[scale] as number);
        out[at + i] = negative ? -value : value;
        while (c <= 0x20) c = buf[++pos] as number;
        // The comma, or the bracket.
        pos++;
        continue;
      }
      pos = negative ? start + 1 : start;
    }
    pos = readFloat(buf, pos, start, out, at + i);
  }
  return pos;
}

/** Four ASCII digits, the first in the lowest byte, as a number: two and two are put together at once. */
function fourDigits(four: number): number {
  const digits = four & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

/** A number of any form, `pos` being behind its sign. Returns the index behind the comma or bracket that follows. */
function readFloat(buf: Uint8Array, pos: number, start: number, out: Float32Array, at: number): number {
  const negative = pos > start;
  let c = buf[pos] as number;
  let whole = 0;
  let digits = 0;
  let scale = 0;
  while ((c - 0x30) >>> 0 < 10) {
    whole = whole * 10 + (c - 0x30);
    if (whole !== 0) digits++;
    c = buf[++pos] as number;
  }
  if (c === 0x2e) {
    c = buf[++pos] as number;
    while ((c - 0x30) >>> 0 < 10) {
      whole = whole * 10 + (c - 0x30);
      if (whole !== 0) digits++;
      scale++;
      c = buf[++pos] as number;
    }
  }
  if ((c | 0x20) === 0x65) {
    c = buf[++pos] as number;
    const down = c === 0x2d;
    if (down || c === 0x2b) c = buf[++pos] as number;
    let exponent = 0;
    while ((c - 0x30) >>> 0 < 10) {
      if (exponent < 1e6) exponent = exponent * 10 + (c - 0x30);
      c = buf[++pos] as number;
    }
    scale += down ? exponent : -exponent;
  }
  if (digits > MOST_DIGITS || scale > 22 || scale < -22) {
    out[at] = Number(Buffer.from(buf.buffer, buf.byteOffset + start, pos - start).toString('latin1'));
  } else {
    const value = scale >= 0 ? whole / (POWERS[scale] as number) : whole * (POWERS[-scale] as number);
    out[at] = negative ? -value : value;
  }
  while (c <= 0x20) c = buf[++pos] as number;
  // The comma, or the bracket.
  return pos + 1;
}

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
