import { performance } from 'node:perf_hooks';
import { lifeOf, parseNote } from './lock-note.ts';

/** A file without content that one could read is taken over after so long. */
const GARBAGE_MS = 10_000;
/** So many beats may be missed. */
export const MISSED_BEATS = 4;
/** One look counts for no more: while this machine slept nobody could beat. */
const LOOK_LIMIT_MS = 1000;

export interface WatchOptions {
  /** See `lifeOf`. */
  readonly local: boolean;
  readonly beatMs: number;
}

/** Looks at one lock file again and again, and tells whether its holder is gone. Its own clock alone counts. */
export class LockWatch {
  readonly #options: WatchOptions;
  #text: string | null = null;
  #silentMs = 0;
  #lookedAt = 0;
  #hasBeaten = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** `text` is what stands in the file now, `ageMs` how old it is by its own word. */
  see(text: string, ageMs: number): 'lives' | 'gone' | 'unknown' {
    const holder = parseNote(text);
    const silent = this.#silence(text);
    if (holder === undefined) return Math.max(silent, ageMs) > GARBAGE_MS ? 'gone' : 'unknown';
    const life = lifeOf(holder, this.#options.local);
    if (life !== 'unknown') return life;
    if (silent > MISSED_BEATS * this.#options.beatMs) return 'gone';
    return this.#hasBeaten ? 'lives' : 'unknown';
  }

  /** For how long it has stayed the same under our eyes, in milliseconds. */
  #silence(text: string): number {
    const now = performance.now();
    const before = this.#text;
    if (text === before) this.#silentMs += Math.min(now - this.#lookedAt, LOOK_LIMIT_MS);
    else {
      const token = parseNote(text)?.token;
      this.#hasBeaten = before !== null && token !== undefined && parseNote(before)?.token === token;
      this.#silentMs = 0;
      this.#text = text;
    }
    this.#lookedAt = now;
    return this.#silentMs;
  }
}
