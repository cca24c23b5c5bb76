/**
 * A lock that is a file. It outlasts neither its process nor, on another machine, its process's heartbeat; it does
 * outlast sleep: a holder that is stopped keeps it, as far as that can be told.
 *
 * Whether a holder on this machine lives is told by its process. Of others, and on systems that do not tell when a
 * process started, it is told by the heartbeat that it writes into the file. That can be wrong: a machine that slept, or
 * lost its network share, may wake up without its lock. So a holder asks `assertHeld` before each step that counts.
 */
import { unlink, type FileHandle } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import { fileFault } from '../files/file-faults.ts';
import { ageOf, claimPath, place, readText, replace, sweepBesideLock } from './lock-files.ts';
import { heldHere, holderIn, keyOf, lifeOf, newNote, noteText, parseNote, type LockNote } from './lock-note.ts';
import { LockWatch, MISSED_BEATS } from './lock-watch.ts';
import { identify } from './process-identity.ts';

const BEAT_MS = 5000;
/** So much longer is waited for somebody who takes the lock over in this moment. */
const TAKEOVER_MS = 2000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

export interface LockOptions {
  /** What the holder does, for the words to others: `backup of docs`. */
  readonly purpose: string;
  /**
   * So long a holder that lives is waited for, in milliseconds. Until it is known whether it lives the wait goes on:
   * 5 s at most for one that does, 20 s for one that does not.
   */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  /** The folder is on no share: every process in it is one of this machine. */
  readonly local?: boolean;
  /** Between two beats. All who use a lock must agree on it. */
  readonly beatMs?: number;
}

export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #handle: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #beating: Promise<unknown> | null = null;
  #released: Promise<void> | null = null;

  private constructor(path: string, note: LockNote & { readonly token: string }, handle: FileHandle, beatMs: number) {
    this.#path = path;
    this.#token = note.token;
    this.#handle = handle;
    let beats = 0;
    this.#timer = setInterval(() => {
      // Into the file that is open: should another one have taken its place, that one is not touched.
      this.#beating ??= handle
        .write(noteText(note, ++beats), 0)
        // The folder may be gone. `assertHeld` tells.
        .catch(() => undefined)
        .finally(() => {
          this.#beating = null;
        });
    }, beatMs);
    this.#timer.unref();
  }

  /**
   * Waits until it holds the lock. The file is taken away by `release`; the one of a holder that is gone is taken over.
   * Throws VAULT_BUSY {purpose, pid, host, since: each where it is known}, CANCELLED, FILE_NOT_READABLE, NO_SPACE,
   * WRITE_FAILED.
   */
  static async acquire(path: string, options: LockOptions): Promise<FileLock> {
    const note = newNote(options.purpose);
    // Before there is a file: others of this thread tell by this that the file's holder lives.
    heldHere.add(note.token);
    try {
      const handle = await new Attempt(path, options, note).untilHeld();
      const lock = new FileLock(path, note, handle, options.beatMs ?? BEAT_MS);
      await sweepBesideLock(path, note.token);
      return lock;
    } catch (error) {
      heldHere.delete(note.token);
      throw options.signal?.aborted === true ? new Fault('CANCELLED') : fileFault(error, path);
    }
  }

  /** Whether somebody holds it, as far as one look tells. Changes nothing, and never throws. */
  static async isHeld(path: string, { local = false, beatMs = BEAT_MS }: Partial<LockOptions> = {}): Promise<boolean> {
    const holder = parseNote((await readText(path).catch(() => null)) ?? '');
    if (holder === undefined) return false;
    const life = lifeOf(holder, local);
    return life === 'lives' || (life === 'unknown' && (await ageOf(path)) < MISSED_BEATS * beatMs);
  }

  /** Takes away the lock that a thread of this process held when it was ended by force. Never throws. */
  static async clearAfterThread(path: string, thread: number): Promise<void> {
    const holder = parseNote((await readText(path).catch(() => null)) ?? '');
    if (holder?.pid !== process.pid || holder.thread !== thread) return;
    if (holder.startedAt === (identify(process.pid)?.startedAt ?? null)) await unlink(path).catch(() => undefined);
  }

  /** Throws VAULT_BUSY when somebody else took it over, or the file is gone; FILE_NOT_READABLE, WRITE_FAILED. */
  async assertHeld(): Promise<void> {
    const text = await readText(this.#path).catch((error: unknown) => {
      throw fileFault(error, this.#path);
    });
    if (text === null || keyOf(text) !== this.#token) throw new Fault('VAULT_BUSY', holderIn(text));
  }

  /** Never throws, and may be called twice. */
  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    clearInterval(this.#timer);
    heldHere.delete(this.#token);
    await this.#beating;
    await this.#handle.close().catch(() => undefined);
    const text = await readText(this.#path).catch(() => null);
    if (text !== null && keyOf(text) === this.#token) await unlink(this.#path).catch(() => undefined);
  }
}

/** One wait for a lock. */
class Attempt {
  readonly #path: string;
  readonly #options: LockOptions;
  readonly #note: LockNote;
  /** By path: of the lock, and of claims on it. */
  readonly #watches = new Map<string, LockWatch>();

  constructor(path: string, options: LockOptions, note: LockNote) {
    this.#path = path;
    this.#options = options;
    this.#note = note;
  }

  async untilHeld(): Promise<FileHandle> {
    const { signal, waitMs } = this.#options;
    const limit = performance.now() + waitMs;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      signal?.throwIfAborted();
      const text = await readText(this.#path);
      const life = text === null ? 'gone' : await this.#lifeOf(this.#path, text);
      const handle = life === 'gone' ? await this.#take(text) : null;
      if (handle !== null) return handle;
      const over = performance.now() - limit;
      if (life === 'lives' ? over >= 0 : life === 'gone' && over >= TAKEOVER_MS)
        throw new Fault('VAULT_BUSY', holderIn(text));
      // Not all at once: several may wait for the same.
      await pause(wait * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }

  async #lifeOf(path: string, text: string): Promise<'lives' | 'gone' | 'unknown'> {
    const { local = false, beatMs = BEAT_MS } = this.#options;
    let watch = this.#watches.get(path);
    if (watch === undefined) this.#watches.set(path, (watch = new LockWatch({ local, beatMs })));
    return watch.see(text, parseNote(text) === undefined ? await ageOf(path) : 0);
  }

  /** `text` of a holder that is gone; null: there is no file. null as answer: somebody else was faster. */
  #take(text: string | null): Promise<FileHandle | null> {
    return text === null ? place(this.#path, noteText(this.#note, 0)) : this.#succeed(text);
  }

  /**
   * Only one may put his file in the place of a dead holder's: the one who made the file that names the successor of that
   * very holder. Should he have died since, it is the one who made the file that names his, and so on.
   */
  async #succeed(dead: string): Promise<FileHandle | null> {
    const claims: string[] = [];
    const claimant = newNote(this.#options.purpose);
    heldHere.add(claimant.token);
    try {
      for (let key = keyOf(dead); ;) {
        const claim = claimPath(this.#path, key);
        const made = await place(claim, noteText(claimant, 0));
        if (made !== null) {
          await made.close();
          claims.push(claim);
          break;
        }
        const other = await readText(claim);
        if (other === null || (await this.#lifeOf(claim, other)) !== 'gone') {
          claims.length = 0;
          return null;
        }
        claims.push(claim);
        key = keyOf(other);
      }
      // Somebody may have come and gone before the claim was made; then it is a claim on nothing.
      const now = await readText(this.#path);
      if (now === null || keyOf(now) !== keyOf(dead)) return null;
      return await replace(this.#path, noteText(this.#note, 0));
    } finally {
      heldHere.delete(claimant.token);
      // The first one last: until it goes, nobody else begins.
      for (const claim of claims.reverse()) await unlink(claim).catch(() => undefined);
    }
  }
}
