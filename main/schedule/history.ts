import { z } from 'zod';
import type { Due, Scheduled, SkipReason } from './due.ts';
import type { Schedule } from './slots.ts';

const moment = z.iso.datetime();
const index = z.object({ connection: z.string(), collection: z.string() });
export type IndexRef = Readonly<z.infer<typeof index>>;

/** One name for an index, whatever characters are in the two. */
export const indexKey = ({ connection, collection }: IndexRef): string => JSON.stringify([connection, collection]);

const fault = z.object({ code: z.string(), message: z.string(), hint: z.string().default('') });
const SKIP_REASONS = [
  'not-running',
  'asleep',
  'paused',
  'busy',
  'unreachable',
  'failing',
  'clock',
] as const satisfies SkipReason[];

/** What happened, one line of `history.jsonl` each; docs/schedules.md tells the format. */
export const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    at: moment,
    index,
    /** null: somebody asked for it. */
    slot: moment.nullable(),
    caughtUp: z.boolean(),
    /** Why it was taken: `daily`, `manual`, `before-reindex`. */
    reason: z.string().default('manual'),
    durationMs: z.number(),
    /** null: it failed. */
    backup: z
      .object({
        ...{ name: z.string(), points: z.number(), changes: z.number(), bytesAdded: z.number() },
        /** What the changes were; older versions noted their sum alone. */
        counts: z.object({ new: z.number(), changed: z.number(), removed: z.number() }).optional(),
      })
      .nullable(),
    fault: fault.nullable(),
    /** The server did not answer. */
    unreachable: z.boolean(),
    /** What rotation took away after it. */
    rotation: z
      .object({ removed: z.number(), names: z.array(z.string()).optional(), bytesFreed: z.number() })
      .nullable()
      .default(null),
    warnings: z.array(z.string()).default([]),
  }),
  /** A backup was restored into a scratch index and compared. */
  z.object({
    kind: z.literal('drill'),
    at: moment,
    index,
    backup: z.string(),
    points: z.number(),
    /** Points that were not as the backup says. */
    differences: z.number(),
    durationMs: z.number(),
    /** It could not be done. */
    fault: fault.nullable(),
  }),
  /** The index was found to be another than when it was last looked at. */
  z.object({
    kind: z.literal('change'),
    at: moment,
    index,
    what: z.enum(['shrank', 'recreated', 'gone']),
    from: z.number(),
    to: z.number(),
    backup: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('skipped'),
    at: moment,
    index,
    from: moment,
    to: moment,
    count: z.number().int(),
    reason: z.enum(SKIP_REASONS),
  }),
  /** The clock went back behind what was dealt with: the count begins anew. */
  z.object({ kind: z.literal('clock'), at: moment, index }),
  /** The index came under another schedule without one of its own: slots before are nobody's promise. */
  z.object({ kind: z.literal('begun'), at: moment, index }),
]);
export type HistoryRecord = Readonly<z.infer<typeof recordSchema>>;

/** What the records of one index come to. Times are in milliseconds since 1970. */
export interface IndexHistory {
  /** Slots up to this one are dealt with; null: none ever was. */
  readonly handled: number | null;
  /** When the clock was last found to have gone back; null: it never was. */
  readonly clockAt: number | null;
  /** Failed runs for the slot that came last, and the last of them. */
  readonly attempts: number;
  readonly attemptedAt: number | null;
  readonly unreachable: boolean;
  /** Since the last attempt it waits for other work. */
  readonly waits: boolean;
  /** The last run failed, then; null: it did not. */
  readonly failedAt: number | null;
  readonly lastRun: Extract<HistoryRecord, { kind: 'run' }> | null;
  /** The last run that failed. */
  readonly lastFailure: Extract<HistoryRecord, { kind: 'run' }> | null;
  /** The last one that says something about a backup: a drill that could not be done does not. */
  readonly lastDrill: Extract<HistoryRecord, { kind: 'drill' }> | null;
}

const NOTHING: IndexHistory = {
  handled: null,
  clockAt: null,
  attempts: 0,
  attemptedAt: null,
  unreachable: false,
  waits: false,
  failedAt: null,
  lastRun: null,
  lastFailure: null,
  lastDrill: null,
};

/** What records come to, index by index; oldest first. */
export class Histories {
  readonly #found = new Map<string, IndexHistory>();

  constructor(records: readonly HistoryRecord[] = []) {
    for (const record of records) this.add(record);
  }

  add(record: HistoryRecord): void {
    const key = indexKey(record.index);
    this.#found.set(key, after(this.of(record.index), record));
  }

  /** One more run for the same slot found no server, at `at`: that is not worth a line every quarter of an hour. */
  stillUnreachable(index: IndexRef, at: number): void {
    const before = this.of(index);
    this.#found.set(indexKey(index), { ...before, attempts: before.attempts + 1, attemptedAt: at, failedAt: at });
  }

  /** The run has to wait for other work, which is no failure: it is tried again later. */
  postponed(index: IndexRef, at: number): void {
    const before = this.of(index);
    const attempts = Math.max(1, before.attempts);
    this.#found.set(indexKey(index), { ...before, attempts, attemptedAt: at, waits: true });
  }

  of(index: IndexRef): IndexHistory {
    return this.#found.get(indexKey(index)) ?? NOTHING;
  }
}

const UNTRIED = { attempts: 0, attemptedAt: null, unreachable: false, waits: false } as const;

function after(before: IndexHistory, record: HistoryRecord): IndexHistory {
  const at = Date.parse(record.at);
  switch (record.kind) {
    case 'clock':
      return { ...before, ...UNTRIED, handled: at, clockAt: at };
    case 'begun':
      return { ...before, ...UNTRIED, handled: at };
    case 'skipped':
      return { ...before, ...UNTRIED, handled: Date.parse(record.to) };
    case 'drill':
      return record.fault === null || record.fault.code === 'BACKUP_DAMAGED'
        ? { ...before, lastDrill: record }
        : before;
    case 'change':
      return before;
    case 'run': {
      const slot = record.slot === null ? null : Date.parse(record.slot);
      if (record.fault === null)
        // A backup that somebody asked for serves what was due until then.
        return {
          ...before,
          ...UNTRIED,
          handled: slot ?? Math.max(before.handled ?? at, at),
          failedAt: null,
          lastRun: record,
        };
      // Somebody did not want it: the next slot is another matter.
      if (record.fault.code === 'CANCELLED')
        return { ...before, ...UNTRIED, handled: slot ?? before.handled, lastRun: record };
      const failed = { ...before, failedAt: at, lastRun: record, lastFailure: record };
      if (slot === null) return failed;
      // How often a server did not answer says nothing about how often the backup itself was tried.
      const attempts = before.unreachable && !record.unreachable ? 1 : before.attempts + 1;
      return { ...failed, attempts, attemptedAt: at, unreachable: record.unreachable, waits: false };
    }
  }
}

/**
 * Since when an index is protected, by the clock of today. What was set while the clock was wrong may lie ahead by years: then
 * it is protected since that was found out.
 */
export function protectedSince(since: number, { clockAt }: IndexHistory, now: number): number {
  return since <= now ? since : (clockAt ?? since);
}

/** How an index stands to its schedule. `since`: it was set then. */
export function scheduledFrom(
  ref: IndexRef,
  { schedule, since }: { readonly schedule: Schedule; readonly since: number },
  history: IndexHistory,
  now: number,
): Scheduled {
  const { handled, attemptedAt, unreachable, waits } = history;
  // A schedule that was set later begins then: what it would have been before is nobody's promise.
  const begun = protectedSince(since, history, now);
  const attempts = attemptedAt !== null && attemptedAt >= begun ? history.attempts : 0;
  return {
    index: indexKey(ref),
    schedule,
    handled: Math.max(handled ?? begun, begun),
    attempts,
    attemptedAt,
    unreachable,
    waits,
  };
}

/** What went by and is to be noted once: slots that nobody ran, and a clock that went back. */
export function skipRecords({ skipped, handled }: Due, refs: readonly IndexRef[], now: number): HistoryRecord[] {
  const at = new Date(now).toISOString();
  const known = new Map(refs.map((ref) => [indexKey(ref), ref]));
  const records: HistoryRecord[] = [];
  for (const { index: key, from, to, count, reason } of skipped) {
    const ref = known.get(key);
    const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    if (ref !== undefined) records.push({ kind: 'skipped', at, index: { ...ref }, ...span, count, reason });
  }
  for (const key of handled.keys()) {
    const ref = known.get(key);
    if (ref === undefined || skipped.some((one) => one.index === key)) continue;
    records.push({ kind: 'clock', at, index: { ...ref } });
  }
  return records;
}
