/** Imports and restores that could overwrite or remove points: who may allow them, and for how long a yes is good. */
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import type { Service } from '../service/service.ts';
import type { RestoreRequest } from '../service/types.ts';
import { plainData } from './plain-text.ts';

/** What the person is asked, with facts from the server and never with text from payloads. */
interface Endangered {
  readonly connection: string;
  readonly collection: string;
  /** Points in the index now. */
  readonly points: number;
  /** What comes may be of another model than the index. */
  readonly allowModelMismatch: boolean;
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
  /** What would be lost is backed up first. */
  readonly safetyCopy: boolean;
}
export type ApprovalRequest = ImportApproval | RestoreApproval;
export type Approve = (request: ApprovalRequest) => Promise<boolean>;

export interface Approvals {
  /**
   * Returns when the work may go on. Throws APPROVAL_NEEDED when nobody can be asked or nobody
   * answered within `waitMs` (the question stays open: the same call again takes the answer),
   * APPROVAL_DENIED after a no, BUSY while another question is open.
   */
  require(request: ApprovalRequest, waitMs: number, signal: AbortSignal): Promise<void>;
}

/** An answer that nobody fetched is forgotten after this long: the index may look different by then. */
const GOOD_FOR_MS = 10 * 60_000;

export function createApprovals(approve: Approve | undefined): Approvals {
  /** The one question that is open, or answered and not yet fetched. */
  let open: { readonly key: string; readonly answer: Promise<boolean>; answeredAt: number | null } | null = null;

  return {
    async require(request, waitMs, signal) {
      if (!approve) throw new Fault('APPROVAL_NEEDED', { collection: request.collection, points: request.points });
      const key = await identityOf(request);
      if (open && open.answeredAt !== null && (open.key !== key || Date.now() - open.answeredAt > GOOD_FOR_MS))
        open = null;
      if (open && open.key !== key) throw new Fault('BUSY', { collection: request.collection, reason: 'approval' });
      if (!open) {
        const asked = approve(plainData(request) as ApprovalRequest);
        const question = { key, answer: asked.catch(() => false), answeredAt: null as number | null };
        void question.answer.then(() => (question.answeredAt = Date.now()));
        open = question;
      }
      const answer = await Promise.race([open.answer, elapsed(waitMs, signal)]);
      if (answer === 'elapsed') throw new Fault('APPROVAL_NEEDED', { collection: request.collection, reason: 'asked' });
      open = null;
      if (!answer) throw new Fault('APPROVAL_DENIED', { collection: request.collection });
    },
  };
}

/** A yes is for this very request and file: another file of the same name is another question. A backup never changes. */
async function identityOf(request: ApprovalRequest): Promise<string> {
  if (request.kind === 'restore') return JSON.stringify(request);
  const { size, mtimeMs } = await stat(request.path);
  return JSON.stringify([request, size, mtimeMs]);
}

/** After `ms`, or when the caller is gone. The timer keeps no process alive. */
function elapsed(ms: number, signal: AbortSignal): Promise<'elapsed'> {
  return pause(ms, 'elapsed' as const, { signal, ref: false }).catch(() => 'elapsed' as const);
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
  return (await service.countPoints(request.connection, request.collection)) ?? 0;
}
