import type { VaultPlace } from '../jobs/tasks/vault-place.ts';
import type { Settings } from '../settings/settings.ts';

/** Where vaults lie, and who in this process reads in them: the one of the settings may be moved. */
export class VaultPlaces {
  readonly #settings: Settings;
  readonly #textsIn: string | undefined;
  /** By folder. */
  readonly #reading = new Map<string, Set<Promise<unknown>>>();

  /** `textsIn` as in VaultPlace. */
  constructor(settings: Settings, textsIn: string | undefined) {
    this.#settings = settings;
    this.#textsIn = textsIn;
  }

  /** `vault` undefined: the one of the settings, as they are now. */
  of(vault: string | undefined): VaultPlace {
    const dir = vault ?? this.#settings.vaultFolder();
    const expected = this.#settings.vaultId(dir);
    const texts = this.#textsIn === undefined ? {} : { textsIn: this.#textsIn };
    return { dir, expected, named: vault !== undefined, ...texts };
  }

  /** Work without the lock of the vault: a move does not take away what it reads before it has ended. */
  async reading<T>(vault: string | undefined, work: (where: VaultPlace) => Promise<T>): Promise<T> {
    const where = this.of(vault);
    const readers = this.#reading.get(where.dir) ?? new Set();
    this.#reading.set(where.dir, readers);
    const running = work(where);
    readers.add(running);
    try {
      return await running;
    } finally {
      readers.delete(running);
    }
  }

  /** Until nobody reads there who began before. */
  async ended(dir: string): Promise<void> {
    await Promise.allSettled(this.#reading.get(dir) ?? new Set<Promise<unknown>>());
  }

  /** Work under the lock, done at the new place where the vault was moved while it waited. */
  async writing<T>(vault: string | undefined, work: (where: VaultPlace) => Promise<T>): Promise<T> {
    const where = this.of(vault);
    try {
      return await work(where);
    } catch (error) {
      if (this.of(vault).dir === where.dir) throw error;
      return this.writing(vault, work);
    }
  }
}
