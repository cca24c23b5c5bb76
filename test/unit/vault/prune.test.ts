import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyBackups } from '../../../main/jobs/tasks/verify.ts';
import { readState, writeState } from '../../../main/vault/backup-state.ts';
import { findBackup, readCatalog, vaultBytes } from '../../../main/vault/catalog.ts';
import { manifestPath, sumsPath } from '../../../main/vault/layout.ts';
import { printManifest, sumsText } from '../../../main/vault/manifest.ts';
import { acceptedWith, deleteBackups, planPrune } from '../../../main/vault/prune.ts';
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

test('what was found damaged and is whole again counts once every point of it was read, which any check does then', async () => {
  const { dir, name } = await backups(2);
  const path = await ownSegment(dir, name(1));
  flipMiddle(path);
  await check(dir, false);
  flipMiddle(path);
  const verified = async () => findBackup(await readCatalog(dir), name(1)).state.verified_at;
  await check(dir, false);
  expect(await verified()).not.toBeNull();
});

test('what was found damaged, and where only the points tell it, does not count again for its checksums', async () => {
  const { dir, names, name } = await backups(2);
  const { folder, manifest, state } = findBackup(await readCatalog(dir), name(1));
  const text = printManifest({ ...manifest, fingerprint: '0'.repeat(64) });
  writeFileSync(manifestPath(folder, name(1)), text);
  writeFileSync(sumsPath(folder, name(1)), sumsText(manifest, text));
  expect((await check(dir, false)).backups.flatMap(({ damage }) => damage)).toEqual([]);
  await writeState(folder, name(1), { ...state, verified_at: null });
  const found = (await check(dir, false)).backups.filter(({ damage }) => damage.length > 0);
  expect(found.map((one) => one.name)).toEqual([name(1)]);
  expect(findBackup(await readCatalog(dir), name(1)).state.verified_at).toBeNull();
  await prune(dir, { keepLast: 1 }, NOW);
  expect(await listed(dir)).toEqual(names);
});

test.each(['cut', 'gone', 'flipped'])(
  'nor is one of which a file is %s that nobody has looked at since',
  async (how) => {
    const { dir, names, name } = await backups(3);
    const path = await ownSegment(dir, name(2));
    if (how === 'cut') truncateSync(path, statSync(path).size - 1);
    else if (how === 'gone') rmSync(path);
    else flipMiddle(path);
    await prune(dir, { keepLast: 1 }, NOW);
    expect(await listed(dir)).toEqual(names.slice(1));
  },
);

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

describe('a backup dated into the future', () => {
  test('freezes rotation aloud, and is not what later ones build on', async () => {
    const { dir, name } = await backups(2, (n) => (n === 1 ? { at: new Date(Date.UTC(2040, 0, 1)) } : {}));
    const texts = points(1, 20, () => 2);
    await takeFrom(dir, texts, { at: day(2) });
    const { manifest } = await takeFrom(dir, texts, { at: day(3) });
    expect(manifest).toMatchObject({ parent: 'code-20260103T120000Z', changes: { new: 0, changed: 0 } });
    const { remove, notices } = await planPrune(await readCatalog(dir), { keepLast: 1 }, NOW);
    expect([remove, notices]).toEqual([
      [],
      [{ code: 'ROTATION_CLOCK', params: { collection: 'code', backup: name(1), at: '2040-01-01T00:00:00.000Z' } }],
    ]);
    const { notices: later } = await planPrune(await readCatalog(dir), { keepLast: 1 }, Date.UTC(2040, 0, 2));
    expect(later).toEqual([]);
  });

  test('serves as one to build on where there is no other', async () => {
    const { dir, name } = await backups(1, () => ({ at: new Date(Date.UTC(2040, 0, 1)) }));
    const { manifest } = await takeFrom(
      dir,
      points(1, 20, () => 0),
      { at: day(2) },
    );
    expect(manifest).toMatchObject({ parent: name(0), segments: [{}] });
  });
});

describe('an index that shrank', () => {
  const few = (n: number): string[] => points(1, 5, () => n);
  const many = (n: number): string[] => points(1, 20, () => n);
  const frozen = async (dir: string): Promise<unknown[]> =>
    (await planPrune(await readCatalog(dir), { keepLast: 1 }, NOW)).notices.map(({ params }) => params['backup']);

  test('and was restored: its safety copy freezes nothing', async () => {
    const { dir } = await backups(1);
    const safety = await takeFrom(dir, few(0), { at: day(1), reason: 'safety' });
    expect(safety.manifest.shrank_from).toBe(20);
    const after = await takeFrom(dir, many(0), { at: day(2) });
    expect(after.manifest.shrank_from).toBeNull();
    expect(await frozen(dir)).toEqual([]);
  });

  test('and was not restored: it shrank all the same, although a safety copy shows it so', async () => {
    const { dir } = await backups(1);
    await takeFrom(dir, few(0), { at: day(1), reason: 'safety' });
    const { manifest } = await takeFrom(dir, few(0), { at: day(2) });
    expect(manifest.shrank_from).toBe(20);
    expect(await frozen(dir)).toEqual([manifest.name]);
  });

  test('twice: what a person says of the later is said of the earlier too, and of none that comes after', async () => {
    const { dir } = await backups(1);
    const names: string[] = [];
    for (const [n, texts] of [few(0), many(1), few(2), many(3), few(4)].entries())
      names.push((await takeFrom(dir, texts, { at: day(n + 1) })).manifest.name);
    const other = await takeFrom(dir, few(0), { at: day(1), collection: 'other' });
    const catalog = await readCatalog(dir);
    const accepted = acceptedWith(catalog, findBackup(catalog, names[2] ?? ''));
    expect(accepted.map(({ manifest }) => manifest.name)).toEqual([names[0], names[2]]);
    expect(accepted.map(({ manifest }) => manifest.name)).not.toContain(other.manifest.name);
  });
});

test.each(['gone', 'cut', 'other'])('a list of checksums that is %s is written again', async (how) => {
  const { dir, name } = await backups(2);
  const { folder } = findBackup(await readCatalog(dir), name(0));
  const path = sumsPath(folder, name(0));
  const whole = readFileSync(path);
  if (how === 'gone') rmSync(path);
  else if (how === 'cut') truncateSync(path, 10);
  else
    writeFileSync(
      path,
      whole.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
    );
  expect((await check(dir, false)).backups.map(({ damage }) => damage.length)).toEqual([1, 0]);
  await takeFrom(
    dir,
    points(1, 20, () => 9),
    { at: day(3) },
  );
  expect(readFileSync(path)).toEqual(whole);
  expect((await check(dir, false)).backups.flatMap(({ damage }) => damage)).toEqual([]);
  expect((await readCatalog(dir)).backups.map(({ state }) => state.verified_at === null)).toEqual([
    false,
    false,
    false,
  ]);
});
