import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { readWhole } from '../files/read-whole.ts';
import { indexKey, type IndexRef } from '../schedule/history.ts';
import { writePrivateFile } from '../settings/private-file.ts';

const index = z.object({ connection: z.string(), collection: z.string() });

/** An index as it was when somebody last looked at it. */
const seenIndex = index.extend({
  /** Address of the Qdrant it was seen on, or `builtin`. */
  source: z.string().default(''),
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
  /** The backup is pinned for it, and let go when the change is accepted; false: a person had pinned it, or there is none. */
  pinned: z.boolean(),
  /** That pin was set; false: the vault was away. */
  held: z.boolean().default(false),
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
  #stamp = '';

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

  /** What a person accepted meanwhile stays accepted. */
  putSeen(all: readonly Omit<SeenIndex, 'acceptedAt'>[]): void {
    const keys = new Set(all.map(indexKey));
    this.#put(({ seen }) => {
      const accepted = new Map(seen.map((one) => [indexKey(one), one.acceptedAt]));
      const put = all.map((one) => ({ ...one, acceptedAt: accepted.get(indexKey(one)) ?? null }));
      return { seen: [...seen.filter((one) => !keys.has(indexKey(one))), ...put] };
    });
  }

  accept(ref: IndexRef, acceptedAt: string): void {
    this.#put(({ seen }) => ({
      seen: seen.map((one) => (indexKey(one) === indexKey(ref) ? { ...one, acceptedAt } : one)),
    }));
  }

  forget(refs: readonly IndexRef[]): void {
    const keys = new Set(refs.map(indexKey));
    this.#put(({ seen }) => ({ seen: seen.filter((one) => !keys.has(indexKey(one))) }));
  }

  putChange(change: FoundChange): void {
    this.#put(({ changes }) => ({ changes: [...without(changes, change.index), change] }));
  }

  dropChange(ref: IndexRef): void {
    this.#put(({ changes }) => ({ changes: without(changes, ref) }));
  }

  addScratch(ref: IndexRef): void {
    this.#put(({ scratch }) => ({ scratch: [...scratch, ref] }));
  }

  dropScratch(collection: string): void {
    this.#put(({ scratch }) => ({ scratch: scratch.filter((one) => one.collection !== collection) }));
  }

  putTold(told: readonly string[]): void {
    this.#put(() => ({ told: [...told] }));
  }

  /** A connection was given another name: what is known of its indexes goes along. */
  rename(from: string, to: string): void {
    const moved = <T extends { connection: string }>(one: T): T =>
      one.connection === from ? { ...one, connection: to } : one;
    this.#put(({ seen, changes, scratch }) => ({
      seen: seen.map(moved),
      changes: changes.map((one) => ({ ...one, index: moved(one.index) })),
      scratch: scratch.map(moved),
    }));
  }

  /** Reads it again where another program has written to it. */
  refresh(): void {
    try {
      const stamp = stampOf(this.#path);
      if (stamp === this.#stamp) return;
      this.#watch = parse(readFileSync(this.#path, 'utf8'));
      this.#stamp = stamp;
    } catch {
      // Gone, or not to be read: what is known here is what there is.
    }
  }

  #put(change: (now: Watch) => Partial<Watch>): void {
    this.refresh();
    const next = { ...this.#watch, ...change(this.#watch) };
    if (JSON.stringify(next) === JSON.stringify(this.#watch)) return;
    this.#watch = next;
    try {
      writePrivateFile(this.#path, `${JSON.stringify(next)}\n`);
      this.#stamp = stampOf(this.#path);
    } catch {
      // It is known until the end of this run; the next change is written with it.
    }
  }
}

const without = (changes: readonly FoundChange[], ref: IndexRef): FoundChange[] =>
  changes.filter((one) => indexKey(one.index) !== indexKey(ref));

/** Every write is a new file. */
function stampOf(path: string): string {
  const { ino, mtimeMs, size } = statSync(path);
  return `${ino} ${mtimeMs} ${size}`;
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
