import type { PointScanner } from './point-scanner.ts';

const COMMA = 0x2c;

/** Goes through `count` points that stand in `pieces` as `{…},{…}`, and calls back behind each. */
export function scanRun(
  scanner: PointScanner,
  pieces: readonly Uint8Array[],
  count: number,
  found: (scanner: PointScanner) => void,
): void {
  // The scanner wants a zero behind the text.
  const text = Buffer.concat([...pieces, Buffer.alloc(1)]);
  scanner.load(text, 0, text.length - 1, 0);
  for (let left = count; left > 0; left--) {
    scanner.scanPoint();
    found(scanner);
    if (left > 1) scanner.expect(COMMA, '","');
  }
}
