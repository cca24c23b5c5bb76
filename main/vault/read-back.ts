import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../faults/fault.ts';
import { GroupChecks, workHere, type CheckOptions } from './segment-check.ts';
import { SegmentFile, type SegmentGroup, type SegmentShape } from './segment-file.ts';

/** Groups that the helper is given at a time: one is read while another is looked at. */
const MOST_HELPED = 2;

/** Reads a segment back that is being written: while it grows where somebody else has time for that, and the rest at the end. */
export class ReadBack {
  readonly #path: string;
  readonly #shape: SegmentShape;
  readonly #helper: CheckOptions['helper'];
  readonly #checks: GroupChecks;
  readonly #helped = new Set<Promise<void>>();

  constructor(path: string, shape: SegmentShape, { signal, helper }: CheckOptions) {
    this.#path = path;
    this.#shape = shape;
    this.#helper = helper;
    this.#checks = new GroupChecks(path, shape, signal);
  }

  /** A row group stands in the file. The first alone is no reason to call for help: mostly it is the last. */
  add(group: SegmentGroup): void {
    this.#checks.add(group);
    const { length } = this.#checks.groups;
    if (this.#helper === undefined || length < 2 || this.#helped.size >= MOST_HELPED) return;
    const work = this.#checks.work(this.#helper).finally(() => this.#helped.delete(work));
    this.#helped.add(work);
  }

  /** All bytes stand in the file: whether its points have this digest, and the footer leads to them and nothing else. */
  async finds(digest: string): Promise<boolean> {
    await workHere(this.#checks);
    await this.idle();
    try {
      const found = this.#checks.result;
      const file = SegmentFile.open(this.#path);
      file.close();
      const { vectors, sharded, groups } = file;
      const told = { ...this.#shape, groups: this.#checks.groups };
      return found.digest() === digest && isDeepStrictEqual({ vectors, sharded, groups }, told);
    } catch (error) {
      noneIfDamaged(error);
      return false;
    }
  }

  /** Nobody reads the file any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#helped);
  }
}

/** What is being written is no backup yet: nobody has to hear of a damaged one. */
export function noneIfDamaged(error: unknown): null {
  if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return null;
  throw error;
}
