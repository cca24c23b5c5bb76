/** Questions to the person, one at a time; each can be taken back. */
import { Fault } from '../faults/fault.ts';
import type { ApprovalRequest, Approve } from './approval.ts';
import { plainData } from './plain-text.ts';

/** An answer is about an index as it is; after this long without one the question is taken back. */
const OPEN_FOR_MS = 10 * 60_000;
/** What was refused is not asked again for as long. */
const REFUSED_FOR_MS = 10 * 60_000;
/** Questions that wait behind the open one. */
const MOST_WAITING = 8;

export interface Questions {
  /**
   * Resolves with a yes. Rejects with APPROVAL_DENIED after a no, and without asking where the same was refused lately;
   * with APPROVAL_NEEDED `unanswered` when nobody answered in time, CANCELLED when `signal` is aborted, BUSY when too many wait.
   * `key` tells what is the same.
   */
  ask(request: ApprovalRequest, key: string, signal: AbortSignal): Promise<void>;
}

export function createQuestions(approve: Approve, openForMs = OPEN_FOR_MS): Questions {
  const refused = new Map<string, number>();
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

  return {
    async ask(request, key, signal) {
      const { collection } = request;
      if (Date.now() - (refused.get(key) ?? -Infinity) < REFUSED_FOR_MS)
        throw new Fault('APPROVAL_DENIED', { collection, reason: 'lately' });
      if (waiting >= MOST_WAITING) throw new Fault('BUSY', { collection, reason: 'approval' });
      waiting++;
      const turn = last.then(() => {
        signal.throwIfAborted();
        return put(request, signal);
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
        refused.set(key, Date.now());
        throw new Fault('APPROVAL_DENIED', { collection });
      } catch (error) {
        throw signal.aborted ? new Fault('CANCELLED') : error;
      } finally {
        waiting--;
      }
    },
  };
}
