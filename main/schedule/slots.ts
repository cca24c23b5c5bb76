import { Cron } from 'croner';
import { schedule, type Schedule } from '../../preload/protection.ts';

/** The shape of the contract, with an expression that can be worked out. */
export const scheduleSchema = schedule.refine(
  (value) => value.kind !== 'cron' || cronTrouble(value.expression) === null,
);
export type { Schedule };

const CRON_FIELDS = ['minute', 'hour', 'day', 'month', 'weekday'] as const;

/**
 * What is wrong with an expression: it has not five `fields`, the first of them that is wrong, or no moment fits it
 * (`never`). null: nothing.
 */
export function cronTrouble(
  expression: string,
): (typeof CRON_FIELDS)[number] | 'fields' | 'never' | 'expression' | null {
  const given = expression.trim().split(/\s+/);
  if (given.length !== CRON_FIELDS.length) return 'fields';
  const first = firstOf(expression);
  if (first !== undefined) return first === null ? 'never' : null;
  // Each by itself, the others being anything.
  const alone = (at: number): string => given.map((field, n) => (n === at ? field : '*')).join(' ');
  return CRON_FIELDS.find((_, at) => firstOf(alone(at)) === undefined) ?? 'expression';
}

/** The first moment that fits; null: none does. undefined: it is no expression. */
function firstOf(expression: string): Date | null | undefined {
  try {
    return new Cron(expression, { paused: true }).nextRun(new Date());
  } catch {
    return undefined;
  }
}

/** Schedules that are known, and neighbouring slots that were found of each: they are asked for once a minute. */
const MOST_KNOWN = 200;
const MOST_FOUND = 8;
const known = new Map<string, Slots>();
const latest = new WeakMap<Schedule, { readonly timeZone: string | undefined; readonly slots: Slots }>();

/** The moments of a schedule, in milliseconds since 1970. */
export class Slots {
  readonly #crons: readonly Cron[];
  /** No slot lies between the two. */
  #found: { readonly after: number; readonly next: number | null }[] = [];

  /** What `last` found. */
  #last: { readonly after: number; readonly slot: number; readonly next: number | null } | null = null;

  /** `timeZone`: an IANA name; default: the machine's. */
  static of(schedule: Schedule, timeZone?: string): Slots {
    const seen = latest.get(schedule);
    if (seen !== undefined && seen.timeZone === timeZone) return seen.slots;
    const key = JSON.stringify([schedule, timeZone]);
    const slots = known.get(key) ?? new Slots(schedule, timeZone);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, slots);
    latest.set(schedule, { timeZone, slots });
    return slots;
  }

  private constructor(schedule: Schedule, timeZone?: string) {
    const options = { paused: true, ...(timeZone === undefined ? {} : { timezone: timeZone }) };
    this.#crons = expressions(schedule).map((expression) => new Cron(expression, options));
  }

  /** The first one after `after`; null: there is none. */
  next(after: number): number | null {
    const found = this.#found.find((one) => one.after <= after && (one.next === null || after < one.next));
    if (found !== undefined) return found.next;
    let next: number | null = null;
    for (const cron of this.#crons) {
      const own = cron.nextRun(new Date(after))?.getTime() ?? null;
      if (own !== null && (next === null || own < next)) next = own;
    }
    this.#found = [{ after, next }, ...this.#found.slice(0, MOST_FOUND - 1)];
    return next;
  }

  /** The last one in `(after, until]`; null: there is none. */
  last(after: number, until: number): number | null {
    const first = this.next(after);
    if (first === null || first > until) return null;
    const seen = this.#last;
    if (seen?.after === after && seen.slot <= until && (seen.next === null || until < seen.next)) return seen.slot;
    // Backwards in windows that grow: a schedule may have a slot every minute, and a clock may have jumped by years.
    for (let back = HOUR; ; back *= 8) {
      const from = Math.max(after, until - back);
      let found: number | null = null;
      for (let slot = this.next(from); slot !== null && slot <= until; slot = this.next(slot)) found = slot;
      if (found !== null) this.#last = { after, slot: found, next: this.next(found) };
      if (found !== null || from === after) return found;
    }
  }

  /** How many there are in `(after, before)`, counted up to `most`. */
  count(after: number, before: number, most: number): number {
    let count = 0;
    for (let slot = this.next(after); slot !== null && slot < before && count < most; slot = this.next(slot)) count++;
    return count;
  }

  /** The first `count` after `after`. */
  following(after: number, count: number): number[] {
    const found: number[] = [];
    for (let slot = this.next(after); slot !== null && found.length < count; slot = this.next(slot)) found.push(slot);
    return found;
  }
}

const HOUR = 3_600_000;

function expressions(schedule: Schedule): string[] {
  switch (schedule.kind) {
    case 'off':
      return [];
    case 'hourly':
      return [`${schedule.minute} * * * *`];
    case 'daily':
      return schedule.times.map((time) => `${minuteAndHour(time)} * * *`);
    case 'weekly':
      return schedule.times.map((time) => `${minuteAndHour(time)} * * ${schedule.days.join(',')}`);
    case 'cron':
      return [schedule.expression];
  }
}

function minuteAndHour(time: string): string {
  const [hour, minute] = time.split(':');
  return `${Number(minute)} ${Number(hour)}`;
}
