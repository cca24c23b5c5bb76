import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BackupOutcome } from '../../main/jobs/tasks/backup-outcome.ts';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { callNow } from '../support/meanwhile.ts';
import { behindProxy, startProxy } from '../support/proxy.ts';
import { memoryService } from '../support/services.ts';
import { call, count, create, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;

const SMALL = '{"vectors":{"size":1,"distance":"Dot"}}';
const LARGER = '{"vectors":{"size":2,"distance":"Dot"}}';
const points = (from: number, to: number, vector = '[1]'): string[] => {
  const rest = `"vector":${vector},"payload":{"t":"${'y'.repeat(2000)}"}}`;
  return Array.from({ length: to - from }, (_, n) => `{"id":${from + n},${rest}`);
};
const body = (from: number, to: number, vector?: string): string =>
  `{"points":[${points(from, to, vector).join(',')}]}`;
const remove = (name: string, from: number, to: number): Promise<string> => {
  const ids = Array.from({ length: to - from }, (_, n) => from + n);
  return call(ground.url, 'POST', `/collections/${name}/points/delete?wait=true`, JSON.stringify({ points: ids }));
};

/** Changes a byte of what is being written into the vault, far from its end; how many files that were. */
function damageTemporary(): number {
  const names = (readdirSync(ground.vault, { recursive: true }) as string[]).filter((name) =>
    name.endsWith('.partial'),
  );
  for (const name of names) {
    const file = openSync(join(ground.vault, name), 'r+');
    writeSync(file, Buffer.alloc(16, 0xa5), 0, 16, 200);
    closeSync(file);
  }
  return names.length;
}

describe('an index that does not stand still while it is backed up', () => {
  /** Backs up 4,000 points while something happens to the index, in front of the pages that are read or behind them all. */
  function backUpWhile(name: string, happens: () => void, during = 'reading'): Promise<BackupOutcome> {
    let happened = false;
    const onProgress = (phase: string): void => {
      if (phase !== during || happened) return;
      happened = true;
      happens();
    };
    return backUp({ collection: name }, { onProgress });
  }

  /** In this very moment the index is another one, with these points. */
  function makeAnew(name: string, config: string, points?: string): void {
    callNow(ground.url, 'DELETE', `/collections/${name}`);
    callNow(ground.url, 'PUT', `/collections/${name}`, config);
    if (points !== undefined) callNow(ground.url, 'PUT', `/collections/${name}/points?wait=true`, points);
  }

  async function filled(name: string): Promise<void> {
    await create(ground.url, name, SMALL);
    await upsert(ground.url, name, points(0, 4000));
  }

  it('written to: kept, marked as moved, with the counts', async () => {
    await filled('written');
    const write = (): void => callNow(ground.url, 'PUT', '/collections/written/points?wait=true', body(4000, 4500));
    const taken = await backUpWhile('written', write);
    expect(taken).toMatchObject({ moved: true, totalVectors: 4500 });
    expect(taken.notices).toEqual([{ code: 'INDEX_MOVED', params: { before: 4000, after: 4500 } }]);
    const [{ manifest } = expect.fail('It is not listed.')] = await list();
    expect(manifest.moved).toEqual({ before: 4000, after: 4500 });
    const restored = await restore({ backup: taken.name, collection: 'written-2' });
    expect(restored).toMatchObject({ verified: true, totalVectors: taken.totalVectors });
    await expectSound(ground);
  });

  const CHANGED = 'COLLECTION_CHANGED';
  it.each([
    ['dropped', (name: string) => callNow(ground.url, 'DELETE', `/collections/${name}`), 'COLLECTION_NOT_FOUND'],
    ['recreated with other vectors', (name: string) => makeAnew(name, LARGER), CHANGED],
    ['recreated as it was, with fewer points', (name: string) => makeAnew(name, SMALL, body(0, 100)), CHANGED],
  ])('%s, while it is read or after: told, and nothing is published', async (what, happens, whileRead) => {
    for (const during of ['reading', 'verifying']) {
      const name = `${what.replaceAll(/[ ,]+/g, '-')}-${during}`;
      await filled(name);
      await backUp({ collection: name });
      const untouched = await contentsOf(ground.vault);
      const fault = await failureOf(backUpWhile(name, () => happens(name), during));
      expect(fault.code).toBe(during === 'reading' ? whileRead : CHANGED);
      expect(await contentsOf(ground.vault)).toEqual(untouched);
    }
    await expectSound(ground);
  });

  it.each([
    ['empty', SMALL, undefined],
    ['with fewer points', SMALL, body(0, 100)],
    ['with other vectors', '{"vectors":{"v":{"size":1,"distance":"Dot"}}}', body(0, 4000, '{"v":[1]}')],
    ['with larger ones', LARGER, body(0, 4000, '[1,2]')],
    ['with larger ones, before the first', LARGER, body(0, 4000, '[1,2]'), 2],
    [
      'with several of each',
      '{"vectors":{"size":1,"distance":"Dot","multivector_config":{"comparator":"max_sim"}}}',
      body(0, 4000, '[[1],[2]]'),
    ],
    ['with sparse ones', '{"sparse_vectors":{"v":{}}}', body(0, 4000, '{"v":{"indices":[1],"values":[1]}}')],
  ])('made anew %s between two pages of it: told as that', async (what, config, points, page = 5) => {
    const name = `anew-${what.replaceAll(/[ ,]+/g, '-')}`;
    await filled(name);
    await backUp({ collection: name });
    const untouched = await contentsOf(ground.vault);
    let pages = 0;
    const proxy = await startProxy(ground.url, [], () => {
      // The sample and the ids come first, in pages too.
      if (proxy.seen.at(-1)?.endsWith('/points/scroll') === true && ++pages === page) makeAnew(name, config, points);
    });
    try {
      const fault = await failureOf(backUp({ target: { url: proxy.url }, collection: name }));
      expect(fault).toMatchObject({ code: CHANGED, params: { collection: name } });
      expect(pages).toBeGreaterThanOrEqual(page);
    } finally {
      await proxy.stop();
    }
    expect(await contentsOf(ground.vault)).toEqual(untouched);
    await expectSound(ground);
  });

  it('made anew, and what was written of it cannot be read back either: told as the first', async () => {
    const name = 'anew-and-damaged';
    await filled(name);
    await upsert(ground.url, name, points(4000, 8000));
    // The server takes its time over what it is asked at the end: by then the file is known to be damaged.
    const slow = { path: /\/collections\/[^/]+$/, fault: { kind: 'delay', ms: 1000 } } as const;
    for (const isAnew of [false, true]) {
      let damaged = 0;
      await behindProxy(ground.url, [], async (proxy) => {
        const onProgress = (phase: string): void => {
          if (phase !== 'verifying' || damaged > 0) return;
          damaged = damageTemporary();
          if (!isAnew) return;
          makeAnew(name, SMALL);
          proxy.setRules([slow]);
        };
        const fault = await failureOf(backUp({ target: { url: proxy.url }, collection: name }, { onProgress }));
        expect(fault.code).toBe(isAnew ? CHANGED : 'WRITE_FAILED');
      });
      expect(damaged).toBe(1);
      expect(await list()).toEqual([]);
    }
    await expectSound(ground);
  });

  it('that is not there: told, and no vault is made for it', async () => {
    expect((await failureOf(backUp({ collection: 'nowhere' }))).code).toBe('COLLECTION_NOT_FOUND');
    expect((await failureOf(ground.verify())).code).toBe('VAULT_GONE');
  });
});

describe('an index that lost half of its points', () => {
  it('is backed up with a warning, and rotates no more until a person says so; others do', async () => {
    const service = memoryService();
    const at = { vault: ground.vault };
    try {
      for (const name of ['shrinking', 'steady']) {
        await create(ground.url, name, SMALL);
        await upsert(ground.url, name, points(0, 400));
        for (let n = 0; n < 2; n++) await backUp({ collection: name });
      }
      await remove('shrinking', 0, 199);
      // A point too many: no sign of anything.
      expect((await backUp({ collection: 'shrinking' })).notices).toEqual([]);
      await remove('shrinking', 199, 300);
      const shrunk = await backUp({ collection: 'shrinking' });
      expect(shrunk).toMatchObject({
        totalVectors: 100,
        notices: [{ code: 'INDEX_SHRANK', params: { before: 201, after: 100 } }],
      });
      const after = await backUp({ collection: 'shrinking' });
      expect(after.notices).toEqual([]);
      const listed = async () => (await service.listBackups({ ...at, collection: 'shrinking' })).backups;
      expect((await listed()).map(({ shrankFrom }) => shrankFrom)).toEqual([null, 201, null, null, null]);

      const prune = (dryRun: boolean) => service.prune({ ...at, keep: { keepLast: 1 }, dryRun });
      const steady = (await list()).filter(({ manifest }) => manifest.collection === 'steady');
      const oldest = steady[0]?.manifest.name ?? '';
      for (const dryRun of [true, false]) {
        const { removed, kept, warnings } = await prune(dryRun);
        expect(removed).toEqual([oldest]);
        expect(kept.filter(({ why }) => why.includes('frozen'))).toHaveLength(5);
        expect(warnings.map(({ code }) => code)).toEqual(['ROTATION_FROZEN']);
      }
      expect(await list()).toHaveLength(6);

      await service.acceptShrink(shrunk.name, ground.vault);
      expect((await listed()).map(({ shrankFrom }) => shrankFrom)).toEqual([null, null, null, null, null]);
      const { removed, warnings } = await prune(false);
      expect(removed).toHaveLength(4);
      expect(warnings).toEqual([]);
      expect((await listed()).map(({ backupName }) => backupName)).toEqual([after.name]);
      await restore({ backup: after.name, collection: 'shrunk' });
      expect(await count(ground.url, 'shrunk')).toBe(100);
      await expectSound(ground);
    } finally {
      await service.close();
    }
  });

  it('all of them: the same, and the empty backup restores too', async () => {
    await create(ground.url, 'emptied', SMALL);
    await upsert(ground.url, 'emptied', points(0, 10));
    const { name } = await backUp({ collection: 'emptied' });
    await remove('emptied', 0, 10);
    const empty = await backUp({ collection: 'emptied' });
    expect(empty).toMatchObject({
      totalVectors: 0,
      notices: [{ code: 'INDEX_SHRANK', params: { before: 10, after: 0 } }],
    });
    expect(await restore({ backup: empty.name, collection: 'emptied-2' })).toMatchObject({ verified: true });
    await restore({ backup: name, collection: 'emptied' });
    const undone = await restore({ backup: empty.name, collection: 'emptied', onConflict: 'exact' });
    expect(undone).toMatchObject({ verified: true, plan: { removed: 10 } });
    expect(undone.safetyBackup).not.toBeNull();
    await expectSound(ground);
  });
});
