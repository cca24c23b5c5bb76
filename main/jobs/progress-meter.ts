import type { JobProgress } from '../../preload/api.ts';
import { isCounted, shareDone } from '../../preload/progress.ts';

type Phase = JobProgress['phase'];

/** At most ten reports a second leave the worker, besides the first and the last of a phase. */
const REPORT_EVERY_MS = 100;
/** A rate is believed after this long in a phase. */
const STEADY_AFTER_MS = 2000;

/**
 * Counts points and bytes of the phase at hand, works out rate and time left, and reports now and then. The first report
 * of a phase always goes out, and the one in which its points or bytes are all done, or that ends it.
 */
export class ProgressMeter {
  readonly #report: (progress: JobProgress) => void;
  readonly #now: () => number;
  #phase: Phase = 'preparing';
  #since: number;
  #reported = Number.NEGATIVE_INFINITY;
  #totalPoints: number | null = null;
  #totalBytes: number | null = null;
  #points = 0;
  #bytes = 0;

  constructor(report: (progress: JobProgress) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
    this.#since = now();
  }

  /** Begins a phase and counts from nothing; one in which nothing is counted has all its points from the start. */
  begin(phase: Phase, totals: { points?: number | null; bytes?: number | null } = {}): void {
    this.#phase = phase;
    this.#since = this.#now();
    this.#totalPoints = totals.points ?? null;
    this.#totalBytes = totals.bytes ?? null;
    // Told as full where nothing is counted, so that a bar never runs backwards into it.
    this.#points = isCounted(phase) ? 0 : (totals.points ?? 0);
    this.#bytes = 0;
    this.#send();
  }

  /** The phase has come to its end, with so many points: told whenever the last report was. */
  end(points: number, bytes: number): void {
    this.#totalPoints = points;
    this.#points = points;
    this.#bytes = bytes;
    this.#send();
  }

  /** Where the phase stands now. */
  at(points: number, bytes: number): void {
    const last =
      (points === this.#totalPoints && points !== this.#points) ||
      (bytes === this.#totalBytes && bytes !== this.#bytes);
    this.#points = points;
    this.#bytes = bytes;
    if (last || this.#now() - this.#reported >= REPORT_EVERY_MS) this.#send();
  }

  #send(): void {
    const now = this.#now();
    this.#reported = now;
    const elapsed = now - this.#since;
    const reached = {
      phase: this.#phase,
      points: this.#points,
      totalPoints: this.#totalPoints,
      bytes: this.#bytes,
      totalBytes: this.#totalBytes,
    };
    const rate = isCounted(this.#phase) && elapsed > 0 ? (this.#points * 1000) / elapsed : 0;
    const share = shareDone(reached) ?? 0;
    const steady = share > 0 && elapsed >= STEADY_AFTER_MS;
    this.#report({
      ...reached,
      pointsPerSecond: Math.round(rate),
      secondsLeft: steady ? Math.max(0, Math.round((elapsed * (1 / share - 1)) / 1000)) : null,
    });
  }
}
