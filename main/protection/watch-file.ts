import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { readWhole } from '../files/read-whole.ts';
import { indexKey, type IndexRef } from '../schedule/history.ts';
import { writePrivateFile } from '../settings/private-file.ts';

const index = z.object({ connection: z.string(), collection: z.string() });

/** An index as it was when somebody last looked at it. */
const seenIndex = index.extend({
  points: z.number(),
  /** What cannot change unless it is made anew, as a hash. */
  shape: z.string(),
  firstSeen: z.iso.datetime(),
  /** A person said then that it may be as it was. */
  acceptedAt: z.iso.datetime().nullable(),
});
export type SeenIndex = z.infer<typeof seenIndex>;

const foundChange = z.object({
  index,
  what: z.enum(['shrank', 'recreated', 'gone']),
  at: z.iso.datetime(),
  from: z.number(),
  to: z.number(),
  backup: z.string().nullable(),
  /** The backup was pinned for it, and is let go when the change is accepted. */
  pinned: z.boolean(),
});
export type FoundChange = z.infer<typeof foundChange>;

const watch = z.object({
  seen: z.array(seenIndex),
  changes: z.array(foundChange),
  /** Scratch indexes of drills that were begun and not removed yet. */
  scratch: z.array(index).default([]),
  /** Alerts that the person was told of and that have not passed yet. */
  told: z.array(z.string()).default([]),
});
type Watch = z.infer<typeof watch>;

const LARGEST = 16 << 20;

/** `watch.json`: what the indexes were like. Losing it costs a comparison, no backup: one that cannot be read counts as empty. */
export class WatchFile {
  readonly #path: string;
  #watch: Watch;

  static async open(path: string): Promise<WatchFile> {
    const text = await readWhole(path, LARGEST).catch((error: unknown) => {
      if (error instanceof Fault) return null;
      throw error;
    });
    return new WatchFile(path, parse(text?.toString('utf8') ?? ''));
  }

  private constructor(path: string, known: Watch) {
    this.#path = path;
    this.#watch = known;
  }

  get changes(): readonly FoundChange[] {
    return this.#watch.changes;
  }

  get scratch(): readonly IndexRef[] {
    return this.#watch.scratch;
  }

  get told(): readonly string[] {
    return this.#watch.told;
  }

  seenOn(connection: string): readonly SeenIndex[] {
    return this.#watch.seen.filter((one) => one.connection === connection);
  }

  seen(ref: IndexRef): SeenIndex | undefined {
    return this.#watch.seen.find((one) => indexKey(one) === indexKey(ref));
  }

  changeOf(ref: IndexRef): FoundChange | undefined {
    return this.#watch.changes.find((one) => indexKey(one.index) === indexKey(ref));
  }

  putSeen(all: readonly SeenIndex[]): void {
    const keys = new Set(all.map(indexKey));
    this.#put({ seen: [...this.#watch.seen.filter((one) => !keys.has(indexKey(one))), ...all] });
  }

  forget(refs: readonly IndexRef[]): void {
    const keys = new Set(refs.map(indexKey));
    this.#put({ seen: this.#watch.seen.filter((one) => !keys.has(indexKey(one))) });
  }

  putChange(change: FoundChange): void {
    this.#put({ changes: [...this.#without(change.index), change] });
  }

  dropChange(ref: IndexRef): void {
    this.#put({ changes: this.#without(ref) });
  }

  putScratch(scratch: readonly IndexRef[]): void {
    this.#put({ scratch: [...scratch] });
  }

  putTold(told: readonly string[]): void {
    this.#put({ told: [...told] });
  }

  #without(ref: IndexRef): FoundChange[] {
    return this.#watch.changes.filter((one) => indexKey(one.index) !== indexKey(ref));
  }

  #put(change: Partial<Watch>): void {
    const next = { ...this.#watch, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#watch)) return;
    this.#watch = next;
    try {
      writePrivateFile(this.#path, `${JSON.stringify(next)}\n`);
    } catch {
      // It is known until the end of this run; the next change is written with it.
    }
  }
}

function parse(text: string): Watch {
  try {
    const parsed = watch.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // As below.
  }
  return { seen: [], changes: [], scratch: [], told: [] };
}
