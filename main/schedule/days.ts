import type { DayCell, DayState } from '../../preload/api.ts';
import { dayOf, QUARTER_MS } from '../vault/local-day.ts';
import type { HistoryRecord } from './history.ts';
import { Slots, type Schedule } from './slots.ts';

/** What there is to know for the strip of one index. Times are in milliseconds since 1970. */
export interface StripFacts {
  readonly schedule: Schedule;
  readonly since: number;
  /** Of this index, oldest first. */
  readonly records: readonly HistoryRecord[];
  /** When backups of it were taken that are in the vault, whoever took them. */
  readonly backups: readonly number[];
  /** Since when it is overdue; null: it is not. */
  readonly overdueSince: number | null;
  readonly timeZone?: string;
}

const DAYS = 30;
const DAY_MS = 86_400_000;

const SKIPPED: Record<Extract<HistoryRecord, { kind: 'skipped' }>['reason'], string> = {
  'not-running': 'Vectorkeep was not running',
  asleep: 'the computer slept',
  paused: 'backups were paused',
  busy: 'another backup was running',
  unreachable: 'Qdrant did not answer',
  failing: 'the run before had failed until then',
  clock: 'the clock jumped',
};
export const skipWords = (reason: keyof typeof SKIPPED): string => SKIPPED[reason];

/** The last thirty days of an index, oldest first. Pure. A day is what its last run came to; the text says the rest. */
export function daysOf(facts: StripFacts, now: number): DayCell[] {
  const { timeZone } = facts;
  const today = dayOf(now, timeZone);
  const noon = Date.parse(`${today}T12:00:00Z`);
  const dates = Array.from({ length: DAYS }, (_, n) => isoDate(noon - (DAYS - 1 - n) * DAY_MS));
  const cells = new Map(dates.map((date) => [date, new Day()]));
  const at = (moment: number): Day | undefined => cells.get(dayOf(moment, timeZone));
  const oldest = new Date(now - (DAYS + 1) * DAY_MS).toISOString();
  for (const record of facts.records) {
    if (record.at < oldest) continue;
    if (record.kind === 'run' && record.index.collection !== '') at(Date.parse(record.at))?.run(record);
    if (record.kind !== 'skipped') continue;
    const [from, to] = [Date.parse(record.from), Date.parse(record.to)];
    for (const [slot, count] of daysBetween(facts, Math.max(from, now - DAYS * DAY_MS), to))
      at(slot)?.skip(record.reason, count);
  }
  for (const taken of facts.backups) at(taken)?.backup();
  const { overdueSince } = facts;
  if (overdueSince !== null)
    for (let moment = Math.max(overdueSince, now - DAYS * DAY_MS); moment <= now; moment += DAY_MS) at(moment)?.miss();
  if (overdueSince !== null) at(now)?.miss();
  return dates.map((date) => ({ date, ...(cells.get(date) ?? new Day()).cell() }));
}

class Day {
  #ran = 0;
  #caughtUp = 0;
  #failed = 0;
  #message = '';
  #backups = 0;
  #overdue = false;
  readonly #skipped = new Map<string, number>();
  #last: 'ok' | 'failed' | null = null;

  run({ fault, caughtUp }: Extract<HistoryRecord, { kind: 'run' }>): void {
    if (fault === null) {
      this.#last = 'ok';
      if (caughtUp) this.#caughtUp++;
      else this.#ran++;
    } else if (fault.code !== 'CANCELLED') {
      this.#last = 'failed';
      this.#failed++;
      this.#message = fault.message;
    }
  }

  skip(reason: keyof typeof SKIPPED, count: number): void {
    this.#skipped.set(SKIPPED[reason], (this.#skipped.get(SKIPPED[reason]) ?? 0) + count);
  }

  backup(): void {
    this.#backups++;
  }

  miss(): void {
    this.#overdue = true;
  }

  cell(): Omit<DayCell, 'date'> {
    return { state: this.#state(), text: this.#text() };
  }

  #state(): DayState {
    if (this.#last === 'failed') return 'failed';
    if (this.#overdue) return 'overdue';
    if (this.#last === 'ok') return this.#ran === 0 ? 'caught-up' : 'ran';
    if (this.#backups > 0) return 'ran';
    return this.#skipped.size > 0 ? 'skipped' : 'none';
  }

  #text(): string {
    const said: string[] = [];
    // Those of another program, or of the command line, are in no record here.
    const done = Math.max(this.#ran + this.#caughtUp, this.#backups);
    if (done > 0) said.push(`${times(done, 'backup')}${this.#caughtUp > 0 ? `, ${this.#caughtUp} caught up` : ''}.`);
    if (this.#failed > 0) said.push(`${times(this.#failed, 'run')} failed: ${this.#message}`);
    for (const [reason, count] of this.#skipped) said.push(`${times(count, 'run')} skipped: ${reason}.`);
    if (this.#overdue) said.push('Overdue: no backup for too long.');
    return said.length === 0 ? 'No run was due.' : said.join(' ');
  }
}

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Of a stretch that was skipped, each day's first slot and how many it has by today's schedule; where that has none there, its end. */
function daysBetween({ schedule, timeZone }: StripFacts, from: number, to: number): [number, number][] {
  const slots = Slots.of(schedule, timeZone);
  const found: [number, number][] = [];
  for (let slot = slots.next(from - 1); slot !== null && slot <= to;) {
    const end = Math.min(endOfDay(slot, timeZone), to + 1);
    found.push([slot, slots.count(slot - 1, end, MOST_COUNTED)]);
    slot = slots.next(end - 1);
  }
  return found.length === 0 ? [[to, 1]] : found;
}

/** Of a day that has more, nobody wants to know how many. */
const MOST_COUNTED = 100;

/** The first moment of the next day; days have 23 to 25 hours. */
function endOfDay(at: number, timeZone: string | undefined): number {
  const day = dayOf(at, timeZone);
  let end = (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS;
  while (dayOf(end, timeZone) === day) end += QUARTER_MS;
  return end;
}

const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10);
