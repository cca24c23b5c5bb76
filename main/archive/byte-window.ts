import { isUtf8 } from 'node:buffer';
import { Fault } from '../faults/fault.ts';

/** The largest single point or section, in bytes. More than any request to Qdrant may hold, small beside memory. */
const LARGEST = 128 << 20;

/**
 * The part of a text that is being looked at: `buf[pos..end)`, with the zero behind it that the scanner wants, and
 * `base`, the offset of `buf[0]` in the whole text. What a scan could not finish stays and is scanned again with more.
 */
export class ByteWindow {
  buf = Buffer.allocUnsafeSlow((2 << 20) + 1);
  pos = 0;
  end = 0;
  base = 0;
  /** Offset in the whole text of the first byte that is not UTF-8; Infinity while all is well. */
  badUtf8At = Number.POSITIVE_INFINITY;
  /** `end` at the last attempt that ended in want of bytes. */
  #stuckAt = 0;
  #checked = 0;

  /** Adds bytes behind what is left. */
  append(chunk: Uint8Array): void {
    if (this.end + chunk.length + 1 > this.buf.length) this.#makeRoom(chunk.length);
    this.buf.set(chunk, this.end);
    this.end += chunk.length;
    this.buf[this.end] = 0;
    this.#checkUtf8();
  }

  /**
   * Is it worth scanning again? A value that needed more bytes is tried anew only when there are twice as many, so
   * that a large one is not scanned from its beginning for every chunk.
   */
  worthAnotherLook(): boolean {
    return this.end - this.pos >= Math.min(2 * this.#stuckAt, LARGEST);
  }

  /** The scan of `what` wants more bytes than there are, beginning at `pos`. Throws BAD_ARCHIVE {too_large} when these are as many as any may be. */
  stuck(what: string): void {
    this.#stuckAt = this.end - this.pos;
    if (this.#stuckAt >= LARGEST)
      throw new Fault('BAD_ARCHIVE', { reason: 'too_large', what, limit: LARGEST >> 20, offset: this.base + this.pos });
  }

  moved(): void {
    this.#stuckAt = 0;
  }

  #makeRoom(more: number): void {
    const left = this.end - this.pos;
    const needed = left + more + 1;
    const roomy = Math.max(needed, Math.min(2 * needed, LARGEST + (4 << 20)));
    const target = needed > this.buf.length ? Buffer.allocUnsafeSlow(roomy) : this.buf;
    this.buf.copy(target, 0, this.pos, this.end);
    this.buf = target;
    this.base += this.pos;
    this.#checked -= this.pos;
    this.pos = 0;
    this.end = left;
  }

  /** Checks what came, leaving a character that is still incomplete for the next time. */
  #checkUtf8(): void {
    if (this.badUtf8At !== Number.POSITIVE_INFINITY) return;
    const bytes = this.buf.subarray(this.#checked, this.end);
    const whole = bytes.length - incompleteTail(bytes);
    if (isUtf8(bytes.subarray(0, whole))) this.#checked += whole;
    else this.badUtf8At = this.base + this.#checked + firstInvalid(bytes);
  }
}

/** Length of a character at the end that may go on: 0 to 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const c = bytes[bytes.length - back] ?? 0;
    if (c < 0x80) return 0;
    if (c >= 0xc0) {
      const needed = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

/** Index of the first byte that is not UTF-8, found by halving; only ever asked of a file that is refused. */
function firstInvalid(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const head = bytes.subarray(0, middle);
    if (isUtf8(head.subarray(0, middle - incompleteTail(head)))) good = middle;
    else bad = middle;
  }
  // A character begun there and not gone on with is where it goes wrong.
  return good - incompleteTail(bytes.subarray(0, good));
}
