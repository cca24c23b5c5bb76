import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { writeState } from '../../../main/vault/backup-state.ts';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { deleteBackups } from '../../../main/vault/prune.ts';
import { findStrays, sweepFolder } from '../../../main/vault/sweep.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { failingDisk } from '../../support/failing-disk.ts';
import { day, points } from '../../support/vault-trials.ts';
import { prune, takeFrom, verify, withLock } from '../../support/vaults.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('../../support/failing-module.ts')).failingModule(await original<object>()),
);

const none = (): Promise<void> => Promise.resolve();

/** A vault with two backups of one index, each with a segment and a companion of its own. */
async function twoBackups(): Promise<{ dir: string; folder: string; names: string[] }> {
  const dir = join(temporaryFolder(), 'vault');
  const names: string[] = [];
  for (const n of [0, 1]) {
    const companions = [{ name: 'state', content: Buffer.from(`state ${n}`) }];
    const { manifest } = await takeFrom(
      dir,
      points(1, 10, () => n),
      { at: day(n), companions },
    );
    names.push(manifest.name);
  }
  const [{ folder } = expect.fail()] = (await readCatalog(dir)).backups;
  return { dir, folder, names };
}
const filesOf = (folder: string): string[] =>
  ['segments', 'companions'].flatMap((part) => readdirSync(join(folder, part)).map((name) => join(part, name))).sort();

test.each(['is gone', 'has nothing in it', 'is a link'])(
  'where the folder of manifests %s, no segment goes, and verification tells',
  async (what) => {
    const { dir, folder } = await twoBackups();
    const before = filesOf(folder);
    const backups = join(folder, 'backups');
    renameSync(backups, join(dirname(dir), 'away'));
    if (what === 'has nothing in it') mkdirSync(backups);
    if (what === 'is a link') symlinkSync(join(dirname(dir), 'nowhere'), backups);
    await prune(dir, { keepLast: 1 }, day(3).getTime());
    expect(filesOf(folder)).toEqual(before);
    const { damage, leftovers } = await verify(dir);
    expect(damage.map(({ path }) => join(dir, path))).toEqual([backups]);
    expect(leftovers.map((path) => join(dir, path))).toEqual(what === 'is a link' ? [backups] : []);
  },
);

test('a list of checksums alone is of a backup that somebody took away: nothing goes', async () => {
  const { dir, folder, names } = await twoBackups();
  const before = filesOf(folder);
  for (const ending of ['json', 'state.json']) rmSync(join(folder, 'backups', `${names[0] ?? ''}.${ending}`));
  await prune(dir, { keepLast: 1 }, day(3).getTime());
  expect(filesOf(folder)).toEqual(before);
  expect((await verify(dir)).lost.map(({ name }) => name)).toEqual([names[0]]);
});

test('a list of checksums that cannot be written again keeps nobody from making room', async () => {
  const { dir, folder, names } = await twoBackups();
  const sums = join(folder, 'backups', `${names[1] ?? ''}.sha256`);
  rmSync(sums);
  // No file takes the place of a folder that holds something.
  mkdirSync(join(sums, 'something'), { recursive: true });
  const before = filesOf(folder).length;
  expect(await prune(dir, { keepLast: 1 }, day(3).getTime())).toEqual([names[0]]);
  expect(filesOf(folder)).toHaveLength(before - 2);
});

test('what the only run left that was killed goes with the next', async () => {
  const { dir, folder, names } = await twoBackups();
  const state = { pinned: false, verified_at: null, accepted: false, published: false };
  for (const name of names) {
    rmSync(join(folder, 'backups', `${name}.json`));
    await writeState(folder, name, state);
  }
  await prune(dir, { keepLast: 1 });
  expect([filesOf(folder), readdirSync(join(folder, 'backups'))]).toEqual([[], []]);
});

test('manifests that are gone are gone for good before the first segment goes', async () => {
  for (const killed of [false, true]) {
    const { dir, names } = await twoBackups();
    const disk = failingDisk(dir);
    const remove = (): Promise<unknown> =>
      withLock(dir, async (vault) => deleteBackups(vault, await readCatalog(dir), names.slice(0, 1)));
    if (killed) {
      // Killed right after the manifest went, which no power failure has confirmed.
      const trial = await disk.dieAt(await manifestStep(dir, names), remove);
      expect(trial.reached).toBe(true);
    }
    const { operations, error } = await disk.watch(remove);
    expect(error).toBeUndefined();
    const steps = operations.map(({ name, path }) => `${name} ${path.replace(/^[^/]*\//, '')}`);
    const firstSegment = steps.findIndex((step) => step.startsWith('unlink segments/'));
    const manifest = steps.findIndex((step) => step === `unlink backups/${names[0] ?? ''}.json`);
    expect(firstSegment).toBeGreaterThan(manifest);
    expect(steps.slice(manifest + 1, firstSegment)).toContain('sync backups');
  }
});
/** The number of the operation behind the removal of the first backup's manifest. */
async function manifestStep(dir: string, names: readonly string[]): Promise<number> {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(dir, copy, { recursive: true });
  const { operations } = await failingDisk(copy).watch(() =>
    withLock(copy, async (vault) => deleteBackups(vault, await readCatalog(copy), names.slice(0, 1))),
  );
  return operations.findIndex(({ path }) => path.endsWith(`${names[0] ?? ''}.json`)) + 2;
}

test('once the lock is lost, not one file more goes', async () => {
  const { dir, folder, names } = await twoBackups();
  const { backups, ...catalog } = await readCatalog(dir);
  for (const name of names)
    await writeState(folder, name, { ...(backups[0] ?? expect.fail()).state, published: false });
  for (const name of names) rmSync(join(folder, 'backups', `${name}.json`));
  const before = filesOf(folder);
  for (let held = 0; held < before.length; held++) {
    const there = filesOf(folder).length;
    let asked = 0;
    const check = (): Promise<void> => (++asked > 2 ? Promise.reject(new Fault('VAULT_BUSY')) : Promise.resolve());
    const sweep = sweepFolder(folder, { ...catalog, backups: [] }, check);
    await expect(sweep).rejects.toMatchObject({ code: 'VAULT_BUSY' });
    expect(there - filesOf(folder).length).toBe(1);
  }
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(4);
});

test.each(['the folder itself', 'segments', 'companions'])('nothing goes that is behind a link: %s', async (which) => {
  const { dir, folder, names } = await twoBackups();
  const outside = join(dirname(dir), 'outside');
  const path = which === 'the folder itself' ? folder : join(folder, which);
  renameSync(path, outside);
  symlinkSync(outside, path);
  const stray = which === 'the folder itself' ? join(outside, 'segments') : outside;
  writeFileSync(join(stray, which === 'companions' ? 'e'.repeat(64) : `${'e'.repeat(64)}.parquet`), 'mine');
  writeFileSync(join(stray, '.new.999999999-0123456789ab.partial'), 'mine too');
  const before = readdirSync(stray).sort();
  await prune(dir, { keepLast: 1 }, day(3).getTime());
  expect(readdirSync(stray).sort()).toEqual(before);
  expect((await verify(dir)).leftovers).toContain(path.slice(dir.length + 1));
  expect(existsSync(join(folder, 'backups', `${names[1] ?? ''}.json`))).toBe(true);
});

test('a backup that was published after the catalog was read is neither lost nor are its files strays', async () => {
  const { dir, folder } = await twoBackups();
  const catalog = await readCatalog(dir);
  await takeFrom(
    dir,
    points(1, 10, () => 7),
    { at: day(2) },
  );
  const before = filesOf(folder);
  expect(await findStrays(folder, catalog)).toMatchObject({ lost: [], unfinished: [], needed: true });
  await sweepFolder(folder, catalog, none);
  expect(filesOf(folder)).toEqual(before);
});

test('a segment or companion that cannot be read to its end is damage, and the verification goes on', async () => {
  const { dir, names } = await twoBackups();
  const disk = failingDisk(dir);
  const { reads } = await disk.watch(() => verify(dir));
  const bodies = reads.flatMap(({ name, path }, n) =>
    name === 'read' && /^[^/]+\/(segments|companions)\//.test(path) ? [n + 1] : [],
  );
  expect(bodies.length).toBeGreaterThan(3);
  for (const n of bodies) {
    const { reached, error, value } = await disk.failReadAt(n, 'EIO', () => verify(dir));
    expect([reached, error]).toEqual([true, undefined]);
    expect(value?.backups.map(({ name }) => name)).toEqual(names);
    expect(value?.backups.flatMap(({ damage }) => damage)).toMatchObject([{ reason: 'unreadable' }]);
  }
});
