import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogIn, withVault } from '../../../main/jobs/tasks/vault-place.ts';
import { README } from '../../../main/vault/readme.ts';
import { signed } from '../../../main/vault/signed-json.ts';
import { openVault } from '../../../main/vault/vault.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { contentsOf } from '../../support/backups.ts';
import { day, points } from '../../support/vault-trials.ts';
import { contents, contentsOf as pointsOf, takeFrom, withLock } from '../../support/vaults.ts';

const some = points(1, 5, () => 0);

test('another vault in the place of the one that was there is not written to, unless a person names it', async () => {
  const root = temporaryFolder();
  const [dir, other] = [join(root, 'vault'), join(root, 'other')];
  for (const path of [dir, other]) await takeFrom(path, some, { at: day(0) });
  const [expected, another] = await Promise.all(
    [dir, other].map((path) => withLock(path, ({ id }) => Promise.resolve(id))),
  );
  const open = (named?: boolean): Promise<string> => {
    const place = { dir, expected: expected ?? null, ...(named === undefined ? {} : { named }) };
    return withVault(place, { purpose: 'test', create: true, signal: never }, ({ id }) => Promise.resolve(id));
  };
  expect(await open()).toBe(expected);
  renameSync(dir, join(root, 'away'));
  renameSync(other, dir);
  const untouched = await contentsOf(dir);
  for (const named of [undefined, false])
    await expect(open(named)).rejects.toMatchObject({ code: 'VAULT_GONE', params: { path: dir } });
  expect(await contentsOf(dir)).toEqual(untouched);
  expect(await open(true)).toBe(another);
  renameSync(dir, other);
  renameSync(join(root, 'away'), dir);
  expect(await open()).toBe(expected);
});

describe('a folder that is to be a vault', () => {
  const strangers: Record<string, Readonly<Record<string, string>>> = {
    'README.txt': { 'README.txt': 'Photos of 2019, do not delete.' },
    'README.txt that has nothing in it': { 'README.txt': '' },
    'vault.json': { 'vault.json': '{}' },
    'vault.json, signed in the same way': { 'vault.json': signed({ format: 'some-other-vault', version: 1, id: 'x' }) },
    'vault.json and README.txt': { 'vault.json': '{}', 'README.txt': 'How to open this safe.' },
    'vault.json beside our README.txt': { 'vault.json': '{}', 'README.txt': README },
  };
  test.each(Object.entries(strangers))("with a stranger's %s is refused as it is", async (_, files) => {
    const dir = join(temporaryFolder(), 'theirs');
    mkdirSync(dir);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const untouched = await contentsOf(dir);
    const place = { dir, expected: null };
    const create = { purpose: 'test', create: true, signal: never };
    for (const attempt of [
      () => takeFrom(dir, some),
      () => withVault({ ...place, named: true }, create, () => Promise.resolve()),
      () => withVault({ ...place, expected: 'known' }, create, () => Promise.resolve()),
      () => catalogIn(place),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'NOT_A_VAULT', params: { path: dir } });
    expect(await contentsOf(dir)).toEqual(untouched);
  });

  test('takes what systems and a first run that was killed leave for nobody’s', async () => {
    const dir = join(temporaryFolder(), 'begun');
    mkdirSync(dir);
    for (const name of ['.DS_Store', 'README.txt.1.partial', 'vault.json.1.partial'])
      writeFileSync(join(dir, name), '');
    writeFileSync(join(dir, 'README.txt'), README);
    const { manifest } = await takeFrom(dir, some);
    expect(await contents(dir, manifest.name)).toEqual(pointsOf(some));
  });
});

test('a folder that becomes a vault this very moment is nobody else’s', async () => {
  const root = temporaryFolder();
  for (let n = 0; n < 40; n++) {
    const dir = join(root, String(n));
    const made = takeFrom(
      dir,
      points(1, 2, () => 0),
    );
    let looking = true;
    const ended = made.finally(() => (looking = false));
    const look = async (): Promise<void> => {
      while (looking) await openVault(dir);
    };
    await Promise.all([ended, look(), look(), look()]);
  }
});
