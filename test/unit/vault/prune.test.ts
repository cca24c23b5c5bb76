import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyBackups } from '../../../main/jobs/tasks/verify.ts';
import { readState, writeState } from '../../../main/vault/backup-state.ts';
import { findBackup, readCatalog, vaultBytes } from '../../../main/vault/catalog.ts';
import { deleteBackups, planPrune } from '../../../main/vault/prune.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { flipMiddle } from '../../support/vault-damage.ts';
import { day, points } from '../../support/vault-trials.ts';
import { changeState, prune, takeFrom, withLock, type Taking } from '../../support/vaults.ts';

const NOW = day(9).getTime();

/** A vault with backups that share nothing, one a day. */
async function backups(count: number, options: (n: number) => Taking = () => ({})) {
  const dir = join(temporaryFolder(), 'vault');
  const names: string[] = [];
  for (let n = 0; n < count; n++) {
    const taken = await takeFrom(
      dir,
      points(1, 20, () => n),
      { at: day(n), ...options(n) },
    );
    names.push(taken.manifest.name);
  }
  return { dir, names, name: (n: number): string => names[n] ?? expect.fail() };
}
async function ownSegment(dir: string, name: string): Promise<string> {
  const { folder, manifest } = findBackup(await readCatalog(dir), name);
  expect(manifest.segments).toHaveLength(1);
  return join(folder, 'segments', `${manifest.segments[0]?.sha256 ?? ''}.parquet`);
}
const listed = async (dir: string): Promise<string[]> =>
  (await readCatalog(dir)).backups.map(({ manifest }) => manifest.name);
const check = (dir: string, full: boolean) =>
  verifyBackups({ vault: { dir, expected: null }, backup: null, full }, { signal: never, report: () => undefined });

test.each([true, false])(
  'a backup that a verification (full: %s) found damaged is not the one that stays',
  async (full) => {
    const { dir, names, name } = await backups(3);
    flipMiddle(await ownSegment(dir, name(2)));
    const found = await check(dir, full);
    expect(found.backups.filter(({ damage }) => damage.length > 0).map((one) => one.name)).toEqual([name(2)]);
    expect((await readCatalog(dir)).backups.map(({ state }) => state.verified_at !== null)).toEqual([
      true,
      true,
      false,
    ]);
    await prune(dir, { keepLast: 1 }, NOW);
    expect(await listed(dir)).toEqual(names.slice(1));
  },
);

test('what is mended counts again once every point was read, and not before', async () => {
  const { dir, name } = await backups(2);
  const path = await ownSegment(dir, name(1));
  flipMiddle(path);
  await check(dir, false);
  flipMiddle(path);
  const verified = async () => findBackup(await readCatalog(dir), name(1)).state.verified_at;
  await check(dir, false);
  expect(await verified()).toBeNull();
  await check(dir, true);
  expect(await verified()).not.toBeNull();
});

test.each(['cut', 'gone'])('nor is one of which a file is %s that nobody has looked at since', async (how) => {
  const { dir, names, name } = await backups(3);
  const path = await ownSegment(dir, name(2));
  if (how === 'cut') truncateSync(path, statSync(path).size - 1);
  else rmSync(path);
  await prune(dir, { keepLast: 1 }, NOW);
  expect(await listed(dir)).toEqual(names.slice(1));
});

test('a backup whose state is lost may have been found damaged', async () => {
  const { dir, names, name } = await backups(3);
  const { folder } = findBackup(await readCatalog(dir), name(2));
  rmSync(join(folder, 'backups', `${name(2)}.state.json`));
  expect(findBackup(await readCatalog(dir), name(2)).state).toMatchObject({ pinned: true, verified_at: null });
  await prune(dir, { keepLast: 1 }, NOW);
  expect(await listed(dir)).toEqual(names.slice(1));
});

test('a backup whose run was killed before it said that it is published: the next to write says so', async () => {
  const { dir, name } = await backups(2);
  for (const next of [() => prune(dir, { keepLast: 5 }, NOW), () => changeState(dir, name(0), { pinned: true })]) {
    const { folder, state } = findBackup(await readCatalog(dir), name(0));
    await writeState(folder, name(0), { ...state, published: false });
    await next();
    expect((await readState(folder, name(0))).state.published).toBe(true);
  }
});

test.each(['nothing', 'a manifest'])('what is freed is told before and after, also when %s was lost', async (lost) => {
  const { dir, name } = await backups(4, (n) => ({ companions: [{ name: 'state', content: Buffer.from(`${n}`) }] }));
  const { folder } = findBackup(await readCatalog(dir), name(1));
  if (lost === 'a manifest') rmSync(join(folder, 'backups', `${name(1)}.json`));
  const before = await vaultBytes(dir);
  const catalog = await readCatalog(dir);
  const { bytesFreed, remove } = await planPrune(catalog, { keepLast: 1 }, NOW);
  const freed = await withLock(dir, (vault) => deleteBackups(vault, catalog, remove));
  const gone = before - (await vaultBytes(dir));
  // The lock is there no more either way; checksums and states are small and not foretold.
  expect(freed).toBeLessThanOrEqual(gone + 20);
  expect(freed).toBeGreaterThanOrEqual(gone - 20);
  expect(bytesFreed).toBeGreaterThan(0);
  expect(bytesFreed).toBeLessThanOrEqual(freed);
  expect(freed - bytesFreed).toBeLessThan(remove.length * 1000);
  expect(readdirSync(join(folder, 'segments'))).toHaveLength(lost === 'nothing' ? 1 : 4);
});
