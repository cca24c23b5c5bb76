/** Questions to the person, one at a time; each can be taken back. */
import { Fault } from '../faults/fault.ts';
import type { ApprovalRequest, Approve } from './approval.ts';
import { plainData } from './plain-text.ts';

/** An answer is about an index as it is; after this long without one the question is taken back. */
const OPEN_FOR_MS = 10 * 60_000;
/** What was refused is not asked again for as long. */
const REFUSED_FOR_MS = 10 * 60_000;
/** After so many refusals about one index nothing more is asked about it for as long. */
const MOST_REFUSALS = 3;
/** Questions that wait behind the open one. */
const MOST_WAITING = 8;

export interface Asked {
  readonly connection: string;
  readonly collection: string;
  /** Tells what is the same. */
  readonly key: string;
}

export interface Questions {
  /**
   * Resolves with a yes. Rejects with APPROVAL_DENIED after a no, and without asking where the same was refused lately;
   * with APPROVAL_NEEDED `unanswered` when nobody answered in time, CANCELLED when `signal` is aborted, BUSY when too many wait.
   * `facts` are looked up when its turn has come.
   */
  ask(what: Asked, facts: () => Promise<ApprovalRequest>, signal: AbortSignal): Promise<void>;
  /** Throws what `ask` would reject with at once. */
  requireOpen(what: Asked): void;
}

export function createQuestions(approve: Approve, openForMs = OPEN_FOR_MS): Questions {
  let refused: (Asked & { readonly at: number })[] = [];
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Asks now, and gives the answer or why there is none. */
  const put = async (request: ApprovalRequest, signal: AbortSignal): Promise<boolean | 'unanswered'> => {
    const late = AbortSignal.timeout(openForMs);
    const either = AbortSignal.any([signal, late]);
    const withdrawn = new Promise<'withdrawn'>((resolve) => {
      const stop = (): void => resolve('withdrawn');
      if (either.aborted) stop();
      else either.addEventListener('abort', stop, { once: true });
    });
    const asked = approve(plainData(request) as ApprovalRequest, either).catch(() => false);
    const answer = await Promise.race([asked, withdrawn]);
    if (answer !== 'withdrawn') return answer;
    signal.throwIfAborted();
    return 'unanswered';
  };

  const requireOpen = ({ connection, collection, key }: Asked): void => {
    refused = refused.filter(({ at }) => Date.now() - at < REFUSED_FOR_MS);
    const here = refused.filter((each) => each.connection === connection && each.collection === collection);
    if (here.length >= MOST_REFUSALS || here.some((each) => each.key === key))
      throw new Fault('APPROVAL_DENIED', { collection, reason: 'lately' });
    if (waiting >= MOST_WAITING) throw new Fault('BUSY', { collection, reason: 'approval' });
  };

  return {
    requireOpen,
    async ask(what, facts, signal) {
      const { collection } = what;
      requireOpen(what);
      waiting++;
      const turn = last.then(async () => {
        signal.throwIfAborted();
        // Others may have been refused meanwhile.
        waiting--;
        try {
          requireOpen(what);
        } finally {
          waiting++;
        }
        return put(await facts(), signal);
      });
      last = turn.catch(() => undefined);
      const withdrawn = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Fault('CANCELLED')), { once: true });
      });
      try {
        // Taken back while another one is open it does not wait for its turn.
        const answer = await Promise.race([turn, withdrawn]);
        if (answer === true) return;
        if (answer === 'unanswered') throw new Fault('APPROVAL_NEEDED', { collection, reason: 'unanswered' });
        refused.push({ ...what, at: Date.now() });
        throw new Fault('APPROVAL_DENIED', { collection });
      } catch (error) {
        throw signal.aborted ? new Fault('CANCELLED') : error;
      } finally {
        waiting--;
      }
    },
  };
}
