import { equals } from './json-text.ts';
import type { JsonScanner } from './json-scanner.ts';

/** The scanner of the point that a vector stands in. */
type Reading = JsonScanner & { idString(): string };

const INDICES = Buffer.from('indices');
const VALUES = Buffer.from('values');
const NOT_AN_INDEX = -1;

/**
 * A sparse vector, `{"indices":[…],"values":[…]}` in either order, the opening brace being at `pos`. Indices are unique
 * u32 in any order (Qdrant sorts them), as many as there are values. Throws BAD_ARCHIVE {vector_kind, sparse_index,
 * sparse_length}.
 */
export function scanSparse(scanner: Reading): void {
  const start = scanner.pos++;
  let indices = -1;
  let values = -1;
  if (scanner.peek() === 0x7d) scanner.pos++;
  else {
    do {
      scanner.peek();
      const key = scanner.pos + 1;
      scanner.string();
      const end = scanner.pos - 1;
      scanner.expect(0x3a, '":"');
      const isList = scanner.peek() === 0x5b;
      if (isList && indices < 0 && end - key === INDICES.length && equals(scanner.buf, key, INDICES))
        indices = scanIndices(scanner);
      else if (isList && values < 0 && end - key === VALUES.length && equals(scanner.buf, key, VALUES)) {
        scanner.pos++;
        values = scanner.numbers();
      } else refuse(scanner, `an object with "${scanner.text(key, Math.min(end, key + 100))}"`, key);
    } while (scanner.more(0x7d));
  }
  if (indices < 0 || values < 0) refuse(scanner, 'an object without "indices" and "values"', start);
  if (indices !== values)
    scanner.fail('sparse_length', { got: values, expected: indices, point: scanner.idString() }, start);
}

function refuse(scanner: Reading, got: string, at: number): never {
  return scanner.fail('vector_kind', { got, expected: 'numbers', point: scanner.idString() }, at);
}

/** The list of indices at `pos`. Returns how many. */
function scanIndices(scanner: Reading): number {
  const from = scanner.pos;
  let count = 0;
  let last = -1;
  let descents = 0;
  scanner.list(() => {
    const start = scanner.pos;
    scanner.number(false);
    const index = indexIn(scanner.buf, start, scanner.pos);
    if (index === NOT_AN_INDEX) scanner.fail('sparse_index', { point: scanner.idString() }, start);
    if (index <= last) descents++;
    last = index;
    count++;
  });
  if (descents > 0 && hasTwins(scanner.buf, from, count))
    scanner.fail('sparse_index', { point: scanner.idString() }, from);
  return count;
}

/** A u32 in plain digits, as Qdrant wants it: not `1.0`, not `-0`, not `1e2`. */
function indexIn(buf: Uint8Array, start: number, end: number): number {
  if (end - start > 10) return NOT_AN_INDEX;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (buf[i] ?? 0) - 0x30;
    if (digit >>> 0 > 9) return NOT_AN_INDEX;
    value = value * 10 + digit;
  }
  return value > 0xffff_ffff ? NOT_AN_INDEX : value;
}

/** Does an index stand twice in a list that has been scanned already? Four bytes for each, however many they are. */
function hasTwins(buf: Uint8Array, from: number, count: number): boolean {
  const indices = new Uint32Array(count);
  let pos = from + 1;
  for (let n = 0; n < count; n++) {
    while (((buf[pos] ?? 0x30) - 0x30) >>> 0 > 9) pos++;
    const start = pos;
    while (((buf[pos] ?? 0) - 0x30) >>> 0 <= 9) pos++;
    indices[n] = indexIn(buf, start, pos);
  }
  indices.sort();
  for (let n = 1; n < count; n++) if (indices[n] === indices[n - 1]) return true;
  return false;
}
