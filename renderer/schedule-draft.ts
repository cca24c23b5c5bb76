/** A schedule while it is typed, and what of it is not one yet. Pure. */
import type { Schedule } from '../preload/api.ts';

/** What every kind would be, so that going from one to another and back loses nothing. */
export interface ScheduleDraft {
  readonly kind: Schedule['kind'];
  readonly minute: string;
  /** `HH:MM`, or empty while it is typed. */
  readonly times: readonly string[];
  readonly days: readonly number[];
  readonly expression: string;
}

/** Midday: most computers are on, and nobody waits for them to be. */
export const USUAL_TIME = '12:30';
export const MOST_TIMES = 24;

const USUAL: ScheduleDraft = {
  kind: 'daily',
  minute: '0',
  times: [USUAL_TIME],
  days: [1],
  expression: '30 12 * * 1-5',
};

export function scheduleDraft(schedule: Schedule | null): ScheduleDraft {
  if (schedule === null) return USUAL;
  const { kind } = schedule;
  switch (schedule.kind) {
    case 'off':
      return { ...USUAL, kind };
    case 'hourly':
      return { ...USUAL, kind, minute: String(schedule.minute) };
    case 'daily':
      return { ...USUAL, kind, times: schedule.times };
    case 'weekly':
      return { ...USUAL, kind, times: schedule.times, days: schedule.days };
    case 'cron':
      return { ...USUAL, kind, expression: schedule.expression };
  }
}

export interface ScheduleProblem {
  readonly field: 'minute' | 'times' | 'days' | 'expression';
  readonly message: string;
}

export type DraftedSchedule =
  { readonly ok: true; readonly schedule: Schedule } | { readonly ok: false; readonly problem: ScheduleProblem };

/** The schedule that is meant, or the first thing that is missing. Whether an expression is one, main says. */
export function draftedSchedule(draft: ScheduleDraft): DraftedSchedule {
  switch (draft.kind) {
    case 'off':
      return { ok: true, schedule: { kind: 'off' } };
    case 'hourly':
      if (!/^\d{1,2}$/.test(draft.minute.trim()) || Number(draft.minute) > 59) {
        return problem('minute', 'The minute is a number from 0 to 59.');
      }
      return { ok: true, schedule: { kind: 'hourly', minute: Number(draft.minute) } };
    case 'daily':
      return withTimes(draft, (times) => ({ kind: 'daily', times }));
    case 'weekly': {
      const days = [...new Set(draft.days)].sort((a, b) => a - b);
      if (days.length === 0) return problem('days', 'Tick at least one day.');
      return withTimes(draft, (times) => ({ kind: 'weekly', days, times }));
    }
    case 'cron': {
      const expression = draft.expression.trim().replace(/\s+/g, ' ');
      if (expression.split(' ').length !== 5) {
        return problem(
          'expression',
          'An expression has five fields: minute, hour, day of the month, month and day of the week, as 30 2 * * 1-5.',
        );
      }
      return { ok: true, schedule: { kind: 'cron', expression } };
    }
  }
}

function withTimes({ times }: ScheduleDraft, make: (times: string[]) => Schedule): DraftedSchedule {
  if (times.some((time) => !/^([01]\d|2[0-3]):[0-5]\d$/.test(time))) {
    return problem(
      'times',
      times.length === 1 ? 'Fill in the time.' : 'Fill in every time, or remove those left empty.',
    );
  }
  return { ok: true, schedule: make([...new Set(times)].sort()) };
}

function problem(field: ScheduleProblem['field'], message: string): DraftedSchedule {
  return { ok: false, problem: { field, message } };
}

/** A further time: an hour after the last one, or the first hour that is free. */
export function anotherTime(times: readonly string[]): string {
  const last = /^(\d\d):(\d\d)$/.exec(times.at(-1) ?? '');
  const from = last === null ? 12 : Number(last[1]);
  const minute = last?.[2] ?? '00';
  for (let step = 1; step <= 24; step++) {
    const time = `${String((from + step) % 24).padStart(2, '0')}:${minute}`;
    if (!times.includes(time)) return time;
  }
  return '';
}
