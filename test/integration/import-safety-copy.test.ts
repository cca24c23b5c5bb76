import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { explainFault } from '../../main/faults/explain.ts';
import { Fault } from '../../main/faults/fault.ts';
import { FileLock } from '../../main/processes/file-lock.ts';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failingDisk } from '../support/failing-disk.ts';
import { failureOf } from '../support/faults.ts';
import { importing, ONE, simple } from '../support/imports.ts';
import { callNow } from '../support/meanwhile.ts';
import { makeStanding, range, safetyIn, SOURCE } from '../support/outdated.ts';
import { behindProxy, startProxy } from '../support/proxy.ts';
import { call, create, pointTexts, runImport, upsert } from '../support/server-text.ts';
import { memoryService } from '../support/services.ts';

vi.mock('node:fs', async (original) => (await import('../support/failing-module.ts')).failingModule(await original()));
vi.mock('node:fs/promises', async (original) =>
  (await import('../support/failing-module.ts')).failingModule(await original()),
);

const ground = vaultGround();
const { backUp, restore, list } = ground;
const { fileOf, bring } = importing(() => ({ url: ground.url, folder: ground.root }));
const reasons = async (): Promise<string[]> => (await list()).map(({ manifest }) => manifest.reason);

describe('the copy of an import', () => {
  it.each(['overwrite', 'merge'] as const)('%s: is all that was there, and brings it back', async (onConflict) => {
    const collection = `kept-${onConflict}`;
    await makeStanding(ground, collection);
    const before = await pointTexts(ground.url, collection);
    const path = await fileOf(SOURCE);
    const phases = new Set<string>();
    const done = await runImport(
      { target: { url: ground.url }, collection, path, onConflict, ...safetyIn(ground) },
      { onProgress: (phase) => phases.add(phase) },
    );
    expect(done).toMatchObject({ counts: { new: 100, updated: 100, skipped: 0 }, createdCollection: false });
    expect([...phases]).toEqual(['validating', 'preparing', 'reading', 'verifying', 'finishing', 'sending']);
    expect(await reasons()).toEqual(['safety']);
    const [copy] = await list();
    expect(copy?.manifest).toMatchObject({ name: done.safetyBackup, total_vectors: 300, collection });
    expect(await pointTexts(ground.url, collection)).not.toEqual(before);
    await restore({ backup: done.safetyBackup ?? '', collection, onConflict: 'exact', safetyCopy: false });
    expect(await pointTexts(ground.url, collection)).toEqual(before);
    await expectSound(ground);
  });

  it('is not taken of what loses nothing: a plan, skip, an index that is new or empty', async () => {
    await makeStanding(ground, 'standing');
    await create(ground.url, 'empty', ONE);
    const path = await fileOf(SOURCE);
    const all = { path, ...safetyIn(ground) };
    for (const task of [
      { collection: 'standing', onConflict: 'overwrite', dryRun: true },
      { collection: 'standing', onConflict: 'skip' },
      { collection: 'empty', onConflict: 'overwrite' },
      { collection: 'new', onConflict: 'merge' },
    ] as const)
      expect(await bring({ ...all, ...task })).toMatchObject({ safetyBackup: null, vaultId: null });
    expect(await readdir(ground.root)).not.toContain(ground.vault.split('/').at(-1));
  });

  it('leaves alone what comes into an empty index meanwhile, which is in no copy', async () => {
    await create(ground.url, 'filling', ONE);
    const put = `{"points":[${simple([5], '[9,9]', '{"theirs":1}').join(',')}]}`;
    let seen = 0;
    await runImport(
      {
        ...{ target: { url: ground.url }, collection: 'filling', onConflict: 'overwrite', path: await fileOf(SOURCE) },
        ...safetyIn(ground),
      },
      {
        onProgress: (phase) => {
          if (phase === 'sending' && seen++ === 0)
            callNow(ground.url, 'PUT', '/collections/filling/points?wait=true', put);
        },
      },
    );
    expect((await pointTexts(ground.url, 'filling')).get('5')).toContain('theirs');
  });

  it('an import that is cancelled leaves none, or says which one is kept', async () => {
    const collection = 'cancelled';
    await makeStanding(ground, collection);
    const before = await pointTexts(ground.url, collection);
    const { name: start } = await backUp({ collection });
    const path = await fileOf(SOURCE);
    const cancelledAt = async (n: number): Promise<{ fault: Fault | null; requests: number }> => {
      const controller = new AbortController();
      const proxy = await startProxy(ground.url, [], (seen) => {
        if (seen === n) controller.abort();
      });
      const { safety } = safetyIn(ground);
      try {
        const task = { target: { url: proxy.url }, collection, path, onConflict: 'overwrite', safety } as const;
        const fault = await runImport(task, { signal: controller.signal }).then(
          () => null,
          (error: unknown) => (error instanceof Fault ? error : new Fault('CANCELLED', {}, { cause: error })),
        );
        return { fault, requests: proxy.seen.length };
      } finally {
        await proxy.stop();
      }
    };
    const { requests } = await cancelledAt(Infinity);
    let [kept, none] = [0, 0];
    for (let n = 1; n <= requests; n++) {
      await restore({ backup: start, collection, onConflict: 'exact', safetyCopy: false });
      const listed = (await list()).length;
      const untouched = await contentsOf(ground.vault);
      const { fault } = await cancelledAt(n);
      if (fault === null) continue;
      expect(fault.code).toBe('CANCELLED');
      const names = (await list()).slice(listed).map(({ manifest }) => manifest.name);
      const safety = fault.params['safety'] ?? null;
      expect(names, String(n)).toEqual(safety === null ? [] : [safety]);
      if (safety === null) {
        none++;
        expect(explainFault(fault).hint).toBe('Nothing was left behind.');
        expect(await pointTexts(ground.url, collection)).toEqual(before);
        expect(await contentsOf(ground.vault)).toEqual(untouched);
      } else {
        kept++;
        expect(explainFault(fault).hint).toContain(`What was there before is the backup "${String(safety)}".`);
        await restore({ backup: String(safety), collection, onConflict: 'exact', safetyCopy: false });
        expect(await pointTexts(ground.url, collection)).toEqual(before);
      }
    }
    expect(kept).toBeGreaterThan(0);
    expect(none).toBeGreaterThan(5);
    await expectSound(ground);
  });
});

describe('an index that cannot be backed up is not imported into', () => {
  /** Everything of it, and what lies where the vault should be. */
  const importing_ = async (collection: string): Promise<() => Promise<unknown>> => {
    await makeStanding(ground, collection);
    const path = await fileOf(SOURCE);
    return () => bring({ collection, path, onConflict: 'overwrite', ...safetyIn(ground) });
  };

  it('the vault is another process’s for longer than anybody waits', async () => {
    const run = await importing_('busy');
    await backUp({ collection: 'busy' });
    const before = await pointTexts(ground.url, 'busy');
    const { signal } = new AbortController();
    const held = await FileLock.acquire(join(ground.vault, 'lock'), { purpose: 'backup', waitMs: 0, signal });
    try {
      expect(await failureOf(run())).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'backup' } });
      expect(await pointTexts(ground.url, 'busy')).toEqual(before);
    } finally {
      await held.release();
    }
    expect(await run()).toMatchObject({ counts: { updated: 100 } });
    await expectSound(ground);
  });

  it('there is something else in its place', async () => {
    const run = await importing_('strangers');
    await mkdir(ground.vault);
    await writeFile(join(ground.vault, 'thesis.txt'), 'mine');
    const before = await pointTexts(ground.url, 'strangers');
    expect(await failureOf(run())).toMatchObject({ code: 'NOT_A_VAULT' });
    expect(await pointTexts(ground.url, 'strangers')).toEqual(before);
    expect(await readdir(ground.vault)).toEqual(['thesis.txt']);
    expect(await readFile(join(ground.vault, 'thesis.txt'), 'utf8')).toBe('mine');
  });

  it('its disk fails, at any operation', async () => {
    const run = await importing_('disk');
    await backUp({ collection: 'disk' });
    const disk = failingDisk(ground.vault);
    let refused = 0;
    for (let n = 1, reached = true; reached; n += 4) {
      await upsert(ground.url, 'disk', simple(range(0, 50), '[3,3]', `{"n":${n}}`));
      const before = await pointTexts(ground.url, 'disk');
      const listed = (await list()).length;
      const broken = await disk.failAt(n, 'EIO', run);
      ({ reached } = broken);
      // What that operation was for may be done without.
      if (broken.error === undefined) expect((await list()).length).toBe(listed + 1);
      else {
        refused++;
        expect(broken.error).toBeInstanceOf(Fault);
        expect((broken.error as Fault).params['written']).toBeUndefined();
        expect(await pointTexts(ground.url, 'disk')).toEqual(before);
      }
      // Where letting go of it is what failed.
      await rm(join(ground.vault, 'lock'), { force: true });
    }
    expect(refused).toBeGreaterThan(5);
  });
});

describe('through the service', () => {
  it('goes into the vault of the settings, which is remembered', async () => {
    const service = memoryService();
    const collection = 'served';
    await makeStanding(ground, collection);
    const path = await fileOf(SOURCE);
    const task = { connection: { url: ground.url }, path, collection, onConflict: 'overwrite' } as const;
    const real = { ...task, allowModelMismatch: false, dryRun: false, safetyCopy: true } as const;
    try {
      service.setVaultFolder(ground.vault);
      const dry = await service.importIndex({ ...real, dryRun: true, fingerprint: true }).result;
      expect(dry).toMatchObject({ updated: 100, safetyBackup: null });
      expect((await service.listBackups({})).backups).toEqual([]);
      const { targetFingerprint: ifTarget } = dry;
      const done = await service.importIndex({ ...real, ifTarget }).result;
      expect(done).toMatchObject({ updated: 100, new: 100, targetFingerprint: ifTarget });
      const { backups } = await service.listBackups({});
      expect(backups).toMatchObject([{ backupName: done.safetyBackup, reason: 'safety' }]);
      const again = await failureOf(service.importIndex({ ...real, ifTarget }).result);
      expect(again).toMatchObject({ code: 'PLAN_OUTDATED', params: { collection } });
      expect((await service.listBackups({})).backups).toEqual(backups);
      // A drive that is unplugged is no place for a new one.
      await rm(ground.vault, { recursive: true });
      const before = await pointTexts(ground.url, collection);
      const gone = await failureOf(service.importIndex(real).result);
      expect(gone).toMatchObject({ code: 'VAULT_GONE', params: { path: ground.vault } });
      expect(await pointTexts(ground.url, collection)).toEqual(before);
    } finally {
      await service.close();
    }
  });

  it('waits for its turn at the vault, however long that takes', async () => {
    const service = memoryService();
    const collection = 'patient';
    await makeStanding(ground, collection);
    const { vault } = ground;
    // Longer than it would wait for another process.
    const slow = [{ path: /points\/scroll/, after: 1, times: 1, fault: { kind: 'delay', ms: 7000 } }] as const;
    try {
      await behindProxy(ground.url, slow, async ({ url }) => {
        const backup = service.backUp({ connection: { url }, collection, vault });
        await new Promise<void>((resolve) =>
          backup.onProgress(({ phase }) => {
            if (phase === 'reading') resolve();
          }),
        );
        const path = await fileOf(SOURCE);
        const task = { connection: { url: ground.url }, path, collection, onConflict: 'overwrite', vault } as const;
        const request = { ...task, allowModelMismatch: false, dryRun: false, safetyCopy: true };
        expect(await service.importIndex(request).result).toMatchObject({ updated: 100 });
        await backup.result;
      });
      expect((await reasons()).sort()).toEqual(['manual', 'safety']);
    } finally {
      await service.close();
    }
  });

  it('an index that is gone is not made again where points were expected, and nothing is left to finish', async () => {
    const service = memoryService();
    const path = await fileOf(SOURCE);
    const task = {
      connection: { url: ground.url },
      path,
      collection: 'gone',
      allowModelMismatch: false,
      dryRun: false,
    } as const;
    try {
      const refused = service.importIndex({ ...task, onConflict: 'overwrite', ifTarget: 'f'.repeat(64) });
      expect(await failureOf(refused.result)).toMatchObject({ code: 'PLAN_OUTDATED', params: { collection: 'gone' } });
      expect(await call(ground.url, 'GET', '/collections')).not.toContain('"gone"');
      // Somebody else's by that name, without the settings of the file, is none to finish.
      await create(ground.url, 'gone', ONE);
      const done = await service.importIndex({ ...task, onConflict: 'overwrite', ifTarget: null }).result;
      expect(done).toMatchObject({ createdCollection: false, new: 200 });
    } finally {
      await service.close();
    }
  });
});
