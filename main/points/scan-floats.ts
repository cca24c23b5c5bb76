import type { JsonScanner } from './json-scanner.ts';

/** Numbers one behind the other, in room that grows. */
export class Floats {
  values: Float32Array = new Float32Array(1 << 10);
  length = 0;

  /** Makes room for as many again; gives the new `values`. */
  grow(): Float32Array {
    const larger = new Float32Array(this.values.length * 2);
    larger.set(this.values);
    return (this.values = larger);
  }
}

const POWERS = Float64Array.from({ length: 16 }, (_, n) => Number(`1e${n}`));
/** Of digits and the point. */
const LONGEST_EXACT = 15;

/**
 * What `JsonScanner.numbers` does, and the same refusals, with the numbers appended to `out` as 32-bit floats.
 *
 * Reading is exact: at most 15 digits are a whole number that a double holds, and so is the power of ten below them: their
 * quotient is correctly rounded. Anything longer, or with an exponent, goes the slow way. Rounding that to 32 bits is what
 * the server does with the same text.
 */
export function scanFloats(scanner: JsonScanner, out: Floats): number {
  if (scanner.peek() === 0x5d) {
    scanner.pos++;
    return 0;
  }
  const { buf } = scanner;
  const view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
  const last = buf.byteLength - 4;
  const before = out.length;
  let { values, length } = out;
  for (let pos = scanner.pos; ;) {
    if (length === values.length) values = out.grow();
    const start = pos;
    let c = buf[pos] as number;
    const negative = c === 0x2d;
    if (negative) c = buf[++pos] as number;
    const first = pos;
    let whole = 0;
    if (c === 0x30) c = buf[++pos] as number;
    else {
      while ((c - 0x30) >>> 0 < 10) {
        whole = whole * 10 + (c - 0x30);
        c = buf[++pos] as number;
      }
    }
    let scale = 0;
    if (c === 0x2e && pos > first) {
      const from = ++pos;
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
      scale = pos - from;
      // No digit behind the point.
      if (scale === 0) c = 0;
    }
    // Point and digits, of which there is one at least.
    if ((c === 0x2c || c === 0x5d) && pos > first && pos - first <= LONGEST_EXACT) {
      const value = whole / (POWERS[scale] as number);
      values[length++] = negative ? -value : value;
    } else {
      scanner.pos = start;
      scanner.number(true);
      pos = scanner.pos;
      values[length++] = Number(scanner.text(start, pos));
      c = buf[pos] as number;
    }
    if (c === 0x2c) {
      if ((buf[++pos] as number) > 0x20) continue;
      scanner.pos = pos;
      scanner.peek();
    } else {
      scanner.pos = pos;
      if (!scanner.more(0x5d)) break;
    }
    pos = scanner.pos;
  }
  out.length = length;
  return length - before;
}

/** Four ASCII digits, the first in the lowest byte, as a number: two and two are put together at once. */
function fourDigits(four: number): number {
  const digits = four & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}
