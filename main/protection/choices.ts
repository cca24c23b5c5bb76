/** What a person chooses, as it stands in the settings. Pure; the time is an argument. */
import { Fault } from '../faults/fault.ts';
import { cronTrouble, scheduleSchema, Slots, type Schedule } from '../schedule/slots.ts';
import type { ProtectionSettings } from '../settings/schema.ts';

const HOUR_MS = 3_600_000;
/** When tomorrow begins for somebody who pauses until then. */
const MORNING = 8;

export type PauseEnd = 'hour' | 'tomorrow' | 'resumed';

/** Throws USAGE for an expression that is no schedule. */
export function checkSchedule(schedule: Schedule): void {
  if (scheduleSchema.safeParse(schedule).success) return;
  const reason = schedule.kind === 'cron' ? cronTrouble(schedule.expression) : null;
  throw new Fault('USAGE', { field: 'schedule', reason: reason ?? 'expression' });
}

/** Times that are shown of a schedule. */
const SHOWN = 5;

/** The next five times as ISO 8601 UTC. Throws USAGE for an expression that is no schedule. */
export function nextTimes(schedule: Schedule, now: number, timeZone?: string): string[] {
  checkSchedule(schedule);
  const slots = Slots.of(schedule, timeZone).following(now, SHOWN);
  return slots.map((at) => new Date(at).toISOString());
}

/** A drill whose times stay goes on as it did. */
export function drillSetting(
  before: ProtectionSettings['drill'],
  wanted: { readonly schedule: Schedule; readonly onConnections: boolean },
  now: number,
): ProtectionSettings['drill'] {
  const same = JSON.stringify(before.schedule) === JSON.stringify(wanted.schedule);
  return { ...wanted, since: same ? before.since : new Date(now).toISOString() };
}

/** One that is made longer began when it began. */
export function pauseSetting(before: ProtectionSettings['paused'], until: PauseEnd, now: number) {
  const end = until === 'resumed' ? null : until === 'hour' ? now + HOUR_MS : tomorrow(now);
  return {
    since: before?.since ?? new Date(now).toISOString(),
    until: end === null ? null : new Date(end).toISOString(),
  };
}

function tomorrow(now: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, MORNING).getTime();
}
