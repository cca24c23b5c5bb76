/**
 * The shapes of everything about schedules, health and what became of runs, part of the contract with the window.
 * Re-exported by `api.ts`. Times are ISO 8601 UTC.
 */
import { z } from 'zod';
import { retention, warning } from './backups.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const times = z.array(time).min(1).max(24);

/** When an index is backed up. Times are `HH:MM` of the wall clock, days 1 (Monday) to 7. Main looks at the expression itself. */
export const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({ kind: z.literal('hourly'), minute: z.number().int().min(0).max(59) }),
  z.strictObject({ kind: z.literal('daily'), times }),
  z.strictObject({ kind: z.literal('weekly'), days: z.array(z.number().int().min(1).max(7)).min(1).max(7), times }),
  z.strictObject({ kind: z.literal('cron'), expression: z.string().max(200) }),
]);
export type Schedule = z.infer<typeof schedule>;

const health = z.enum(['paused', 'running', 'failing', 'overdue', 'due', 'never', 'safe', 'unprotected']);
export type Health = z.infer<typeof health>;

/** What a day of an index came to, the worst that happened; its cell in the strip. */
export const dayState = z.enum(['none', 'ran', 'caught-up', 'skipped', 'failed', 'overdue']);
export type DayState = z.infer<typeof dayState>;

export const dayCell = z.object({
  /** `2026-11-23` where the person lives. */
  date: z.string(),
  state: dayState,
  /** What happened, in a sentence or a few. */
  text: z.string(),
});
export type DayCell = z.infer<typeof dayCell>;

/** An index that is not what it was when it was last looked at; its last good backup is kept from rotation until somebody says it is fine. */
export const indexChange = z.object({
  what: z.enum(['shrank', 'recreated', 'gone']),
  at: z.string(),
  /** Points before and after. */
  from: z.number(),
  to: z.number(),
  /** The backup that is kept; null: there was none. */
  backup: z.string().nullable(),
  message: z.string(),
});
export type IndexChange = z.infer<typeof indexChange>;

export const protectedIndex = z.object({
  connection: z.string(),
  collection: z.string(),
  /** The one that holds: its own, or that of all indexes of its connection. */
  schedule,
  /** It has one of its own. */
  own: z.boolean(),
  health,
  lastGood: z.object({ backup: z.string(), at: z.string(), points: z.number() }).nullable(),
  nextRun: z.string().nullable(),
  /** Since when it is overdue, while it is. */
  overdueSince: z.string().nullable(),
  /** The last run failed, and no backup came since. */
  failure: z.object({ at: z.string(), code: z.string(), message: z.string(), hint: z.string() }).nullable(),
  /** The last drill of it. `message`: what was wrong. */
  tested: z.object({ at: z.string(), ok: z.boolean(), backup: z.string(), message: z.string().nullable() }).nullable(),
  change: indexChange.nullable(),
  /** The last thirty days, oldest first. */
  days: z.array(dayCell),
});
export type ProtectedIndex = z.infer<typeof protectedIndex>;

/** How all of it stands, for the tray's icon and the first line everywhere. */
export const protectionTone = z.enum(['safe', 'working', 'attention', 'failed']);
export type ProtectionTone = z.infer<typeof protectionTone>;

export const protectionView = z.object({
  tone: protectionTone,
  /** "All 6 indexes are safe. Last backup 12 min ago, tested Sunday." */
  sentence: z.string(),
  /** Who runs the schedules: this program, another one (`vectorkeep serve`, or the app), or nobody right now. */
  keeper: z.enum(['here', 'other', 'nobody']),
  paused: z.object({ since: z.string(), until: z.string().nullable() }).nullable(),
  /** null: all backups stay. */
  keep: retention.nullable(),
  drill: z.object({ schedule, onConnections: z.boolean(), nextRun: z.string().nullable() }),
  /** Schedules for all indexes of a connection. */
  defaults: z.array(z.object({ connection: z.string(), schedule })),
  /** Those under a schedule, or that have one of their own that is off; by connection and name. */
  indexes: z.array(protectedIndex),
  nextRun: z.string().nullable(),
  warnings: z.array(warning),
});
export type ProtectionView = z.infer<typeof protectionView>;

const indexRef = z.strictObject({ connection: z.string().min(1).max(255), collection: z.string().min(1).max(255) });
export type IndexRef = z.infer<typeof indexRef>;

/** A line of the history. */
export const historyEntry = z.object({
  /** Unique among those of one answer. */
  id: z.string(),
  kind: z.enum(['backup', 'skipped', 'drill', 'clock', 'change']),
  at: z.string(),
  /** null: it is about no single index. */
  index: indexRef.nullable(),
  outcome: z.enum(['ok', 'failed', 'skipped', 'noted']),
  /** "Backed up 1,204 points, 12 changed" */
  title: z.string(),
  /** The log of it, line by line. */
  lines: z.array(z.string()),
  /** The backups that rotation took away after it; left out where it took none. Older records know their number alone. */
  rotation: z.object({ count: z.number(), removed: z.array(z.string()), bytesFreed: z.number() }).optional(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

export const protectionRequests = {
  'protection:get': { input: z.undefined(), output: protectionView },
  /** `collection` null: of all indexes of the connection that have none of their own. `schedule` null: none of its own any more. */
  'protection:set-schedule': {
    input: z.strictObject({
      connection: indexRef.shape.connection,
      collection: indexRef.shape.collection.nullable(),
      schedule: schedule.nullable(),
    }),
    output: protectionView,
  },
  /** The next five times; a bad expression is an error. */
  'protection:next-times': { input: z.strictObject({ schedule }), output: z.array(z.string()) },
  'protection:set-keep': { input: z.strictObject({ keep: retention.nullable() }), output: protectionView },
  'protection:set-drill': {
    input: z.strictObject({ schedule, onConnections: z.boolean() }),
    output: protectionView,
  },
  'protection:pause': {
    input: z.strictObject({ until: z.enum(['hour', 'tomorrow', 'resumed']) }),
    output: protectionView,
  },
  'protection:resume': { input: z.undefined(), output: protectionView },
  /** Of these indexes, or of all that are under a schedule. */
  'protection:back-up': {
    input: z.strictObject({ indexes: z.array(indexRef).max(1000).optional() }),
    output: z.object({ jobIds: z.array(z.string()) }),
  },
  /** The person says that an index may be as it has become. */
  'protection:accept-change': { input: indexRef, output: protectionView },
  'drill:start': { input: indexRef, output: z.object({ jobId: z.string() }) },
  /** Newest first. `before`: the `id` of the last line that is known. */
  'history:list': {
    input: z.strictObject({
      index: indexRef.optional(),
      kind: historyEntry.shape.kind.optional(),
      outcome: historyEntry.shape.outcome.optional(),
      before: z.string().max(64).optional(),
      limit: z.number().int().min(1).max(500),
    }),
    output: z.object({ entries: z.array(historyEntry), more: z.boolean() }),
  },
} as const;
