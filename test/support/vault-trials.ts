/** Work on a vault that is broken off at some step, and what must be true of the vault whatever the step was. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Fault } from '../../main/faults/fault.ts';
import { writeState } from '../../main/vault/backup-state.ts';
import { readCatalog } from '../../main/vault/catalog.ts';
import { temporaryFolder } from './archives.ts';
import { failingDisk, type DiskRun } from './failing-disk.ts';
import { randomFrom } from './random.ts';
import {
  changeState,
  contentsOf,
  contentsOfStored,
  prune,
  storedHashes,
  takeFrom,
  verify,
  type Contents,
  type Taking,
  type Verified,
} from './vaults.ts';

const DAY_MS = 86_400_000;
export const FIRST_DAY = Date.UTC(2026, 0, 1, 12);
export const day = (n: number): Date => new Date(FIRST_DAY + n * DAY_MS);

/** A point whose payload has about so many bytes that hardly compress; `version` makes it another one. */
export function point(id: number, version: number, bytes = 60): string {
  const random = randomFrom(id * 1000 + version);
  const text = Array.from({ length: bytes }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
  const vector = Array.from({ length: 4 }, () => Math.fround(random()));
  return `{"id":${id},"vector":${JSON.stringify(vector)},"payload":${JSON.stringify({ path: `src/${id % 5}.ts`, text })}}`;
}

/** Points from one id to another; `version` tells which one a point is. */
export const points = (from: number, to: number, version: (id: number) => number, bytes?: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => point(from + n, version(from + n), bytes));

export interface Scenario {
  readonly name: string;
  /** What was done before. Calls `kept` for every backup that was taken. */
  prepare(dir: string, size: number, take: Take): Promise<void>;
  /** What is broken off. Does it again when it is called again. */
  work(dir: string, size: number): Promise<unknown>;
  /** By collection: the points of what `work` takes. */
  readonly taken?: (size: number) => Readonly<Record<string, readonly string[]>>;
  /** Which backups `work` removes, counted from the oldest, 0. */
  readonly removes?: readonly number[];
}
type Take = (points: readonly string[], options?: Taking) => Promise<void>;

const companion = (text: string): Taking => ({ companions: [{ name: 'merkle.json', content: Buffer.from(text) }] });
const old = (size: number): string[] => points(1, 12, () => 0, size);
const changed = (size: number): string[] => points(2, 13, (id) => (id === 5 || id === 13 ? 1 : 0), size);
const mostlyChanged = (size: number): string[] => points(1, 12, (id) => (id % 2 === 0 ? 2 : 0), size);
const others = (size: number): string[] => points(100, 104, () => 0, size);

async function twoOfTwo(_: string, size: number, take: Take): Promise<void> {
  await take(old(size), { at: day(0), ...companion('first') });
  await take(others(size), { at: day(1), collection: 'docs' });
  await take(changed(size), { at: day(2), ...companion('first') });
}

/** Each kind of work on a vault. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'the first backup',
    prepare: () => Promise.resolve(),
    work: (dir, size) => takeFrom(dir, old(size), { at: day(9), ...companion('first') }),
    taken: (size) => ({ code: old(size) }),
  },
  {
    name: 'a backup of changes',
    prepare: twoOfTwo,
    work: (dir, size) => takeFrom(dir, points(1, 14, changes, size), { at: day(9), ...companion('second') }),
    taken: (size) => ({ code: points(1, 14, changes, size) }),
  },
  {
    name: 'a backup of nothing new',
    prepare: twoOfTwo,
    work: (dir, size) => takeFrom(dir, changed(size), { at: day(9), ...companion('first') }),
    taken: (size) => ({ code: changed(size) }),
  },
  {
    name: 'a backup that writes mostly dead segments anew',
    prepare: async (_, size, take) => {
      await take(old(size), { at: day(0) });
      await take(mostlyChanged(size), { at: day(1) });
    },
    work: (dir, size) => takeFrom(dir, mostlyChanged(size), { at: day(9) }),
    taken: (size) => ({ code: mostlyChanged(size) }),
  },
  {
    name: 'a backup that sweeps first',
    prepare: async (dir, size, take) => {
      await twoOfTwo(dir, size, take);
      for (const folder of readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
        const path = join(dir, folder.name);
        mkdirSync(join(path, 'companions'), { recursive: true });
        writeFileSync(join(path, 'companions', 'a'.repeat(64)), 'nobody’s');
        writeFileSync(join(path, 'segments', `${'b'.repeat(64)}.parquet`), 'nobody’s');
        writeFileSync(join(path, 'segments', '.new.999999999-0123456789ab.partial'), 'half');
        const name = 'code-20250101T000000Z';
        writeFileSync(join(path, 'backups', `${name}.sha256`), 'of none');
        await writeState(path, name, { pinned: false, verified_at: null, accepted: false, published: false });
      }
    },
    // The other collection's leftovers are swept with its own next backup.
    work: async (dir, size) => {
      await takeFrom(dir, others(size), { at: day(9), collection: 'docs' });
      await takeFrom(dir, changed(size), { at: day(9) });
    },
    taken: (size) => ({ docs: others(size), code: changed(size) }),
  },
  {
    name: 'a rotation',
    prepare: async (dir, size, take) => {
      await twoOfTwo(dir, size, take);
      await take(points(1, 14, changes, size), { at: day(3), ...companion('second') });
      await take(
        points(1, 14, (id) => id % 2, size),
        { at: day(4) },
      );
    },
    work: (dir) => prune(dir, { keepLast: 2 }, FIRST_DAY + 5 * DAY_MS),
    removes: [0, 2],
  },
  {
    name: 'a rotation of all that it may',
    prepare: async (dir, size, take) => {
      for (let n = 0; n < 4; n++)
        await take(
          points(1, 8, () => n, size),
          { at: day(n), ...companion(`${n}`) },
        );
      await take(others(size), { at: day(5), collection: 'docs' });
    },
    work: (dir) => prune(dir, { keepLast: 1 }, FIRST_DAY + 6 * DAY_MS),
    removes: [0, 1, 2],
  },
  {
    name: 'a pin',
    prepare: twoOfTwo,
    work: async (dir) => {
      const [first] = (await readCatalog(dir)).backups;
      if (first === undefined) throw new Error('there is no backup');
      await changeState(dir, first.manifest.name, { pinned: true });
    },
  },
];

function changes(id: number): number {
  return id === 1 || id === 7 ? 3 : id === 5 || id === 13 ? 1 : 0;
}

/** A vault before the work: copied for every trial. */
export interface Ground {
  readonly scenario: Scenario;
  readonly size: number;
  readonly base: string;
  /** By name, oldest first. */
  readonly before: ReadonlyMap<string, Contents>;
  /** By collection, of what is taken. */
  readonly after: ReadonlyMap<string, Contents>;
  /** A copy of the base, in the folder when one is given. */
  copy(folder?: string): string;
}

/** `size`: bytes of each point's payload. For use inside a test. */
export async function groundOf(scenario: Scenario, size: number): Promise<Ground> {
  const folder = temporaryFolder();
  const base = join(folder, 'base');
  mkdirSync(base);
  const before = new Map<string, Contents>();
  await scenario.prepare(base, size, async (texts, options) => {
    const { manifest } = await takeFrom(base, texts, options);
    before.set(manifest.name, contentsOf(texts));
  });
  let trials = 0;
  return {
    ...{ scenario, size, base, before },
    after: new Map(Object.entries(scenario.taken?.(size) ?? {}).map(([name, texts]) => [name, contentsOf(texts)])),
    copy: (to = join(folder, `${++trials}`)) => {
      if (trials > 1) rmSync(join(folder, `${trials - 1}`), { recursive: true, force: true });
      cpSync(base, to, { recursive: true });
      return to;
    },
  };
}

/**
 * Every backup that is listed is whole and has its points, and those that nobody wanted to be rid of are listed. `full`:
 * every point is decoded, and what a restore would send is compared.
 */
export async function expectHarmless(
  { before, after, scenario }: Ground,
  dir: string,
  { full }: { readonly full: boolean },
): Promise<Verified & { readonly names: readonly string[] }> {
  const { backups, unreadable } = await readCatalog(dir);
  expect(unreadable).toEqual([]);
  const names = backups.map(({ manifest }) => manifest.name);
  const staying = [...before.keys()].filter((_, n) => scenario.removes?.includes(n) !== true);
  expect(names).toEqual(expect.arrayContaining(staying));
  const verified = await verify(dir, { full });
  expect([verified.lost, verified.backups.filter(({ damage }) => damage.length > 0)]).toEqual([[], []]);
  for (const backup of backups) {
    const { name, collection } = backup.manifest;
    const expected = before.get(name) ?? after.get(collection);
    expect(storedHashes(backup), name).toEqual(expected);
    if (full) expect(await contentsOfStored(backup), name).toEqual(expected);
  }
  return { ...verified, names };
}

/** What is left of a run that was broken off, and that the next one makes it good without anybody’s help. */
export async function expectRecovered(
  ground: Ground,
  dir: string,
  { error, leftOpen, operations }: Pick<DiskRun<unknown>, 'error' | 'leftOpen' | 'operations'>,
  { died, full = false }: { readonly died: boolean; readonly full?: boolean },
): Promise<void> {
  const { base, before, scenario, size } = ground;
  await expectHarmless(ground, dir, { full });
  expect(leftOpen).toEqual([]);
  if (error !== undefined && !died) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).not.toBe('INTERNAL');
    // Unless taking them away was what failed.
    const last = operations.at(-1);
    if (last === undefined || !['rm', 'unlink'].includes(last.name))
      expect(temporaryFiles(base)).toEqual(expect.arrayContaining(temporaryFiles(dir)));
  }
  await scenario.work(dir, size);
  const { names, damage, leftovers } = await expectHarmless(ground, dir, { full });
  expect([damage, leftovers, existsSync(join(dir, 'lock'))]).toEqual([[], [], false]);
  if (scenario.taken !== undefined) expect(names.length).toBeGreaterThan(before.size);
  else expect(names).toEqual([...before.keys()].filter((_, n) => scenario.removes?.includes(n) !== true));
}

type Break = (dir: string, n: number, work: () => Promise<unknown>) => Promise<DiskRun<unknown>>;

/** Each way in which an operation on files can fail, or be the last one. */
export const WAYS = {
  EIO: (dir, n, work) => failingDisk(dir).failAt(n, 'EIO', work),
  ENOSPC: (dir, n, work) => failingDisk(dir).failAt(n, 'ENOSPC', work),
  'EIO from there on': (dir, n, work) => failingDisk(dir).failAt(n, 'EIO', work, true),
  'EIO in reading': (dir, n, work) => failingDisk(dir).failReadAt(n, 'EIO', work),
  death: (dir, n, work) => failingDisk(dir).dieAt(n, work),
} as const satisfies Record<string, Break>;

/**
 * Breaks the work off at one operation after the other, from the `first` on at each `every`th; how often. The test's file must have put
 * `failing-module.ts` in the place of Node's file modules.
 */
export async function breakOffEverywhere(
  scenario: Scenario,
  how: keyof typeof WAYS,
  { first = 1, every = 1, full = false } = {},
): Promise<number> {
  const ground = await groundOf(scenario, 60);
  let trials = 0;
  for (let n = first; ; n += every) {
    const dir = ground.copy();
    const run = await WAYS[how](dir, n, () => scenario.work(dir, ground.size));
    try {
      await expectRecovered(ground, dir, run, { died: how === 'death' || how === 'EIO from there on', full });
    } catch (cause) {
      const last = (how === 'EIO in reading' ? run.reads : run.operations)[n - 1];
      const at = `${how} at operation ${n}: ${last?.name ?? ''} ${last?.path ?? ''}`;
      throw new Error(`${at}; the work ended with ${String(run.error)}`, { cause });
    }
    if (!run.reached) {
      expect(run.error).toBeUndefined();
      return trials;
    }
    trials++;
  }
}

/** Files that are about to become others; none where there is no folder. */
export function temporaryFiles(dir: string): string[] {
  const names = existsSync(dir) ? (readdirSync(dir, { recursive: true }) as string[]) : [];
  return names.filter((name) => name.endsWith('.partial') || /(?:^|[/\\])lock\./.test(name));
}
