import { Fault } from '../faults/fault.ts';
import { FileLock } from '../processes/file-lock.ts';

/** Who runs the schedules of a settings folder: one program at a time, the app or `vectorkeep serve`. */
export class KeeperLock {
  readonly #path: string;
  #lock: FileLock | null = null;
  #other = false;

  constructor(path: string) {
    this.#path = path;
  }

  get held(): boolean {
    return this.#lock !== null;
  }

  /** Another program had it when it was last tried or looked at. */
  get other(): boolean {
    return this.#other;
  }

  /** Whether it is this program now. A folder that cannot be written to makes it nobody's. */
  async take(): Promise<boolean> {
    if (this.#lock !== null) return true;
    try {
      this.#lock = await FileLock.acquire(this.#path, { purpose: 'schedules', waitMs: 0, local: true });
      this.#other = false;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#other = error.code === 'VAULT_BUSY';
    }
    return this.held;
  }

  /** Who has it, without trying for it: a command that only tells must not be in the way of one that runs schedules. */
  async look(): Promise<void> {
    this.#other = this.#lock === null && (await FileLock.isHeld(this.#path, { local: true }));
  }

  async release(): Promise<void> {
    const lock = this.#lock;
    this.#lock = null;
    await lock?.release();
  }
}
