import { Fault } from '../faults/fault.ts';
import { compareIds, copyId, IdTable, NO_ID, type PointId } from '../points/point-id.ts';

/** The ids of a file do not ascend: start over with a table of all of them. Thrown by `IdSequence`, never seen outside. */
export class NotAscending extends Error {}

/**
 * Finds a point that is in a file twice. Our own exports stand in ascending order, where it is enough to remember the
 * last id, however many there are; other files need a table of all ids (at most 34 bytes each).
 */
export class IdSequence {
  readonly #last: PointId = { ...NO_ID };
  readonly #table: IdTable | null;

  constructor(mode: 'ascending' | 'any') {
    this.#table = mode === 'any' ? new IdTable() : null;
  }

  add(id: PointId): void {
    if (this.#table !== null) {
      if (!this.#table.add(id)) throw new Fault('BAD_ARCHIVE', { reason: 'duplicate_id' });
      return;
    }
    const order = compareIds(id, this.#last);
    if (order === 0) throw new Fault('BAD_ARCHIVE', { reason: 'duplicate_id' });
    if (order < 0) throw new NotAscending();
    copyId(id, this.#last);
  }
}
