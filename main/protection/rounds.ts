import type { Clock } from '../schedule/scheduler.ts';

/** Work that is done again and again, never twice at once, with so much time between an end and the next beginning. */
export class Rounds {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #going: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #wanted = false;
  #ended = false;

  /** `failed` is told what a round throws; the next comes all the same. */
  constructor(clock: Clock, everyMs: number, work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#work = work;
    this.#failed = failed;
  }

  /** Now; while a round goes on, right after it, since that one may have begun before what matters. */
  now(): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.#cancel?.();
    this.#wanted = true;
    this.#going ??= this.#goRound().finally(() => {
      this.#going = null;
      if (!this.#ended) this.#cancel = this.#clock.after(this.#everyMs, () => void this.now());
    });
    return this.#going;
  }

  async #goRound(): Promise<void> {
    while (this.#isWanted()) await this.#work().catch(this.#failed);
  }

  #isWanted(): boolean {
    const wanted = this.#wanted && !this.#ended;
    this.#wanted = false;
    return wanted;
  }

  /** No other begins; waits for the one that goes on. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#cancel?.();
    await this.#going;
  }
}
