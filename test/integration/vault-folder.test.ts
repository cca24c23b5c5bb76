import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileLock } from '../../main/processes/file-lock.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { readSigned, signed } from '../../main/vault/signed-json.ts';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { entry } from '../support/command-line.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { memoryService } from '../support/services.ts';
import { create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list, verify } = ground;

const never = new AbortController().signal;
let serial = 0;
/** An index of its own with ten points. */
async function makeIndex(): Promise<string> {
  const name = `index-${serial++}`;
  await create(ground.url, name, ONE);
  await upsert(ground.url, name, simple([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], '[1,1]', '{"n":1}'));
  return name;
}
const vaultFile = (): string => join(ground.vault, 'vault.json');

/** Writes a signed file again with other members: as a program of later times may. */
async function rewrite(path: string, change: Record<string, unknown>): Promise<void> {
  await writeFile(path, signed({ ...readSigned(await readFile(path)), ...change }));
}

/** The backup is there, and gives back what the index has. */
async function expectRestores(backup: string, index: string): Promise<void> {
  const copy = `${index}-copy-${serial++}`;
  expect(await restore({ backup, collection: copy })).toMatchObject({ verified: true });
  expect(await pointTexts(ground.url, copy)).toEqual(await pointTexts(ground.url, index));
}

describe('a folder that is no vault', () => {
  it('of something else: refused for everything, and nothing in it changes', async () => {
    const collection = await makeIndex();
    await mkdir(ground.vault);
    await writeFile(join(ground.vault, 'thesis.odt'), 'mine');
    const service = memoryService();
    const at = { vault: ground.vault };
    for (const attempt of [
      () => backUp({ collection }),
      () => restore({ backup: 'any', collection }),
      () => verify(),
      () => service.listBackups(at),
      () => service.prune({ ...at, keep: { keepLast: 1 }, dryRun: false }),
    ])
      expect((await failureOf(attempt())).code).toBe('NOT_A_VAULT');
    await service.close();
    expect(await readdir(ground.vault)).toEqual(['thesis.odt']);
  });

  it('empty where the vault was that the settings remember: gone, and nothing is written in its place', async () => {
    const collection = await makeIndex();
    const file = memorySettingsFile();
    const first = memoryService(file);
    const request = { connection: { url: ground.url }, collection, vault: ground.vault };
    const { backupName } = await first.backUp(request).result;
    await first.close();
    const away = `${ground.vault}-unplugged`;
    await rename(ground.vault, away);
    const second = memoryService(file);
    try {
      for (const make of [() => Promise.resolve(), () => mkdir(ground.vault)]) {
        await make();
        expect((await failureOf(second.backUp(request).result)).code).toBe('VAULT_GONE');
        expect((await failureOf(second.listBackups({ vault: ground.vault }))).code).toBe('VAULT_GONE');
        expect((await failureOf(second.verifyBackups({ vault: ground.vault, full: false }).result)).code).toBe(
          'VAULT_GONE',
        );
        const restore = {
          ...{ connection: request.connection, vault: ground.vault, backup: backupName },
          dryRun: false,
        };
        const how = { onConflict: 'skip', safetyCopy: true, allowModelMismatch: false } as const;
        expect((await failureOf(second.restoreBackup({ ...restore, ...how }).result)).code).toBe('VAULT_GONE');
      }
      expect(await readdir(ground.vault)).toEqual([]);
      // Whoever knows of no vault there may make one.
      await rm(ground.vault, { recursive: true });
      await rename(away, ground.vault);
      const again = await second.backUp(request).result;
      expect(again).toMatchObject({ new: 0, changed: 0, removed: 0, totalVectors: 10 });
      expect((await second.listBackups({ vault: ground.vault })).backups.map((one) => one.backupName)).toEqual([
        again.backupName,
        backupName,
      ]);
    } finally {
      await second.close();
    }
  });

  it('empty, where nobody knows of a vault: becomes one', async () => {
    const collection = await makeIndex();
    await mkdir(ground.vault);
    await backUp({ collection });
    expect((await readdir(ground.vault)).filter((name) => !name.startsWith(collection)).sort()).toEqual([
      'README.txt',
      'vault.json',
    ]);
    await expectSound(ground);
  });
});

describe('a vault whose vault.json', () => {
  it.each<[string, (path: string) => Promise<unknown>]>([
    ['is gone', (path) => rm(path)],
    ['is empty', (path) => writeFile(path, '')],
    [
      'has a byte changed',
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('"version": 1', '"version": 7')),
    ],
    ['is a folder', async (path) => rm(path).then(() => mkdir(path))],
  ])('%s: list, verify and restore work, and the next backup puts it right', async (what, damage) => {
    const collection = await makeIndex();
    const { name, vaultId } = await backUp({ collection });
    await damage(vaultFile());
    expect((await list()).map(({ manifest }) => manifest.name)).toEqual([name]);
    const found = await verify();
    expect(found.backups).toEqual([{ name, damage: [] }]);
    expect(found.damage).toEqual([{ path: 'vault.json', reason: what === 'is gone' ? 'missing' : 'checksum' }]);
    await expectRestores(name, collection);
    if (what === 'is a folder') await rm(vaultFile(), { recursive: true });
    // With the id that its backups know.
    expect((await backUp({ collection })).vaultId).toBe(vaultId);
    await expectSound(ground);
  });

  it('and README.txt are repaired when only that is changed', async () => {
    const collection = await makeIndex();
    const { vaultId } = await backUp({ collection });
    await writeFile(join(ground.vault, 'README.txt'), 'all my own');
    expect((await verify()).damage).toEqual([{ path: 'README.txt', reason: 'checksum' }]);
    expect((await backUp({ collection })).vaultId).toBe(vaultId);
    await expectSound(ground);
  });
});

describe('a vault of a later program', () => {
  it('is read, and not written to', async () => {
    const collection = await makeIndex();
    const { name } = await backUp({ collection });
    await rewrite(vaultFile(), { version: 2 });
    const untouched = await contentsOf(ground.vault);
    const service = memoryService();
    expect((await failureOf(backUp({ collection }))).code).toBe('VAULT_NEWER');
    expect((await failureOf(service.pinBackup(name, true, ground.vault))).code).toBe('VAULT_NEWER');
    const prune = service.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
    expect((await failureOf(prune)).code).toBe('VAULT_NEWER');
    await service.close();
    expect(await list()).toHaveLength(1);
    await verify();
    await expectRestores(name, collection);
    expect(await contentsOf(ground.vault)).toEqual(untouched);
  });

  it('with one newer backup in it: that one is refused, and nothing that it may need is ever deleted', async () => {
    const collection = await makeIndex();
    const newer = await backUp({ collection });
    await upsert(ground.url, collection, simple([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], '[2,2]', '{}'));
    const older = await backUp({ collection });
    const [{ folder, manifest } = expect.fail('Nothing is listed.')] = await list();
    const path = join(folder, 'backups', `${newer.name}.json`);
    await rewrite(path, { version: 2 });
    const service = memoryService();
    const { backups, warnings } = await service.listBackups({ vault: ground.vault });
    expect([backups.map(({ backupName }) => backupName), warnings.map(({ code }) => code)]).toEqual([
      [older.name],
      ['BACKUP_UNREADABLE'],
    ]);
    for (const attempt of [
      () => restore({ backup: newer.name, collection: 'never' }),
      () => ground.exportTo({ backup: newer.name, path: join(ground.root, 'never.json') }),
    ])
      expect((await failureOf(attempt())).code).toBe('VAULT_NEWER');
    await backUp({ collection });
    await service.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
    await service.close();
    expect(await list()).toHaveLength(1);
    expect(await readdir(join(folder, 'segments'))).toEqual(
      expect.arrayContaining(manifest.segments.map(({ sha256 }) => `${sha256}.parquet`)),
    );
    await rewrite(path, { version: 1 });
    expect((await verify()).backups.filter(({ damage }) => damage.length > 0)).toEqual([]);
    expect(await restore({ backup: newer.name, collection: `${collection}-old` })).toMatchObject({ verified: true });
  });
});

describe('a vault that cannot be written to', () => {
  it('is listed, verified in full, and restored from', async () => {
    const collection = await makeIndex();
    const { name } = await backUp({ collection });
    const copy = `${collection}-copy`;
    const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd / && shift && "$@"';
    const run = (...args: string[]): object => {
      const command = [
        process.execPath,
        entry(),
        ...args,
        '--vault',
        ground.vault,
        '--home',
        join(ground.root, 'home'),
        '--json',
      ];
      const done = spawnSync(
        'unshare',
        ['--map-root-user', '--mount', 'sh', '-c', script, 'sh', ground.vault, ...command],
        {
          encoding: 'utf8',
          env: { PATH: process.env['PATH'], HOME: ground.root },
        },
      );
      expect(done.stderr).toBe('');
      return JSON.parse(done.stdout) as object;
    };
    expect(run('list')).toMatchObject({ backups: [{ backup_name: name }] });
    expect(run('verify', '--full')).toMatchObject({ backups: [{ backup_name: name, ok: true }] });
    expect(run('restore', name, '--to', copy, '--url', ground.url)).toMatchObject({ verified: true, new: 10 });
    expect(run('backup', collection, '--url', ground.url)).toMatchObject({ error: { code: 'FILE_NOT_READABLE' } });
    expect(await pointTexts(ground.url, copy)).toEqual(await pointTexts(ground.url, collection));
  });
});

describe('one writer at a time', () => {
  it('two programs at once: the second waits for the first, and both backups are whole', async () => {
    const collections = [await makeIndex(), await makeIndex(), await makeIndex()];
    const services = collections.map(() => memoryService());
    const jobs = services.flatMap((service) =>
      collections.map(
        (collection) => service.backUp({ connection: { url: ground.url }, collection, vault: ground.vault }).result,
      ),
    );
    expect(new Set((await Promise.all(jobs)).map(({ backupName }) => backupName)).size).toBe(9);
    await Promise.all(services.map((service) => service.close()));
    expect(await list()).toHaveLength(9);
    await expectSound(ground);
  });

  it('one that does not come to its end is named, and reading goes on', async () => {
    const collection = await makeIndex();
    const { name } = await backUp({ collection });
    const held = await FileLock.acquire(join(ground.vault, 'lock'), { purpose: 'backup', waitMs: 0, signal: never });
    try {
      const fault = await failureOf(backUp({ collection }));
      expect(fault).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'backup', pid: process.pid } });
      expect(await list()).toHaveLength(1);
      await expectRestores(name, collection);
    } finally {
      await held.release();
    }
    await backUp({ collection });
    await expectSound(ground);
  });
});

describe('a clock that is wrong', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('by ten years, forth and back: every backup is right, and while it is unclear which clock is, nothing goes', async () => {
    const collection = await makeIndex();
    const service = memoryService();
    const year = 365 * 86_400_000;
    const now = Date.now();
    const taken: [string, ReadonlyMap<string, string>][] = [];
    for (const at of [0, 10 * year, 1000, -10 * year, 2000]) {
      vi.useFakeTimers({ toFake: ['Date'], now: now + at });
      await upsert(ground.url, collection, simple([taken.length, 100 + taken.length], `[${taken.length},7]`, '{}'));
      taken.push([(await backUp({ collection })).name, await pointTexts(ground.url, collection)]);
    }
    const prune = await service.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
    await service.close();
    expect(prune.removed).toEqual([]);
    for (const [backup, texts] of taken) {
      const copy = `${collection}-copy-${serial++}`;
      expect(await restore({ backup, collection: copy })).toMatchObject({ verified: true });
      expect(await pointTexts(ground.url, copy)).toEqual(texts);
    }
    await expectSound(ground);
  });
});
