import { copyFile, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/archives.ts';
import { readSigned, signed } from '../../../main/vault/signed-json.ts';
import { contents, contentsOf, takeFrom, verify, type Taking } from '../../support/vaults.ts';

const point = (id: number, value: number, word: string): string =>
  `{"id":${id},"vector":[${value},0.5,-1,2],"payload":{"path":"a.ts","word":"${word}"}}`;
const index = (words: ReadonlyMap<number, string>): string[] =>
  [...words].sort(([a], [b]) => a - b).map(([id, word]) => point(id, id, word));
const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1 + n));

interface Ground {
  readonly vault: string;
  readonly texts: string;
  /** Takes a backup, with what is known of the texts, and says how many points were known by theirs. */
  readonly take: (points: readonly string[], options?: Taking) => Promise<number>;
}

function ground(): Ground {
  const root = temporaryFolder();
  const [vault, texts] = [join(root, 'vault'), join(root, 'texts')];
  let taken = 0;
  return {
    ...{ vault, texts },
    take: async (points, options = {}) => {
      let known = 0;
      const { manifest } = await takeFrom(vault, points, {
        ...{ at: day(taken++ / 24), textsIn: texts },
        known: () => known++,
        ...options,
      });
      expect(await contents(vault, manifest.name)).toEqual(contentsOf(points));
      return known;
    },
  };
}

describe('points whose text is the one of the last time', () => {
  test('are known by it, and the others are compared', async () => {
    const { take } = ground();
    const before = new Map(Array.from({ length: 50 }, (_, id): [number, string] => [id, 'old']));
    expect(await take(index(before))).toBe(0);
    expect(await take(index(before))).toBe(50);
    const after = new Map(before).set(7, 'new').set(60, 'added');
    after.delete(3);
    expect(await take(index(after))).toBe(48);
    expect(await take(index(after))).toBe(50);
    // Point 7 as it was before the last time but one: only what the newest backup holds counts.
    expect(await take(index(new Map(after).set(7, 'old')))).toBe(49);
  });

  test('which others have meanwhile backed up, are compared', async () => {
    const { vault, take } = ground();
    const old = index(new Map([[1, 'old']]));
    await take(old);
    // Another machine, which has no such file or one of its own.
    await takeFrom(vault, index(new Map([[1, 'new']])), { at: day(0.5 / 24) });
    expect(await take(old)).toBe(0);
    expect(await take(old)).toBe(1);
  });

  test('of a segment that is mostly dead go to the new one', async () => {
    const { vault, take } = ground();
    const words = new Map(Array.from({ length: 20 }, (_, id): [number, string] => [id, 'a']));
    await take(index(words));
    for (const word of ['b', 'c', 'd']) {
      for (let id = 0; id < 10; id++) words.set(id, word);
      await take(index(words));
    }
    const { backups, damage, leftovers } = await verify(vault);
    expect([backups.flatMap((one) => one.damage), damage, leftovers]).toEqual([[], [], []]);
  });

  test('by another version of the program, or a week ago, are compared', async () => {
    const { take } = ground();
    const points = index(new Map([[1, 'a']]));
    await take(points);
    expect(await take(points, { reader: 'a later one' })).toBe(0);
    expect(await take(points, { reader: 'a later one' })).toBe(1);
    expect(await take(points, { reader: 'a later one', at: day(6) })).toBe(1);
    expect(await take(points, { reader: 'a later one', at: day(7.5) })).toBe(0);
    expect(await take(points, { reader: 'a later one', at: day(8) })).toBe(1);
  });

  test('of vaults and indexes that are gone are forgotten', async () => {
    const { texts, take } = ground();
    const [old, other] = [join(texts, 'old.texts'), join(texts, 'notes')];
    await mkdir(texts);
    for (const path of [old, other]) {
      await writeFile(path, '');
      await utimes(path, 0, 0);
    }
    await take(index(new Map([[1, 'a']])));
    const names = await readdir(texts);
    expect(names).toHaveLength(2);
    expect(names).toContain('notes');
  });

  test('lie in their folder, whatever a vault says of itself', async () => {
    const { vault, texts, take } = ground();
    const points = index(new Map([[1, 'a']]));
    await takeFrom(vault, points, { at: day(-1) });
    const path = join(vault, 'vault.json');
    const said = readSigned(await readFile(path)) ?? expect.fail();
    await writeFile(path, signed({ ...said, id: '../../elsewhere/x' }));
    await take(points);
    expect(await readdir(texts)).toHaveLength(1);
    expect((await readdir(join(vault, '..'))).sort()).toEqual(['texts', 'vault']);
  });

  test('where nothing can be written for them, are all compared', async () => {
    const { texts, take } = ground();
    await writeFile(texts, 'a file');
    const points = index(new Map([[1, 'a']]));
    expect(await take(points)).toBe(0);
    expect(await take(points)).toBe(0);
  });
});

type Words = readonly (readonly [number, string])[];
const states = fc.array(
  fc.record({
    words: fc.uniqueArray(fc.tuple(fc.nat(30), fc.constantFrom('a', 'b')), { maxLength: 25, selector: ([id]) => id }),
    harm: fc.constantFrom('none', 'none', 'none', 'flip', 'cut', 'longer', 'older', 'gone', 'folder'),
    at: fc.nat(1000),
  }),
  { minLength: 2, maxLength: 5 },
);

test('whatever became of what is known of them, a backup is what the index was', async () => {
  await fc.assert(
    fc.asyncProperty(states, async (steps) => {
      const { texts, take } = ground();
      await mkdir(texts);
      let older: string | null = null;
      for (const { words, harm, at } of steps as readonly { words: Words; harm: string; at: number }[]) {
        const [name] = await readdir(texts);
        if (name !== undefined && harm !== 'none') await doHarm(join(texts, name), harm, at, older);
        await take(index(new Map(words)));
        const written = (await readdir(texts, { withFileTypes: true })).find((entry) => entry.isFile());
        if (older === null && written !== undefined) {
          older = `${texts}.older`;
          await copyFile(join(texts, written.name), older);
        }
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

async function doHarm(path: string, harm: string, at: number, older: string | null): Promise<void> {
  // A folder that an earlier step put there.
  if ((await stat(path)).isDirectory()) return rm(path, { recursive: true });
  const bytes = await readFile(path);
  if (harm === 'flip') {
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << (at % 8));
    await writeFile(path, bytes);
  } else if (harm === 'cut') await truncate(path, at % bytes.length);
  else if (harm === 'longer') await writeFile(path, Buffer.concat([bytes, Buffer.alloc(at % 64)]));
  else if (harm === 'older' && older !== null) await copyFile(older, path);
  else {
    await rm(path);
    if (harm === 'folder') await mkdir(path);
  }
}
