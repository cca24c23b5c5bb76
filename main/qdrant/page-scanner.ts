import { Fault } from '../faults/fault.ts';
import { INCOMPLETE } from '../points/json-scanner.ts';
import { compareIds, copyId, type PointId } from '../points/point-id.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import type { Body } from './http.ts';

/** One answer of scroll, checked: `buf[start..end)` is `{…},{…},…` exactly as it came. */
export interface ScannedPage {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  /** How many of these bytes are vectors. */
  readonly vectorBytes: number;
  /** Source text of `next_page_offset` (a number or a quoted UUID), null at the end. */
  readonly next: string | null;
}

/**
 * Walks a scroll answer `{"result":{"points":[…],"next_page_offset":…},…}`, keys in any order, and calls `each` for
 * every point with the scanner standing behind it. `last` is the id before this page and is moved along: Qdrant
 * scrolls in ascending order, so a point that is not above it came twice or out of order.
 */
export function scanPage(scanner: PointScanner, body: Body, last: PointId, each?: () => void): ScannedPage {
  scanner.load(body.buf, 0, body.length, 0);
  let page: ScannedPage | null = null;
  try {
    scanner.expect(0x7b, 'an object');
    do {
      if (scanner.keyText() === 'result') page = scanResult(scanner, last, each);
      else scanner.value(0);
    } while (scanner.more(0x7d));
  } catch (error) {
    if (error === INCOMPLETE) throw new Fault('QDRANT_REFUSED', { reason: 'its answer was cut off' }, { cause: error });
    if (error instanceof Fault && error.code === 'BAD_ARCHIVE') {
      throw new Fault(
        'QDRANT_REFUSED',
        {
          reason: 'its answer is not what a scroll should be',
          ...error.params,
          detail: error.params['reason'] ?? null,
        },
        { cause: error },
      );
    }
    throw error;
  }
  if (page === null) throw new Fault('NOT_QDRANT', { reason: 'its answer holds no points' });
  return page;
}

function scanResult(scanner: PointScanner, last: PointId, each?: () => void): ScannedPage {
  let start = 0;
  let end = 0;
  let count = 0;
  let vectorBytes = 0;
  let next: string | null = null;
  scanner.expect(0x7b, 'a result');
  do {
    const name = scanner.keyText();
    if (name === 'points') {
      scanner.list(() => {
        if (count === 0) start = scanner.pos;
        scanner.scanPoint();
        if (compareIds(scanner.id, last) <= 0) {
          throw new Fault('QDRANT_REFUSED', { reason: `point ${scanner.idString()} came twice or out of order` });
        }
        copyId(scanner.id, last);
        end = scanner.pos;
        count++;
        vectorBytes += scanner.vector.end - scanner.vector.start;
        each?.();
      });
    } else if (name === 'next_page_offset') {
      scanner.peek();
      const from = scanner.pos;
      scanner.value(0);
      const text = scanner.text(from, scanner.pos);
      next = text === 'null' ? null : text;
    } else scanner.value(0);
  } while (scanner.more(0x7d));
  return { start, end, count, vectorBytes, next };
}
