/**
 * A disk that fails, fills up, or takes the process with it, at a chosen operation. It breaks what `work` does, and what
 * work leaves running in the background, and nobody else. Not what other threads and processes do. In the test file:
 *
 *     vi.mock('node:fs', async (original) => (await import('../../support/failing-module.ts')).failingModule(await original()));
 *     vi.mock('node:fs/promises', async (original) => (await import('../../support/failing-module.ts')).failingModule(await original()));
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { join, relative, resolve, sep } from 'node:path';

/** Never the wrapped one. */
const real = process.getBuiltinModule('node:fs');

/** What everything throws once the process is meant to be dead. */
export class DeadProcess extends Error {
  override name = 'DeadProcess';
}

export interface Operation {
  /** As the function is called: `open`, `write`, `sync`, `rename`; sync ones without their ending. */
  readonly name: string;
  /** Below the folder of the disk. */
  readonly path: string;
}

export interface DiskRun<T> {
  /** Whether it came to the operation that was to fail, or to the end of the disk. */
  readonly reached: boolean;
  /** What was meant to change the disk, the broken one included. They are counted from 1. */
  readonly operations: readonly Operation[];
  readonly reads: readonly Operation[];
  /** Files that were not closed. Those of a dead process are closed, as the system does. */
  readonly leftOpen: readonly string[];
  /** What `work` threw; undefined when it did not. */
  readonly error: unknown;
  readonly value: T | undefined;
}

interface Breaking {
  readonly failAt?: number;
  readonly failReadAt?: number;
  readonly forEver?: boolean;
  readonly code?: string;
  readonly dieAt?: number;
  readonly room?: number;
}

/** `folder`: only what is done below it counts. */
export function failingDisk(folder: string): {
  /** Nothing fails. */
  watch<T>(work: () => Promise<T>): Promise<DiskRun<T>>;
  /** The n-th changing operation fails with that code, such as EIO; with `forEver` all after it too. */
  failAt<T>(n: number, code: string, work: () => Promise<T>, forEver?: boolean): Promise<DiskRun<T>>;
  /** The same for one that only reads (open, read, stat, readdir, …). */
  failReadAt<T>(n: number, code: string, work: () => Promise<T>, forEver?: boolean): Promise<DiskRun<T>>;
  /** The n-th changing operation is not done, a write only half, and nothing after it: as after a `kill -9`. */
  dieAt<T>(n: number, work: () => Promise<T>): Promise<DiskRun<T>>;
  /** The files in the folder, those that are there included, may have so many bytes together. */
  withRoom<T>(bytes: number, work: () => Promise<T>): Promise<DiskRun<T>>;
} {
  const run = <T>(breaking: Breaking, work: () => Promise<T>): Promise<DiskRun<T>> =>
    new Plan(resolve(folder), breaking).run(work);
  return {
    watch: (work) => run({}, work),
    failAt: (failAt, code, work, forEver = false) => run({ failAt, code, forEver }, work),
    failReadAt: (failReadAt, code, work, forEver = false) => run({ failReadAt, code, forEver }, work),
    dieAt: (dieAt, work) => run({ dieAt }, work),
    withRoom: (room, work) => run({ room }, work),
  };
}

/** Of the work that runs, and of what it left running. */
export const plans = new AsyncLocalStorage<Plan>();

export class Plan {
  readonly operations: Operation[] = [];
  readonly reads: Operation[] = [];
  /** By descriptor: what is open, and how it is closed. */
  readonly open = new Map<number, { readonly path: string; readonly close: () => unknown }>();
  readonly #folder: string;
  readonly #breaking: Breaking;
  readonly #pending = new Set<Promise<unknown>>();
  #reached = false;
  #dead = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string, breaking: Breaking) {
    this.#folder = folder;
    this.#breaking = breaking;
  }

  async run<T>(work: () => Promise<T>): Promise<DiskRun<T>> {
    let value: T | undefined;
    let error: unknown;
    try {
      value = await plans.run(this, work);
    } catch (thrown) {
      error = thrown;
    }
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    const leftOpen = this.#dead ? [] : Array.from(this.open.values(), ({ path }) => path);
    if (this.#dead) for (const { close } of this.open.values()) await close();
    const { operations, reads } = this;
    return { reached: this.#reached, operations: [...operations], reads: [...reads], leftOpen, error, value };
  }

  /** Throws when it is to fail. `half`: this write is the last thing the process does. */
  enter(kind: 'change' | 'read' | 'close', name: string, path: string): 'go' | 'half' {
    if (this.#dead) throw new DeadProcess(name);
    const within = resolve(path);
    if (kind === 'close' || (within !== this.#folder && !within.startsWith(this.#folder + sep))) return 'go';
    const list = kind === 'change' ? this.operations : this.reads;
    list.push({ name, path: relative(this.#folder, within) });
    const { failAt, failReadAt, forEver = false, dieAt, code = 'EIO' } = this.#breaking;
    const at = kind === 'change' ? failAt : failReadAt;
    if (at !== undefined && (forEver ? list.length >= at : list.length === at)) {
      this.#reached = true;
      throw diskError(code, name, path);
    }
    if (kind === 'read' || list.length !== dieAt) return 'go';
    this.#reached = true;
    this.#dead = true;
    if (name !== 'write') throw new DeadProcess(name);
    return 'half';
  }

  /** How many of so many bytes there is room for. Throws ENOSPC when for none. */
  fit(length: number, growth: number, path: string): number {
    const { room } = this.#breaking;
    if (room === undefined) return length;
    const lacking = Math.max(0, growth - Math.max(0, room - sizeOf(this.#folder)));
    if (lacking > 0) this.#reached = true;
    if (lacking > 0 && lacking >= length) throw diskError('ENOSPC', 'write', path);
    return length - lacking;
  }

  /** Awaited before the run is over: the system ends what was begun, whoever has died. */
  pending<T>(promise: Promise<T>): Promise<T> {
    this.#pending.add(promise);
    const settled = (): void => void this.#pending.delete(promise);
    promise.then(settled, settled);
    return promise;
  }

  /** One after the other: how much room there is must hold until it is used. */
  inTurn<T>(write: () => Promise<T>): Promise<T> {
    if (this.#breaking.room === undefined) return write();
    const done = this.#writing.then(write);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function diskError(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: broken on purpose, ${syscall} '${path}'`), { code, syscall, path });
}

/** Of all files below it, each counted once however many names it has. */
function sizeOf(folder: string): number {
  const sizes = new Map<number, number>();
  for (const entry of real.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { ino, size } = real.lstatSync(join(entry.parentPath, entry.name));
    sizes.set(ino, size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
