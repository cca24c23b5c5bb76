import { Slots, type Schedule } from './slots.ts';

/** Why slots went by without a run. */
export type SkipReason = 'not-running' | 'asleep' | 'paused' | 'busy' | 'unreachable' | 'failing' | 'clock';

/** An index under a schedule, and how far its slots are dealt with. Times are in milliseconds since 1970. */
export interface Scheduled {
  /** Connection and collection, as one key. */
  readonly index: string;
  readonly schedule: Schedule;
  /** Slots up to this moment ran, were skipped, or lie before the index was protected. */
  readonly handled: number;
  /** How often the run for the slot that is due was tried in vain, and when last. */
  readonly attempts: number;
  readonly attemptedAt: number | null;
  /** The server did not answer the last of them. */
  readonly unreachable: boolean;
  /** Since the last of them it waits for other work, which is no failure. */
  readonly waits: boolean;
}

/** What the scheduler knows of the time that went by. */
export interface Moment {
  readonly now: number;
  /** The program started, the machine woke, or a pause ended then: things settle first. */
  readonly settledSince: number;
  readonly paused: boolean;
  /** Times in which nobody looked, oldest first, and why. */
  readonly gaps: readonly Gap[];
  readonly timeZone?: string;
}

export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: 'not-running' | 'asleep' | 'paused' | 'busy' | 'clock';
}

export interface Skipped {
  readonly index: string;
  /** The first and the last of them. */
  readonly from: number;
  readonly to: number;
  /** At most MOST_COUNTED. */
  readonly count: number;
  readonly reason: SkipReason;
}

export interface DueRun {
  readonly index: string;
  readonly slot: number;
  readonly caughtUp: boolean;
  /** Not before then. */
  readonly at: number;
}

export interface Due {
  /** In the order in which they should run: the one that has waited longest first. */
  readonly runs: readonly DueRun[];
  /** To be recorded once, with the new `handled` of each. */
  readonly skipped: readonly Skipped[];
  /** New values of `handled`, where it moves. */
  readonly handled: ReadonlyMap<string, number>;
}

/** A run that begins later than this after its slot is called caught up. */
export const PUNCTUAL_MS = 2 * 60_000;
/** A clock that is set back by less is waited for. */
const STEP_MS = 3 * 60_000;
/** After a start, a sleep or a pause. */
export const SETTLE_MS = 60_000;
export const MOST_COUNTED = 1000;
/** Failures of one slot, after which the next is waited for. A server that does not answer is no such failure. */
export const MOST_ATTEMPTS = 5;
const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 15 * 60_000;

/**
 * What is to be done now. Pure. For each index one slot is due at most, the last that went by; those before it are skipped.
 * While backups are paused nothing is due, and nothing is dealt with.
 */
export function dueRuns(indexes: readonly Scheduled[], moment: Moment): Due {
  const runs: DueRun[] = [];
  const skipped: Skipped[] = [];
  const handled = new Map<string, number>();
  for (const one of indexes) {
    const { index, schedule } = one;
    // A clock that went back: what was dealt with then lies ahead now, perhaps by years. A little passes by itself.
    if (one.handled > moment.now) {
      if (one.handled > moment.now + STEP_MS) handled.set(index, moment.now);
      continue;
    }
    const slots = Slots.of(schedule, moment.timeZone);
    const slot = slots.last(one.handled, moment.now);
    if (slot === null || moment.paused) continue;
    const before = slots.last(one.handled, slot - 1);
    const first = slots.next(one.handled);
    if (before !== null && first !== null) {
      skipped.push(...skippedOf(one, slots, { first, before, slot }, moment));
      handled.set(index, before);
    }
    // Those of the slot before do not count for this one.
    const attempts = before === null ? one.attempts : 0;
    if (attempts >= MOST_ATTEMPTS && !one.unreachable) continue;
    const late = moment.now - slot > PUNCTUAL_MS;
    const settled = late ? moment.settledSince + SETTLE_MS : slot;
    const { attemptedAt } = one;
    // Of an attempt that lies ahead, since the clock went back, nobody knows how long ago it was.
    const waits = attempts > 0 && attemptedAt !== null && attemptedAt <= moment.now;
    const again = waits ? attemptedAt + retryAfter(attempts) : slot;
    runs.push({ index, slot, caughtUp: late, at: Math.max(slot, settled, again) });
  }
  runs.sort((a, b) => a.slot - b.slot || (a.index < b.index ? -1 : 1));
  return { runs, skipped, handled };
}

function retryAfter(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);
}

/** Those that went by. The one that was tried has a reason of its own; what came after it was never tried. */
function skippedOf(
  one: Scheduled,
  slots: Slots,
  { first, before, slot }: { readonly first: number; readonly before: number; readonly slot: number },
  moment: Moment,
): Skipped[] {
  const { index, handled, attempts, attemptedAt, unreachable, waits } = one;
  const later = (from: number): Skipped => ({
    ...{ index, from, to: before, reason: reasonOf(before, moment) },
    count: slots.count(from - 1, slot, MOST_COUNTED),
  });
  if (attempts === 0 || attemptedAt === null) return [later(first)];
  const tried = slots.last(handled, Math.min(attemptedAt, before)) ?? first;
  const reason = waits ? 'busy' : unreachable ? 'unreachable' : 'failing';
  const own = { index, from: first, to: tried, count: slots.count(handled, tried + 1, MOST_COUNTED), reason } as const;
  const next = slots.next(tried);
  return next === null || next > before ? [own] : [own, later(next)];
}

/** Why a slot went by that nobody tried: what is known of that time. A pause is what somebody wanted, whatever else there was. */
function reasonOf(slot: number, { gaps }: Moment): SkipReason {
  const here = gaps.filter(({ from, to }) => from <= slot && slot <= to);
  return (here.find(({ why }) => why === 'paused') ?? here[0])?.why ?? 'not-running';
}
