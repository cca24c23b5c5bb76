import { setTimeout as pause } from 'node:timers/promises';

/** First wait and longest wait of the back-off, in milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** A server may ask for more patience than the back-off has, but not for any amount. */
const LONGEST_ASKED_WAIT_MS = 120_000;

/**
 * Milliseconds to wait before the next attempt. `attempt` counts the failed ones from 1; `retryAfter` is the header's
 * text: seconds ("30") or an HTTP date. Without a usable one the wait doubles from 250 ms to 15 s. A header may only
 * lengthen the wait, at most to two minutes. (The official client takes the first character of the header.)
 */
export function retryDelay(attempt: number, retryAfter: string | null | undefined, now: number): number {
  const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, Math.min(attempt, 20) - 1));
  const asked = askedWait(retryAfter, now);
  return asked === null ? own : Math.max(own, Math.min(LONGEST_ASKED_WAIT_MS, asked));
}

function askedWait(header: string | null | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Date.parse takes "-5" and other odd text for a date; an HTTP date begins with a day's name.
  const date = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** What an error says about trying again. */
export interface Transience {
  readonly again: boolean;
  readonly retryAfter?: string | null;
}

export interface RetryOptions {
  /** Whether an error may pass by itself. */
  readonly transience: (error: unknown) => Transience;
  readonly signal?: AbortSignal | undefined;
  /** Attempts in all; default 8. */
  readonly attempts?: number;
  /** No attempt begins later than this after the first; default 180,000 ms. */
  readonly budgetMs?: number;
  /** Told before each wait. */
  readonly onWait?: (waitMs: number, error: unknown) => void;
}

/**
 * Repeats `work` while its error may pass by itself, waiting as `retryDelay` says. Throws the last error, or the
 * signal's reason (AbortError) as soon as it is aborted, also in the middle of a wait. Only for work that may be done twice.
 */
export async function withRetry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, attempts = 8, budgetMs = 180_000 } = options;
  const begun = Date.now();
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      const { again, retryAfter } = options.transience(error);
      const now = Date.now();
      const wait = retryDelay(attempt, retryAfter, now);
      if (!again || attempt >= attempts || now + wait - begun > budgetMs) throw error;
      options.onWait?.(wait, error);
      await pause(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
}
