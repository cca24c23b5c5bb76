/** Work that is meant to fail. */
import { expect } from 'vitest';
import { Fault } from '../../main/faults/fault.ts';

/** The Fault it ends in. The test fails when it succeeds, or ends in any other error. */
export function failureOf(work: Promise<unknown>): Promise<Fault> {
  return work.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    },
  );
}
