import type { Fault, FaultCode, FaultParams } from './fault.ts';

/** What a person reads, and what a script gets as exit code. */
export interface Explanation {
  readonly message: string;
  readonly hint: string;
  /** Process exit code of the command line: 1 failed, 2 usage, 3 bad input, 4 Qdrant, 130 cancelled. */
  readonly exitCode: 1 | 2 | 3 | 4 | 130;
}
export type { Fault, FaultCode, FaultParams };
