import { createHash, type Hash } from 'node:crypto';
import type { ByteWindow } from './byte-window.ts';

/** The sha256 of a stretch of text that passes through a window. */
export class WindowHash {
  readonly #window: ByteWindow;
  #hash: Hash | null = null;
  /** Index in the window from which the stretch still has to go in. */
  #from = 0;

  constructor(window: ByteWindow) {
    this.#window = window;
  }

  /** The stretch begins at `index` of the window. */
  begin(index: number): void {
    this.#hash = createHash('sha256');
    this.#from = index;
  }

  /** Takes what has been passed. Call before the window's content moves, and `moved` behind it. */
  feed(): void {
    this.#hash?.update(this.#window.buf.subarray(this.#from, this.#window.pos));
    this.#from = this.#window.pos;
  }

  moved(): void {
    this.#from = this.#window.pos;
  }

  /** The stretch ends where the window stands. Hexadecimal; null when it never began. */
  end(): string | null {
    this.feed();
    const digest = this.#hash?.digest('hex') ?? null;
    this.#hash = null;
    return digest;
  }
}
