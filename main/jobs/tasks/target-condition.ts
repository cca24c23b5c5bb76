import { Fault } from '../../faults/fault.ts';

/** A task that may go on only while its target holds what it held when somebody decided about it. */
export interface Conditional {
  readonly collection: string;
  /** Fingerprint of all its points; null: it held none. undefined: whatever it holds. */
  readonly ifTarget?: string | null | undefined;
}

/** `now` as `ifTarget`. Throws PLAN_OUTDATED. */
export function requireTarget({ collection, ifTarget }: Conditional, now: string | null): void {
  if (ifTarget !== undefined && ifTarget !== now) throw new Fault('PLAN_OUTDATED', { collection });
}

/** What the exact number of its points tells already, before any is read; null: it is not known. Throws PLAN_OUTDATED. */
export function requireCount({ collection, ifTarget }: Conditional, points: number | null): void {
  if (ifTarget === undefined || points === null) return;
  if ((ifTarget === null) !== (points === 0)) throw new Fault('PLAN_OUTDATED', { collection });
}
