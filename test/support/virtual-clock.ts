/** A clock that goes when it is told to, sleeps, and is set by hand. */
import type { Clock } from '../../main/schedule/scheduler.ts';

interface Timer {
  /** On the steady clock. */
  readonly at: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  #wall: number;
  #steady = 0;
  #timers: Timer[] = [];

  constructor(wall: number) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  steady(): number {
    return this.#steady;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#steady + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Somebody sets the clock. */
  set(wall: number): void {
    this.#wall = wall;
  }

  /** The machine sleeps: no timer moves. */
  sleep(ms: number): void {
    this.#wall += ms;
  }

  /** Goes on for so long, timer by timer; what each begins is waited for as far as it does not wait for the clock. */
  async run(ms: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#steady + ms;
    for (;;) {
      await settled();
      const next = this.#timers.reduce<Timer | null>((a, b) => (a === null || b.at < a.at ? b : a), null);
      if (next === null || next.at > end) break;
      this.#go(next.at);
      this.#timers = this.#timers.filter((one) => one !== next);
      next.callback();
    }
    this.#go(end);
  }

  #go(steady: number): void {
    this.#wall += steady - this.#steady;
    this.#steady = steady;
  }
}
