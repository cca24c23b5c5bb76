import type { ImportResult, JobView, RestoreResult } from '../service/types.ts';
import type { Plan, Plans } from './plans.ts';

/** Makes the plan of a dry run once it is done. `request` as in Plans. */
export function planOf(plans: Plans, request: string): (job: JobView) => Plan {
  return ({ result }) => {
    const found = result as ImportResult | RestoreResult;
    const removed = 'removed' in found ? found.removed : 0;
    return plans.make(request, {
      fingerprint: found.targetFingerprint,
      effect: { new: found.new, updated: found.updated, removed },
    });
  };
}
