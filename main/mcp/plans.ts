/** What dry runs have found out, for as long as it may be gone by. */
import { randomUUID } from 'node:crypto';
import { Fault } from '../faults/fault.ts';

export interface Plan {
  readonly id: string;
  /** ISO 8601 UTC; later it is worth nothing. */
  readonly expiresAt: string;
  /** What the target held, see `targetFingerprint`; null: nothing. */
  readonly fingerprint: string | null;
  readonly effect: Effect;
}

/** Points that would be new, replaced and taken away. */
export interface Effect {
  readonly new: number;
  readonly updated: number;
  readonly removed: number;
}

export interface Plans {
  /** `request`: what was asked for, as JSON text of all that decides what would happen. */
  make(request: string, found: Pick<Plan, 'fingerprint' | 'effect'>): Plan;
  /** Throws PLAN_GONE for one that is unknown, used or too old, USAGE for one that was made for another request. */
  look(id: string, request: string): Plan;
  /** The same, once: then it is used. */
  take(id: string, request: string): Plan;
}

const GOOD_FOR_MS = 10 * 60_000;
/** A bound on what a mad agent can have us remember. */
const MOST = 100;

export function createPlans(now: () => number = Date.now): Plans {
  const plans = new Map<string, { readonly plan: Plan; readonly request: string }>();
  const isOld = ({ expiresAt }: Plan): boolean => now() >= Date.parse(expiresAt);
  const look = (id: string, request: string): Plan => {
    const found = plans.get(id);
    if (found === undefined || isOld(found.plan)) throw new Fault('PLAN_GONE', { plan: id });
    if (found.request !== request) throw new Fault('USAGE', { field: 'plan_id', reason: 'other' });
    return found.plan;
  };
  return {
    make(request, found) {
      for (const [id, { plan }] of plans) if (isOld(plan) || plans.size >= MOST) plans.delete(id);
      const plan = { id: randomUUID(), expiresAt: new Date(now() + GOOD_FOR_MS).toISOString(), ...found };
      plans.set(plan.id, { plan, request });
      return plan;
    },
    look,
    take(id, request) {
      const plan = look(id, request);
      plans.delete(id);
      return plan;
    },
  };
}
