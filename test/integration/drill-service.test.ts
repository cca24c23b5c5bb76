import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { explainFault } from '../../main/faults/explain.ts';
import { isScratchName } from '../../main/qdrant/collection-name.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import type { DrillRequest } from '../../main/service/types.ts';
import { qdrantPath } from '../../scripts/runtimes.mjs';
import { vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { startProxy, type Proxy, type Rule } from '../support/proxy.ts';
import { memoryService } from '../support/services.ts';
import { call, count, create, upsert } from '../support/server-text.ts';
import { changeState } from '../support/vaults.ts';

const ground = vaultGround();
const { backUp } = ground;

const BIG = `{"text":"${'x'.repeat(2000)}"}`;
const range = (to: number): number[] => Array.from({ length: to }, (_, n) => n);

async function backedUp(collection: string, points = 50): Promise<string> {
  await create(ground.url, collection, ONE);
  await upsert(ground.url, collection, simple(range(points), '[1,1]', BIG));
  return (await backUp({ collection })).name;
}

const names = async (): Promise<string> => (await call(ground.url, 'GET', '/collections')).replace(/"time".*/, '');

/** A request for a drill on the server itself, and what is told of its scratch index. */
function drillOf(collection: string, more: Partial<DrillRequest> = {}): { request: DrillRequest; told: string[] } {
  const told: string[] = [];
  const onScratch = (name: string, there: boolean): void => {
    expect(isScratchName(name)).toBe(true);
    told.push(there ? 'there' : 'gone');
  };
  const { url, vault } = ground;
  return { told, request: { connection: { url }, vault, collection, onConnection: true, onScratch, ...more } };
}

describe('where', () => {
  it('the built-in server, which runs no longer than the drill, and leaves no trace in the settings', async () => {
    const backup = await backedUp('at-home');
    const home = await mkdtemp(join(ground.root, 'home-'));
    const file = memorySettingsFile();
    const service = memoryService(file, { home, qdrantBinary: qdrantPath() });
    const before = JSON.stringify(file.read());
    try {
      const { request, told } = drillOf('at-home', { onConnection: false });
      const there = await names();
      const running = service.drill(request);
      const ran: boolean[] = [];
      running.onProgress(() => ran.push(existsSync(join(home, 'qdrant', 'server.json'))));
      const begun = performance.now();
      expect(await running.result).toMatchObject({
        ...{ backupName: backup, collection: 'at-home', where: 'builtin', totalVectors: 50, matches: true },
        ...{ differences: { count: 0, points: [] }, warnings: [] },
      });
      expect(performance.now() - begun).toBeLessThan(5000);
      expect(ran).toContain(true);
      expect(existsSync(join(home, 'qdrant', 'server.json'))).toBe(false);
      expect([told, await names()]).toEqual([['there', 'gone'], there]);
      expect(JSON.stringify(file.read())).toBe(before);
      expect(service.jobs()).toMatchObject([{ kind: 'drill', title: 'at-home', connection: null, status: 'done' }]);

      // The index's own server need not even be there; one that others use stays.
      service.setVaultFolder(ground.vault);
      await service.saveConnection({ name: 'home', kind: 'builtin', url: '' });
      await service.collections({ name: 'home' });
      expect((await service.drill(request).result).matches).toBe(true);
      expect(existsSync(join(home, 'qdrant', 'server.json'))).toBe(true);
      expect(await service.collections({ name: 'home' })).toEqual([]);
    } finally {
      await service.close();
    }
  });

  it('else on the connection, where that is allowed', async () => {
    await backedUp('abroad');
    const service = memoryService();
    try {
      const { request, told } = drillOf('abroad');
      const fault = await failureOf(service.drill({ ...request, onConnection: false }).result);
      expect(explainFault(fault)).toEqual({
        message: 'The built-in Qdrant is not available: a backup is tested by restoring it into a scratch index there.',
        hint: 'Allow tests on the Qdrant that the index is on.',
        exitCode: 4,
      });
      expect(told).toEqual([]);
      expect(await service.drill(request).result).toMatchObject({ where: 'connection', matches: true });
      expect(told).toEqual(['there', 'gone']);
    } finally {
      await service.close();
    }
  });
});

describe('which backup', () => {
  it('the newest of the index that was found whole: no safety copy, none of another server, also by an alias', async () => {
    const first = await backedUp('chosen');
    const alias = '{"actions":[{"create_alias":{"alias_name":"chosen-alias","collection_name":"chosen"}}]}';
    await call(ground.url, 'POST', '/collections/aliases', alias);
    const second = (await backUp({ collection: 'chosen' })).name;
    const broken = (await backUp({ collection: 'chosen' })).name;
    await changeState(ground.vault, broken, { verified_at: null });
    await backUp({ collection: 'chosen', reason: 'safety' });
    await backUp({ collection: 'chosen', source: 'http://elsewhere:6333' });
    const service = memoryService();
    try {
      const tested = async (more: Partial<DrillRequest>): Promise<unknown> =>
        (await service.drill(drillOf('chosen', more).request).result).backupName;
      expect(await tested({})).toBe(second);
      expect(await tested({ collection: 'chosen-alias' })).toBe(second);
      expect(await tested({ backup: first })).toBe(first);
      const fault = await failureOf(tested({ collection: 'never' }));
      expect(explainFault(fault).message).toBe('There is no verified backup of the index "never" here.');
      expect((await failureOf(tested({ backup: 'no-such' }))).code).toBe('BACKUP_NOT_FOUND');
    } finally {
      await service.close();
    }
  });
});

describe('an end in the middle', () => {
  /** Writing stops for good in the middle. */
  const STUCK: readonly Rule[] = [{ method: 'PUT', path: /\/points/, after: 1, fault: { kind: 'delay', ms: 60_000 } }];
  /** Resolves when the server is asked to write the second part. */
  async function stuckProxy(): Promise<{ proxy: Proxy; stuck: Promise<void> }> {
    let now = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (now = resolve));
    const proxy = await startProxy(ground.url, STUCK, () => {
      if (proxy.seen.filter((seen) => /^PUT .*\/points/.test(seen)).length === 2) now();
    });
    return { proxy, stuck };
  }

  it('cancelled: it was told of, and is gone', async () => {
    await backedUp('cancelled', 5000);
    const { proxy, stuck } = await stuckProxy();
    const service = memoryService();
    try {
      const before = await names();
      await backUp({ collection: 'cancelled', target: { url: proxy.url }, source: proxy.url });
      const { request, told } = drillOf('cancelled', { connection: { url: proxy.url } });
      const running = service.drill(request);
      await stuck;
      running.cancel();
      const fault = await failureOf(running.result);
      expect([fault.code, fault.params['left'], told]).toEqual(['CANCELLED', undefined, ['there', 'gone']]);
      expect(await names()).toBe(before);
    } finally {
      await service.close();
      await proxy.stop();
    }
  });

  it('killed: what was noted is removed by name, and nothing else, however much it looks like one', async () => {
    await backedUp('killed', 5000);
    const ours = 'vectorkeep-drill-x';
    const theirs = 'vectorkeep-drill-0123456789ab';
    for (const name of [ours, theirs]) await create(ground.url, name, ONE);
    const { proxy, stuck } = await stuckProxy();
    const service = memoryService();
    try {
      await backUp({ collection: 'killed', target: { url: proxy.url }, source: proxy.url });
      const program = fileURLToPath(new URL('../support/drilling.ts', import.meta.url));
      const child = spawn(process.execPath, [program, proxy.url, ground.vault, 'killed']);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const noted = await new Promise<string>((resolve) => {
        child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
      });
      await stuck;
      child.kill('SIGKILL');
      await ended;
      expect(await names()).toContain(noted);
      const listed = await service.collections({ url: ground.url });
      expect(listed.map(({ name }) => name).filter((name) => name.startsWith('vectorkeep-'))).toEqual([ours]);

      expect((await failureOf(service.removeScratch({ url: ground.url }, [noted, ours]))).code).toBe('USAGE');
      await service.removeScratch({ url: ground.url }, [noted, 'vectorkeep-drill-ba9876543210']);
      expect(await names()).not.toContain(noted);
      expect([await count(ground.url, ours), await count(ground.url, theirs)]).toEqual([0, 0]);
      expect(await names()).toContain(theirs);
    } finally {
      await service.close();
      await proxy.stop();
    }
  });

  it('killed on the built-in server: removed there, wherever the index is', async () => {
    const home = await mkdtemp(join(ground.root, 'home-'));
    await mkdir(join(home, 'qdrant'));
    const service = memoryService(memorySettingsFile(), { home, qdrantBinary: qdrantPath() });
    try {
      await service.saveConnection({ name: 'home', kind: 'builtin', url: '' });
      const scratch = 'vectorkeep-drill-00000000000a';
      await backedUp('moved-in');
      const { backupName } = await service.backUp({
        ...{ connection: { url: ground.url }, collection: 'moved-in', vault: ground.vault },
      }).result;
      await service.restoreBackup({
        ...{ backup: backupName, vault: ground.vault, connection: { name: 'home' }, collection: scratch },
        ...{ onConflict: 'skip', dryRun: false, safetyCopy: false, allowModelMismatch: true },
      }).result;
      expect(await service.countPoints({ name: 'home' }, scratch)).toBe(50);
      // Nobody answers there.
      await service.removeScratch({ url: 'http://127.0.0.1:9' }, [scratch]);
      expect(await service.countPoints({ name: 'home' }, scratch)).toBeNull();
    } finally {
      await service.close();
    }
  });
});
