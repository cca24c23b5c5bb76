import { createHash } from 'node:crypto';
import { Fault } from '../faults/fault.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import type { FileSource } from './file-source.ts';

/** A run of neighbouring points in the text of an export, `{…},{…}`, and what its bytes were. */
export interface Portion {
  /** Where it begins in the uncompressed text, in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly points: number;
  readonly sha256: string;
}

/** A portion's text in pieces, as they came. */
export interface PortionText {
  readonly pieces: readonly Uint8Array[];
  readonly points: number;
}

/** Points in a portion at most: small ones are put together into requests, and a request has a limit of points too. */
const MOST_POINTS = 250;

/**
 * Remembers, while an export is validated, which runs of points could be sent on as they lie. A second pass then
 * needs no scanner: it cuts the text where it is told, and the checksum says that it is the text that was validated.
 */
export class PortionRecorder {
  #portions: Portion[] = [];
  /** Some point cannot be sent as it lies: then none are. */
  #hopeless = false;
  /** Of the portion at hand, in the scanner's buffer. */
  #scanner: PointScanner | null = null;
  #start = 0;
  #end = 0;
  #points = 0;
  /** Where the last point begins in the text. */
  #last = -1;

  /** Call behind every point. `asItLies`: a target would take its text unchanged. */
  add(scanner: PointScanner, asItLies: boolean): void {
    const { start, end } = scanner.point;
    // Every point lies behind the one before it.
    if (scanner.base + start <= this.#last) this.#beginAgain();
    this.#last = scanner.base + start;
    this.#hopeless ||= !asItLies;
    if (this.#hopeless) return;
    if (this.#points === 0) this.#start = start;
    this.#scanner = scanner;
    this.#end = end;
    this.#points++;
    if (this.#points >= MOST_POINTS) this.close();
  }

  /** Ends the portion at hand. Call between chunks, before the scanner's buffer gets other content. */
  close(): void {
    if (this.#scanner === null || this.#points === 0) return;
    const { buf, base } = this.#scanner;
    const text = buf.subarray(this.#start, this.#end);
    const sha256 = createHash('sha256').update(text).digest('hex');
    this.#portions.push({ offset: base + this.#start, length: text.length, points: this.#points, sha256 });
    this.#points = 0;
  }

  /** After the pass. null: the file has points that must be put together anew for a target. */
  conclude(): readonly Portion[] | null {
    if (this.#hopeless) return null;
    this.close();
    return this.#portions;
  }

  #beginAgain(): void {
    this.#portions = [];
    this.#hopeless = false;
    this.#points = 0;
  }
}

/**
 * The file once more, portion by portion, each compared with what was validated before it is handed out.
 * Throws BAD_ARCHIVE {reason: 'changed'} for other text, FILE_* when the file cannot be read.
 */
export async function* readPortions(
  source: FileSource,
  portions: readonly Portion[],
  signal: AbortSignal,
): AsyncGenerator<PortionText, void, undefined> {
  const waiting = portions[Symbol.iterator]();
  let portion = waiting.next().value;
  let pieces: Uint8Array[] = [];
  let hash = createHash('sha256');
  let taken = 0;
  let base = 0;
  if (portion === undefined) return;
  for await (const chunk of source.chunks(signal)) {
    while (portion.offset + taken < base + chunk.length) {
      const from = portion.offset + taken - base;
      const piece = chunk.subarray(from, Math.min(chunk.length, from + portion.length - taken));
      hash.update(piece);
      // A view keeps its whole chunk in memory: not for a few bytes among a flood of white space.
      pieces.push(piece.length * 4 < chunk.length ? Buffer.from(piece) : piece);
      taken += piece.length;
      if (taken < portion.length) break;
      if (hash.digest('hex') !== portion.sha256) throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
      yield { pieces, points: portion.points };
      portion = waiting.next().value;
      if (portion === undefined) return;
      [pieces, hash, taken] = [[], createHash('sha256'), 0];
    }
    base += chunk.length;
  }
  throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
}
