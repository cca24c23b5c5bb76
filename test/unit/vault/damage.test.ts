import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCatalog } from '../../../main/vault/catalog.ts';
import {
  damageEverywhere,
  expectedOf,
  expectOthersRestore,
  findAll,
  flipMiddle,
  mend,
  smallVault,
  type SmallVault,
} from '../../support/vault-damage.ts';
import { day, points } from '../../support/vault-trials.ts';
import { contents, contentsOf, prune, takeFrom, verify } from '../../support/vaults.ts';

const NOTHING = { named: [], vault: [], leftovers: [] };
const isManifest = (path: string): boolean => /backups.[^/]+(?<!\.state)\.json$/.test(path);
const manifestsOf = ({ files }: SmallVault): string[] => [...files.keys()].filter(isManifest);

// `npm run torture` flips every bit.
test(
  'flipped bits and cut files: each is found, with the backups that need the file, and the others restore',
  { timeout: 60_000 },
  async () => {
    const vault = await smallVault();
    const tally = await damageEverywhere(
      vault,
      (at) => (at % 29 === 0 ? [at % 8] : []),
      (length) => length % 97 === 0,
    );
    console.log(`damaged: ${JSON.stringify(tally)}`);
    expect(tally.files).toBeGreaterThan(20);
    expect(tally.bytes).toBeLessThan(64 << 10);
    expect(tally.flips).toBeGreaterThan(500);
  },
);

test('a missing file of every kind is found', async () => {
  const vault = await smallVault();
  for (const path of vault.files.keys()) {
    rmSync(join(vault.dir, path));
    expect(await findAll(vault.dir), path).toEqual(expectedOf(vault, path));
    await expectOthersRestore(vault, path);
    mend(vault);
  }
});

test('a manifest that is gone is missed also where the state beside it is damaged', async () => {
  const vault = await smallVault();
  for (const path of manifestsOf(vault)) {
    rmSync(join(vault.dir, path));
    flipMiddle(join(vault.dir, path.replace(/json$/, 'state.json')));
    expect(await findAll(vault.dir)).toEqual(expectedOf(vault, path));
    await prune(vault.dir, { keepLast: 5 }, day(6).getTime());
    for (const needed of [...vault.files.keys()].filter((one) => /segments|companions/.test(one)))
      expect(existsSync(join(vault.dir, needed)), needed).toBe(true);
    mend(vault);
  }
});

test('a file more in any folder is told, and harms nothing', async () => {
  const vault = await smallVault();
  const folders = new Set([...vault.files.keys()].flatMap((path) => [dirname(path), dirname(dirname(path))]));
  expect(folders.size).toBe(9);
  for (const folder of folders) {
    const path = join(folder, 'something.txt');
    writeFileSync(join(vault.dir, path), 'a note');
    expect(await findAll(vault.dir)).toEqual({ ...NOTHING, leftovers: [path] });
    rmSync(join(vault.dir, path));
  }
  mkdirSync(join(vault.dir, 'a folder'));
  expect(await findAll(vault.dir)).toEqual({ ...NOTHING, leftovers: ['a folder'] });
});

test('one segment in the place of another is found', async () => {
  const vault = await smallVault();
  const segments = [...vault.files.keys()].filter((path) => path.endsWith('.parquet'));
  for (const path of segments)
    for (const other of segments.filter((one) => one !== path)) {
      writeFileSync(join(vault.dir, path), readFileSync(join(vault.dir, other)));
      expect(await findAll(vault.dir), path).toEqual(expectedOf(vault, path));
      mend(vault);
    }
});

test('a manifest in the place of another is found, and so are two that changed places', async () => {
  const vault = await smallVault();
  const manifests = manifestsOf(vault);
  for (const path of manifests)
    for (const other of manifests.filter((one) => one !== path)) {
      writeFileSync(join(vault.dir, path), readFileSync(join(vault.dir, other)));
      expect(await findAll(vault.dir), path).toEqual(expectedOf(vault, path));
      await expectOthersRestore(vault, path);
      renameSync(join(vault.dir, path), join(vault.dir, other));
      writeFileSync(join(vault.dir, path), readFileSync(join(vault.whole, other)));
      writeFileSync(join(vault.dir, other), readFileSync(join(vault.whole, path)));
      const both = [...expectedOf(vault, path).named, ...expectedOf(vault, other).named].sort();
      expect(await findAll(vault.dir), `${path} and ${other}`).toEqual({ ...NOTHING, named: both });
      mend(vault);
    }
});

describe('damage does not spread', () => {
  test.each(['flipped', 'gone'])(
    'whatever file is %s: the next backup is whole, and nothing that others need goes',
    async (how) => {
      const vault = await smallVault();
      const texts = points(3, 23, (id) => (id === 7 ? 1 : id === 9 ? 2 : 0));
      for (const [path, needing] of vault.files) {
        if (how === 'gone') rmSync(join(vault.dir, path));
        else flipMiddle(join(vault.dir, path));
        const taken = await takeFrom(vault.dir, texts, { at: day(5) });
        await prune(vault.dir, { keepLast: 1 }, day(6).getTime());
        expect(await contents(vault.dir, taken.manifest.name), path).toEqual(contentsOf(texts));
        const { backups, damage } = await verify(vault.dir);
        expect(damage, path).toEqual([]);
        expect(
          backups.find(({ name }) => name === taken.manifest.name),
          path,
        ).toMatchObject({ damage: [] });
        // Pinned, and of the other collection the newest.
        for (const name of [...vault.backups.keys()].slice(3)) {
          if (needing.includes(name)) continue;
          expect(await contents(vault.dir, name), `${name} after ${path}`).toEqual(vault.backups.get(name));
        }
        // What a manifest needs that nobody can read is not known: then nothing of its folder goes.
        if (isManifest(path)) {
          const here = [...vault.files.keys()].filter((one) => one.startsWith(`${dirname(dirname(path))}/segments`));
          const left = readdirSync(vault.dir, { recursive: true });
          expect(left, path).toEqual(expect.arrayContaining(here));
          expect((await readCatalog(vault.dir)).unreadable.length).toBe(how === 'gone' ? 0 : 1);
        }
        mend(vault);
      }
    },
  );
});
