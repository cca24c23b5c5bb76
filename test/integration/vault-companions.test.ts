import { writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { memoryService } from '../support/services.ts';
import { create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;

describe('companion files', () => {
  /** Files in a folder of their own; gives their paths. */
  async function files(folder: string, contents: Record<string, string | Buffer>): Promise<string[]> {
    const dir = join(ground.root, folder);
    await mkdir(dir, { recursive: true });
    for (const [name, content] of Object.entries(contents)) await writeFile(join(dir, name), content);
    return Object.keys(contents).map((name) => join(dir, name));
  }

  it('lie in the vault once, come back where they are wanted, and go with the last backup that has them', async () => {
    await create(ground.url, 'indexed', ONE);
    await upsert(ground.url, 'indexed', simple([1], '[1,1]', '{}'));
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, n) => n % 251));
    const companions = await files('state', {
      'cache.json': '{"a":1}',
      'same.json': '{"a":1}',
      'ü.bin': bytes,
      empty: '',
    });
    const first = await backUp({ collection: 'indexed', companions });
    const changed = await files('state', { 'cache.json': '{"a":2}' });
    const second = await backUp({ collection: 'indexed', companions: [...companions.slice(1), ...changed] });
    const [{ folder } = expect.fail('Nothing is listed.')] = await list();
    expect(await readdir(join(folder, 'companions'))).toHaveLength(4);
    await expectSound(ground);

    for (const [{ name }, cache] of [
      [first, '{"a":1}'],
      [second, '{"a":2}'],
    ] as const) {
      const to = join(ground.root, `put-${name}`, 'deep');
      const done = await restore({ backup: name, collection: `indexed-${name}`, companionsTo: to });
      expect(done.companions.map((path) => basename(path)).sort()).toEqual([
        'cache.json',
        'empty',
        'same.json',
        'ü.bin',
      ]);
      expect(await readFile(join(to, 'cache.json'), 'utf8')).toBe(cache);
      expect(await readFile(join(to, 'ü.bin'))).toEqual(bytes);
      expect(await readFile(join(to, 'empty'), 'utf8')).toBe('');
      // The same once more: there already, so nothing is written.
      expect((await restore({ backup: name, collection: 'indexed', companionsTo: to })).companions).toEqual([]);
    }
    const service = memoryService();
    await service.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
    await service.close();
    expect(await readdir(join(folder, 'companions'))).toHaveLength(4);
    await backUp({ collection: 'indexed' });
    const again = memoryService();
    await again.prune({ vault: ground.vault, keep: { keepLast: 1 }, dryRun: false });
    await again.close();
    expect(await readdir(join(folder, 'companions'))).toEqual([]);
    await expectSound(ground);
  });

  it('never replace another file: the restore is refused before anything is written', async () => {
    await create(ground.url, 'careful', ONE);
    await upsert(ground.url, 'careful', simple([1], '[1,1]', '{}'));
    const companions = await files('careful', { 'a.json': 'a', 'b.json': 'b', 'c.json': 'c' });
    const { name } = await backUp({ collection: 'careful', companions });
    await files('taken', { 'b.json': 'somebody else’s' });
    const taken = join(ground.root, 'taken');
    const untouched = await contentsOf(ground.vault);
    await upsert(ground.url, 'careful', simple([1], '[2,2]', '{}'));
    const fault = await failureOf(restore({ backup: name, collection: 'careful', companionsTo: taken }));
    expect(fault).toMatchObject({ code: 'FILE_EXISTS', params: { path: join(taken, 'b.json') } });
    expect(await readdir(taken)).toEqual(['b.json']);
    expect((await pointTexts(ground.url, 'careful')).get('1')).toContain('[2.0,2.0]');
    expect(await contentsOf(ground.vault)).toEqual(untouched);
  });

  it('that cannot be put back hide nothing of a restore that is done', async () => {
    await create(ground.url, 'done', ONE);
    await upsert(ground.url, 'done', simple([1], '[1,1]', '{}'));
    const { name } = await backUp({ collection: 'done', companions: await files('done', { 'a.json': 'a' }) });
    const folder = join(ground.root, 'no-folder');
    const done = await restore(
      { backup: name, collection: 'done-copy', companionsTo: folder },
      { onProgress: (phase) => (phase === 'sending' ? writeFileSync(folder, 'in the way') : undefined) },
    );
    expect(done).toMatchObject({ verified: true, companions: [] });
    const params = {
      count: 1,
      path: folder,
      of: 'backup',
      reason: 'a part of the path is not a folder',
    };
    expect(done.notices).toContainEqual({ code: 'COMPANIONS_NOT_RESTORED', params });
    expect((await pointTexts(ground.url, 'done-copy')).size).toBe(1);
  });

  it('whose names some disks take for one are refused before anything is written', async () => {
    await create(ground.url, 'twins', ONE);
    const companions = await files('twins', { 'cache.json': 'a', 'Cache.json': 'b' });
    const { name } = await backUp({ collection: 'twins', companions });
    const folder = join(ground.root, 'twins-back');
    const fault = await failureOf(restore({ backup: name, collection: 'twins-copy', companionsTo: folder }));
    expect(fault.code).toBe('FILE_EXISTS');
    expect(await restore({ backup: name, collection: 'twins-copy' })).toMatchObject({ createdCollection: true });
  });

  it('are those of the last time, where nobody says which', async () => {
    await create(ground.url, 'remembered', ONE);
    const companions = await files('remembered', { 'cache.json': 'x' });
    const service = memoryService();
    const request = { connection: { url: ground.url }, collection: 'remembered', vault: ground.vault };
    await service.backUp({ ...request, companions }).result;
    await service.backUp(request).result;
    const { backups } = await service.listBackups({ vault: ground.vault });
    expect(backups.map((backup) => backup.companions)).toEqual([['cache.json'], ['cache.json']]);
    await service.close();
  });
});
