/** Work that could overwrite or remove points: who may allow it, and what the person is asked. */
import type { ApprovalPolicy } from '../../preload/agents.ts';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { RestoreRequest } from '../service/types.ts';
import { inTime } from './in-time.ts';
import type { Effect } from './plans.ts';

/** What the person is asked, with facts from the server and never with text from payloads. */
interface Endangered {
  readonly connection: string;
  readonly collection: string;
  /** Points in the index now. */
  readonly points: number;
  /** What would become of them, where a dry run has told; the index is the same as it was then, or nothing is done. */
  readonly effect: Effect | null;
  /** What comes may be of another model than the index. */
  readonly allowModelMismatch: boolean;
  /** What would be lost is backed up first. */
  readonly safetyCopy: boolean;
}
export interface ImportApproval extends Endangered {
  readonly kind: 'import';
  readonly path: string;
  readonly onConflict: 'overwrite' | 'merge';
}
export interface RestoreApproval extends Endangered {
  readonly kind: 'restore';
  readonly backup: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly backupPoints: number;
  readonly onConflict: 'overwrite' | 'merge' | 'exact';
  /** Glob; null: all points. */
  readonly paths: string | null;
}
export type ApprovalRequest = ImportApproval | RestoreApproval;

/** Asks the person; the question is taken back when `signal` is aborted. */
export type Approve = (request: ApprovalRequest, signal: AbortSignal) => Promise<boolean>;

/**
 * Whether the person has to be asked; false: it may go on, after a safety copy. Throws APPROVAL_DENIED where the person has
 * said so for good, APPROVAL_NEEDED where nobody can be asked.
 */
export function mustAsk(policy: ApprovalPolicy, canAsk: boolean, collection: string): boolean {
  if (policy === 'allow') return false;
  if (!canAsk) throw new Fault('APPROVAL_NEEDED', { collection });
  if (policy === 'refuse') throw new Fault('APPROVAL_DENIED', { collection, reason: 'policy' });
  return true;
}

/**
 * Points that `request` could overwrite or remove: 0 when it cannot lose anything (a dry run, `skip`, a new
 * or an empty target).
 */
export async function pointsAtRisk(
  service: Service,
  request: Pick<RestoreRequest, 'connection' | 'onConflict' | 'dryRun'> & { readonly collection: string },
): Promise<number> {
  if (request.dryRun || request.onConflict === 'skip') return 0;
  return (await inTime(service.countPoints(request.connection, request.collection))) ?? 0;
}
