import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { startProxy } from '../support/proxy.ts';
import { memoryService } from '../support/services.ts';
import { create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, list } = ground;

describe('a folder', () => {
  it('with another vault in it than the settings remember: gone for all that write, unless a person names it', async () => {
    const collection = 'swapped';
    await create(ground.url, collection, ONE);
    await upsert(ground.url, collection, simple([0, 1, 2], '[1,1]', '{}'));
    const service = memoryService();
    const [meant, other] = [ground.vault, `${ground.vault}-other`];
    const request = { connection: { url: ground.url }, collection };
    try {
      for (const vault of [meant, other]) await service.backUp({ ...request, vault }).result;
      const { backupName } = await service.backUp({ ...request, vault: other }).result;
      service.setVaultFolder(meant);
      await service.backUp(request).result;
      await rename(meant, `${meant}-away`);
      await rename(other, meant);
      const untouched = await contentsOf(meant);
      const restore = { connection: request.connection, backup: backupName, onConflict: 'exact' } as const;
      const careful = { dryRun: false, safetyCopy: true, allowModelMismatch: false };
      await upsert(ground.url, collection, simple([0], '[7,7]', '{}'));
      const before = await pointTexts(ground.url, collection);
      for (const attempt of [
        () => service.backUp(request).result,
        () => service.pinBackup(backupName, true),
        () => service.prune({ keep: { keepLast: 1 }, dryRun: false }),
        () => service.restoreBackup({ ...restore, ...careful }).result,
      ])
        expect(await failureOf(attempt())).toMatchObject({ code: 'VAULT_GONE', params: { path: meant } });
      expect(await contentsOf(meant)).toEqual(untouched);
      expect(await pointTexts(ground.url, collection)).toEqual(before);

      // From then on it is the one that is remembered.
      await service.backUp({ ...request, vault: meant }).result;
      await service.backUp(request).result;
      expect((await service.listBackups({})).backups).toHaveLength(4);
      await rename(meant, other);
      await rename(`${meant}-away`, meant);
      expect((await failureOf(service.backUp(request).result)).code).toBe('VAULT_GONE');
      service.setVaultFolder(meant);
      await service.backUp(request).result;
      expect((await service.listBackups({})).backups).toHaveLength(3);
      await expectSound(ground);
    } finally {
      await service.close();
    }
  });
});

describe('while a backup is made', () => {
  it('whoever pins, unpins and prunes in the same program waits for it, however long it takes, and in turn', async () => {
    await create(ground.url, 'slow', ONE);
    await upsert(ground.url, 'slow', simple([0, 1, 2], '[1,1]', '{}'));
    let reads = (): void => undefined;
    const held = { path: /\/points\/scroll/, fault: { kind: 'delay', ms: 60_000 } } as const;
    const proxy = await startProxy(ground.url, [], () => {
      if (held.path.test(proxy.seen.at(-1) ?? '')) reads();
    });
    const [service, stranger] = [memoryService(), memoryService()];
    try {
      const vault = ground.vault;
      const server = { target: { url: proxy.url }, source: proxy.url };
      const names: string[] = [];
      for (const pin of [false, true, false]) names.push((await backUp({ ...server, collection: 'slow', pin })).name);
      const [first = '', second = '', third = ''] = names;
      proxy.setRules([held]);
      const reading = new Promise<void>((resolve) => (reads = resolve));
      const job = service.backUp({ connection: { url: proxy.url }, collection: 'slow', vault });
      await reading;
      const done: string[] = [];
      const noted = async <T>(what: string, work: Promise<T>): Promise<T> => work.finally(() => done.push(what));
      const all = Promise.all([
        noted('backup', job.result),
        noted('pin', service.pinBackup(first, true, vault)),
        noted('unpin', service.pinBackup(second, false, vault)),
        noted('prune', service.prune({ vault, keep: { keepLast: 1 }, dryRun: false })),
      ]);
      // Another program gives up in the end: so long it is that those wait.
      const fault = await failureOf(stranger.pinBackup(third, true, vault));
      expect(fault).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'backup' } });
      expect(done).toEqual([]);
      proxy.setRules([]);
      proxy.cutAll();
      const [taken, , , { removed, kept }] = await all;
      expect(done).toEqual(['backup', 'pin', 'unpin', 'prune']);
      expect(removed).toEqual([second, third]);
      expect(kept.map(({ backupName }) => backupName)).toEqual([first, taken.backupName]);
      expect((await list()).map(({ manifest, state }) => [manifest.name, state.pinned])).toEqual([
        [first, true],
        [taken.backupName, false],
      ]);
    } finally {
      await Promise.all([service.close(), stranger.close()]);
      await proxy.stop();
    }
    await expectSound(ground);
  });
});
