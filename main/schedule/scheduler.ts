import { dueRuns, type DueRun, type Gap, type Scheduled } from './due.ts';
import { Slots } from './slots.ts';

/** The time, and a way to wait for it; real or not. */
export interface Clock {
  /** Of the wall, in milliseconds since 1970: it may be set, by somebody or by the network. */
  now(): number;
  /** Since some beginning; it goes on evenly, and may stand still while the machine sleeps. */
  steady(): number;
  /** Calls back once, not before `ms` have passed; returns how to call it off. */
  after(ms: number, callback: () => void): () => void;
}

/** What is protected, as it stands now. */
export interface Protection {
  readonly indexes: readonly Scheduled[];
  /** null: backups are not paused. `until` null: until somebody resumes. Milliseconds since 1970. */
  readonly paused: { readonly since: number; readonly until: number | null } | null;
}

export interface SchedulerParts {
  readonly clock: Clock;
  readonly protection: () => Promise<Protection>;
  /** Takes the backup, rotates after it, and records what came of it, also when it fails. Never rejects. */
  readonly run: (run: DueRun) => Promise<void>;
  /** Records slots that went by, or that the clock went back for an index. */
  readonly skipped: (what: ReturnType<typeof dueRuns>) => Promise<void>;
  /** A pause has come to its end. Never rejects. */
  readonly resume: () => Promise<void>;
  /** What is due, and when something will be, may have changed. */
  readonly changed: () => void;
  /** What nobody foresaw; the next look comes all the same. */
  readonly failed: (error: unknown) => void;
  readonly timeZone?: string;
}

/** So long at most nobody looks at the clock: a timer is not to be trusted with more. */
export const LONGEST_WAIT_MS = 60_000;
/** Nobody looked for longer: the machine slept, or the clock was set. */
const GAP_MS = 3 * LONGEST_WAIT_MS;
/** What a machine sleeps at most; a longer gap is the clock's. */
const LONGEST_SLEEP_MS = 60 * 86_400_000;
/** Gaps that are remembered. */
const MOST_GAPS = 100;

/** Looks at the clock at least once a minute and runs what is due, one run at a time. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  #cancel: (() => void) | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #ended = false;
  /** Of the wall clock and the steady one, when somebody last looked. */
  #seen: { readonly wall: number; readonly steady: number } | null = null;
  #settledSince = 0;
  /** When the pause began whose time is over, whatever the settings still say. */
  #endedPause: number | null = null;
  #gaps: Gap[] = [];
  #running: DueRun | null = null;
  /** Backups were paused since then, when somebody last looked. */
  #pausedSince: number | null = null;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Things settle since then: after a start, sleep, or a pause. */
  get settledSince(): number {
    return this.#settledSince;
  }

  /** The run that is going on. */
  get running(): DueRun | null {
    return this.#running;
  }

  start(): void {
    this.#settledSince = this.#parts.clock.now();
    this.look();
  }

  /** Now, because something changed: settings, a pause, the machine woke. */
  look(): void {
    if (this.#ended) return;
    this.#noticeTime();
    // Also while a run goes on, which may take hours: else it would look like sleep.
    this.#arm(LONGEST_WAIT_MS);
    if (this.#looking !== null) {
      this.#again = true;
      return;
    }
    this.#looking = this.#work()
      // The next look is armed already.
      .catch((error: unknown) => this.#parts.failed(error))
      .finally(() => {
        this.#looking = null;
        this.#running = null;
        if (this.#again) {
          this.#again = false;
          this.look();
        }
      });
  }

  /** Nothing new begins; waits for what is going on. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#cancel?.();
    await this.#looking;
  }

  #arm(ms: number): void {
    this.#cancel?.();
    if (!this.#ended) this.#cancel = this.#parts.clock.after(Math.max(0, ms), () => this.look());
  }

  /** What the clocks say of the time since somebody last looked. */
  #noticeTime(): void {
    const { clock } = this.#parts;
    const [wall, steady] = [clock.now(), clock.steady()];
    const before = this.#seen;
    this.#seen = { wall, steady };
    if (before === null) return;
    const passed = wall - before.wall;
    if (passed < -GAP_MS) this.#settledSince = wall;
    if (passed <= GAP_MS) return;
    this.#noteGap({ from: before.wall, to: wall, why: passed > LONGEST_SLEEP_MS ? 'clock' : 'asleep' });
    this.#settledSince = wall;
  }

  async #work(): Promise<void> {
    const { clock, timeZone } = this.#parts;
    while (!this.#ended) {
      const { indexes, paused: set } = await this.#parts.protection();
      const now = clock.now();
      const paused = set?.since === this.#endedPause ? null : set;
      if (paused !== null && paused.until !== null && paused.until <= now) {
        // That it cannot be written down is no reason to go on waiting.
        await this.#parts.resume();
        this.#pauseEnded(paused.since);
        this.#endedPause = paused.since;
        continue;
      }
      // Another program has resumed.
      if (paused === null && this.#pausedSince !== null) this.#pauseEnded(this.#pausedSince);
      this.#pausedSince = paused?.since ?? null;
      const due = dueRuns(indexes, {
        ...{ now, settledSince: this.#settledSince, paused: paused !== null, gaps: this.#gaps },
        ...(timeZone === undefined ? {} : { timeZone }),
      });
      if (due.handled.size > 0) await this.#parts.skipped(due);
      const ready = due.runs.find(({ at }) => at <= now);
      if (ready === undefined) {
        this.#arm(this.#untilNext(indexes, due.runs, paused?.until ?? null, now));
        this.#parts.changed();
        return;
      }
      this.#running = ready;
      this.#parts.changed();
      await this.#parts.run(ready);
      this.#running = null;
      if (clock.now() - now > LONGEST_WAIT_MS) this.#noteGap({ from: now, to: clock.now(), why: 'busy' });
    }
  }

  /** Somebody resumed what was paused at `since`. */
  resumed(since: number): void {
    this.#pauseEnded(since);
    this.look();
  }

  #pauseEnded(since: number): void {
    const now = this.#parts.clock.now();
    this.#pausedSince = null;
    this.#noteGap({ from: since, to: now, why: 'paused' });
    this.#settledSince = now;
  }

  #noteGap(gap: Gap): void {
    this.#gaps = [...this.#gaps, gap].slice(-MOST_GAPS);
  }

  #untilNext(indexes: readonly Scheduled[], runs: readonly DueRun[], resumes: number | null, now: number): number {
    const moments = runs.map(({ at }) => at);
    if (resumes !== null) moments.push(resumes);
    for (const { schedule } of indexes) {
      const next = Slots.of(schedule, this.#parts.timeZone).next(now);
      if (next !== null) moments.push(next);
    }
    return Math.min(LONGEST_WAIT_MS, ...moments.filter((at) => at > now).map((at) => at - now));
  }
}
