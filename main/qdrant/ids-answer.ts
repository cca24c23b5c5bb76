import { Fault } from '../faults/fault.ts';
import { INCOMPLETE } from '../points/json-scanner.ts';
import type { IdTable } from '../points/point-id.ts';
import { PointScanner } from '../points/point-scanner.ts';
import type { Body } from './http.ts';

/** Adds the ids of `{"result":[{"id":…},…],…}`, the answer to a question after points by id. Throws QDRANT_REFUSED for any other answer. */
export function readIds(body: Body, into: IdTable): void {
  const scanner = new PointScanner();
  scanner.load(body.buf, 0, body.length, 0);
  try {
    scanner.expect(0x7b, 'an object');
    do {
      if (scanner.keyText() !== 'result') scanner.value(0);
      else {
        scanner.list(() => {
          scanner.scanPoint();
          into.add(scanner.id);
        });
      }
    } while (scanner.more(0x7d));
  } catch (error) {
    if (error === INCOMPLETE || error instanceof Fault)
      throw new Fault('QDRANT_REFUSED', { reason: 'its answer could not be read' }, { cause: error });
    throw error;
  }
}
