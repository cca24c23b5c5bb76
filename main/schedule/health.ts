import { Slots, type Schedule } from './slots.ts';

export type Health = 'paused' | 'running' | 'failing' | 'overdue' | 'due' | 'never' | 'safe' | 'unprotected';

/** What is known of one index. Times are in milliseconds since 1970. */
export interface IndexFacts {
  readonly schedule: Schedule;
  /** It is protected since then. */
  readonly since: number;
  /** When the newest backup was taken that was verified; null: there is none. */
  readonly lastGood: number | null;
  /** When a run last failed, and no backup came since; null: none did. */
  readonly failedAt: number | null;
  readonly running: boolean;
  readonly paused: boolean;
  /** The program started, the machine woke, or a pause ended then: what is due gets its chance first. Default: long ago. */
  readonly settledSince?: number;
  readonly timeZone?: string;
}

const MOST_GRACE_MS = 60 * 60_000;
/** The minute until a catch-up begins, and one for it to show. */
const SETTLING_MS = 2 * 60_000;
const LEAST_GRACE_MS = 5 * 60_000;

/** How an index stands. Pure; docs/schedules.md has the rules. */
export function healthOf(facts: IndexFacts, now: number): Health {
  const { schedule, lastGood, failedAt, running, paused } = facts;
  if (running) return 'running';
  if (schedule.kind === 'off') return lastGood === null ? 'never' : 'unprotected';
  if (paused) return 'paused';
  if (failedAt !== null) return 'failing';
  const since = overdueSince(facts, now);
  if (since !== null && since <= now) return 'overdue';
  if (isDue(facts, now)) return 'due';
  return lastGood === null ? 'never' : 'safe';
}

/** A slot went by and no verified backup is newer. */
function isDue(facts: IndexFacts, now: number): boolean {
  const slot = Slots.of(facts.schedule, facts.timeZone).next(promisedFrom(facts, now));
  return slot !== null && slot <= now;
}

/**
 * From when on an index is overdue if nothing happens: the first slot that its newest verified backup does not serve, and
 * the time that a run may take. null: never.
 */
export function overdueSince(facts: IndexFacts, now: number): number | null {
  const slots = Slots.of(facts.schedule, facts.timeZone);
  const slot = slots.next(promisedFrom(facts, now));
  return slot === null ? null : Math.max(slot + graceAfter(slots, slot), (facts.settledSince ?? 0) + SETTLING_MS);
}

/** A backup that lies ahead was dated by a clock that was wrong: nobody knows what it serves. */
function promisedFrom({ since, lastGood }: IndexFacts, now: number): number {
  return Math.max(since, lastGood === null || lastGood > now ? 0 : lastGood);
}

/** A quarter of the time to the next slot, from five minutes to an hour. */
function graceAfter(slots: Slots, slot: number): number {
  const next = slots.next(slot);
  if (next === null) return MOST_GRACE_MS;
  return Math.min(Math.max((next - slot) / 4, LEAST_GRACE_MS), MOST_GRACE_MS);
}
