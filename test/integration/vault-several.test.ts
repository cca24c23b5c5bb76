import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderName, manifestPath } from '../../main/vault/layout.ts';
import { readSigned, signed } from '../../main/vault/signed-json.ts';
import { expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { startQdrant } from '../support/qdrant.ts';
import { memoryService } from '../support/services.ts';
import { create, pointTexts, upsert } from '../support/server-text.ts';
import { tasksOn } from '../support/vault-tasks.ts';

const ground = vaultGround();
const { backUp, restore } = ground;

/** As they stand in an address. */
const at = encodeURIComponent;

describe('several indexes in one vault', () => {
  const NAMES = [
    ...[
      'CON',
      'con',
      'aux.txt',
      'Code',
      'code',
      'CODE',
      'NUL',
      '..',
      '...',
      '.hidden',
      'dot.',
      'a b',
      ' ',
      '-',
      '--x',
      '~',
    ],
    ...[
      'ключ',
      'café',
      'cafe\u0301',
      '漢字',
      '🦀',
      'a;rm -rf $HOME`id`',
      '%2e%2e%2f',
      "it's",
      'lock',
      'vault.json',
      'backups',
    ],
    ...[
      'x'.repeat(255),
      `${'x'.repeat(254)}y`,
      'segments-00000000',
      'a\tb\nc',
      'COM1.json',
      '__proto__',
      '#1?',
      '\u202egnp',
    ],
  ];

  it('whatever they are called: each has a folder of its own, whose name every file system takes', async () => {
    const taken = new Map<string, string>();
    for (const [n, name] of NAMES.entries()) {
      // What this server does not take as a name is no index.
      const made = await create(ground.url, at(name), ONE).then(Boolean.bind(null, true), () => false);
      if (!made) continue;
      await upsert(ground.url, at(name), simple([n], `[${n},1]`, '{}'));
      const { name: backup, collection } = await backUp({ collection: name });
      expect(collection).toBe(name);
      taken.set(name, backup);
    }
    expect(taken.size).toBeGreaterThan(25);
    const folders = (await readdir(ground.vault)).filter(
      (name) => !['README.txt', 'vault.json', 'lock'].includes(name),
    );
    expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(taken.size);
    const backups = new Set<string>();
    for (const path of await readdir(ground.vault, { recursive: true })) {
      const name = basename(path);
      expect(name).toMatch(/^[A-Za-z0-9_][\w.-]{0,127}$/);
      expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|[. ]$/i);
      if (path.includes('backups') && name.endsWith('.state.json')) backups.add(name);
    }
    expect(backups.size).toBe(taken.size);
    for (const [n, name] of NAMES.entries()) {
      const backup = taken.get(name);
      if (backup === undefined) continue;
      const copy = `copy-${n}`;
      expect(await restore({ backup, collection: copy })).toMatchObject({ verified: true });
      expect([...(await pointTexts(ground.url, copy)).keys()]).toEqual([`${n}`]);
    }
    await expectSound(ground);
  });

  it.each(['../x', 'a/b', 'a\\b', 'C:x', 'a\0b'])('%j, should a server have it: nothing leaves the vault', (name) => {
    expect(folderName('http://localhost:6333', name)).toMatch(/^[A-Za-z0-9_][\w-]*-[0-9a-f]{8}$/);
  });

  it('of two servers, called the same: two rows of backups that have nothing to do with each other', async () => {
    const other = await startQdrant();
    try {
      const there = tasksOn(() => ({ url: other.url, vault: ground.vault }));
      await create(ground.url, 'twin', ONE);
      await create(other.url, 'twin', '{"vectors":{"size":1,"distance":"Dot"}}');
      await upsert(ground.url, 'twin', simple([1, 2, 3], '[1,1]', '{}'));
      await upsert(other.url, 'twin', simple([2, 3, 4, 5], '[9]', '{}'));
      const [here, elsewhere] = [await backUp({ collection: 'twin' }), await there.backUp({ collection: 'twin' })];
      expect(elsewhere).toMatchObject({ changes: { new: 4, changed: 0, removed: 0 }, notices: [] });
      await upsert(other.url, 'twin', simple([5], '[8]', '{}'));
      const later = await there.backUp({ collection: 'twin' });
      expect(later.changes).toEqual({ new: 0, changed: 1, removed: 0 });
      expect((await backUp({ collection: 'twin' })).changes).toEqual({ new: 0, changed: 0, removed: 0 });
      const service = memoryService();
      const { backups } = await service.listBackups({ vault: ground.vault, collection: 'twin' });
      expect(backups.map(({ source }) => source)).toEqual([ground.url, other.url, other.url, ground.url]);
      expect(new Set(backups.map(({ backupName }) => backupName)).size).toBe(4);
      const { removed } = await service.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
      expect(removed).toEqual([here.name, elsewhere.name]);
      await service.close();
      // A backup of one server may be restored to the other.
      await restore({ backup: later.name, collection: 'from-elsewhere' });
      expect(await pointTexts(ground.url, 'from-elsewhere')).toEqual(await pointTexts(other.url, 'twin'));
      await expectSound(ground);
    } finally {
      await other.stop();
    }
  });
});

it('a backup of somebody whose index is called like a part of an address is compared with none', async () => {
  await create(ground.url, 'honest', ONE);
  await upsert(ground.url, 'honest', simple([1], '[1,1]', '{}'));
  const { name } = await backUp({ collection: 'honest' });
  const [stored] = await ground.list();
  if (stored === undefined) throw new Error('There is no backup.');
  const path = manifestPath(stored.folder, name);
  await writeFile(path, signed({ ...readSigned(await readFile(path)), collection: 'honest/points?' }));
  const to = { target: { url: ground.url }, collection: null, pathKey: null };
  const fault = await failureOf(ground.diff({ from: name, to }));
  expect(fault).toMatchObject({ code: 'USAGE', params: { field: 'collection', reason: 'characters' } });
});

describe('a request that cannot be met', () => {
  it('is answered with what is wrong, for every job', async () => {
    const service = memoryService();
    const nobody = { name: 'nobody' };
    const common = { onConflict: 'skip' as const, dryRun: false, safetyCopy: true, allowModelMismatch: false };
    const asked = { backup: 'none', connection: nobody, collection: 'x', vault: ground.vault };
    try {
      for (const job of [
        service.backUp({ connection: nobody, collection: 'x', vault: ground.vault }),
        service.restoreBackup({ ...asked, ...common }),
        service.diff({ vault: ground.vault, from: 'none', to: { connection: nobody } }),
      ])
        expect((await failureOf(job.result)).code).toBe('CONNECTION_NOT_FOUND');
      const here = { ...asked, connection: { url: ground.url } };
      expect((await failureOf(service.restoreBackup({ ...here, ...common }).result)).code).toBe('VAULT_GONE');
      expect((await failureOf(service.verifyBackups({ vault: ground.vault, full: true }).result)).code).toBe(
        'VAULT_GONE',
      );
      await create(ground.url, 'there', ONE);
      await backUp({ collection: 'there' });
      expect((await failureOf(service.restoreBackup({ ...here, ...common }).result)).code).toBe('BACKUP_NOT_FOUND');
      expect(
        (await failureOf(service.verifyBackups({ vault: ground.vault, backup: 'none', full: true }).result)).code,
      ).toBe('BACKUP_NOT_FOUND');
    } finally {
      await service.close();
    }
  });
});
