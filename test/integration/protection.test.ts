import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProtectedIndex } from '../../preload/api.ts';
import type { Schedule } from '../../main/schedule/slots.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { temporaryFolder } from '../support/archives.ts';
import { protectedService, type Protected } from '../support/protections.ts';
import { startProxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const everySecond: Schedule = { kind: 'cron', expression: '* * * * * *' };
const never: Schedule = { kind: 'cron', expression: '0 0 1 1 *' };
const code = { connection: 'work', collection: 'code' };
const PATIENCE = { timeout: 30_000, interval: 50 };

let qdrant: Qdrant;
let home = '';
const open: Protected[] = [];
beforeAll(async () => {
  qdrant = await startQdrant();
});
afterAll(() => qdrant.stop());
beforeEach(async () => {
  home = join(temporaryFolder(), 'home');
  mkdirSync(home);
  await fill('code', 100);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await ask('DELETE', '/collections/code');
  await ask('DELETE', '/collections/docs');
});

describe('by itself', () => {
  test('an index that is under a rule for all is found, backed up, rotated, and told of', async () => {
    const { protection, settings, service } = await begin();
    expect(protection.view()).toMatchObject({ tone: 'attention', keeper: 'here', indexes: [] });
    protection.setKeep({ keepLast: 2 });
    rule(settings, null, everySecond);
    await protection.look();
    const runs = () => protection.history({ limit: 50, kind: 'backup' }).entries;
    await vi.waitFor(() => expect(runs().length).toBeGreaterThan(3), PATIENCE);
    rule(settings, null, never);
    await still({ protection });
    expect(index({ protection })).toMatchObject({
      ...{ ...code, health: 'safe', own: false, failure: null, overdueSince: null },
      lastGood: { points: 100 },
    });
    expect(index({ protection }).days.at(-1)?.state).toBe('ran');
    expect(runs()[0]).toMatchObject({ outcome: 'ok', title: 'Backed up 100 points, nothing changed', index: code });
    expect(
      runs()
        .flatMap(({ lines }) => lines)
        .join(),
    ).toContain('Rotation removed 1 backup');
    const { backups } = await service.listBackups({});
    expect(backups.map(({ reason }) => reason)).toEqual(['scheduled', 'scheduled']);
    expect(protection.view().sentence).toBe('“code” is safe. Last backup just now, not tested yet.');
  });

  test('a server that goes away is a failure that is told once, and one backup makes it good', async () => {
    const { protection, settings } = await begin();
    const proxy = await startProxy(qdrant.url);
    settings.saveConnection({ name: 'work', kind: 'url', url: proxy.url });
    rule(settings, 'code', everySecond);
    await protection.look();
    await vi.waitFor(() => expect(index({ protection }).health).toBe('safe'), PATIENCE);
    await proxy.refuse();
    await vi.waitFor(() => expect(index({ protection }).health).toBe('failing'), PATIENCE);
    expect(index({ protection }).failure).toMatchObject({ code: 'QDRANT_UNREACHABLE' });
    expect(index({ protection }).failure?.message).toMatch(/could not be reached|could not reach/i);
    expect(index({ protection }).days.at(-1)?.state).toBe('failed');
    expect(protection.view()).toMatchObject({ tone: 'failed' });
    expect(protection.view().sentence).toMatch(/^The last backup of “code” failed\. Last good backup/);
    await proxy.accept();
    await vi.waitFor(() => expect(index({ protection }).health).toBe('safe'), PATIENCE);
    expect(index({ protection })).toMatchObject({ failure: null });
    expect(protection.view().tone).not.toBe('failed');
    rule(settings, 'code', never);
    await proxy.stop();
  });

  test('what a person backs up is in the history too, and mends what failed', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'gone', everySecond);
    rule(settings, 'code', never);
    await protection.look();
    const reason = 'before-reindex';
    await service.backUp({ connection: { name: 'work' }, collection: 'code', reason }).result;
    const told = () => protection.history({ limit: 9, index: code }).entries;
    await vi.waitFor(() => expect(told()).toMatchObject([{ outcome: 'ok', kind: 'backup' }]), PATIENCE);
    expect(told()[0]?.lines[0]).toBe('Asked for: before-reindex');
    expect(index({ protection }).lastGood).not.toBeNull();
    await vi.waitFor(() => expect(index({ protection }, 'gone').health).toBe('failing'), PATIENCE);
    await fill('gone', 3);
    await service.backUp({ connection: { name: 'work' }, collection: 'gone' }).result;
    await vi.waitFor(() => expect(index({ protection }, 'gone').health).not.toBe('failing'), PATIENCE);
    await ask('DELETE', '/collections/gone');
  });

  test('two programs of one person: one runs the schedules, and the other takes over', async () => {
    const file = memorySettingsFile();
    const first = await begin(file);
    const second = await begin(file);
    expect([first.protection.view().keeper, second.protection.view().keeper]).toEqual(['here', 'other']);
    rule(first.settings, 'code', never);
    await first.service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await vi.waitFor(() => expect(first.protection.history({ limit: 9 }).entries).toHaveLength(1), PATIENCE);
    await second.protection.refresh();
    expect(second.protection.history({ limit: 9 })).toEqual(first.protection.history({ limit: 9 }));
    await first.close();
    await second.protection.look();
    expect(second.protection.view().keeper).toBe('here');
  });

  test('a run that the end of the program breaks off is no failure, and leaves nothing half done', async () => {
    const program = await begin();
    const { protection, settings, service } = program;
    await fill('docs', 30_000);
    rule(settings, 'docs', everySecond);
    await protection.look();
    await vi.waitFor(() => expect(service.jobs().some(({ status }) => status === 'running')).toBe(true), PATIENCE);
    await program.close();
    const next = await begin(undefined, settings);
    expect(next.protection.history({ limit: 9, outcome: 'failed' }).entries).toEqual([]);
    const verified = await next.service
      .verifyBackups({ full: true })
      .result.catch(() => ({ problems: [], leftovers: [] }));
    expect([verified.problems, verified.leftovers]).toEqual([[], []]);
    expect(readFileSync(join(home, 'watch.json'), 'utf8')).toContain('docs');
  });
});

describe('an index that is not what it was', () => {
  test('shrinks: its last good backup is kept, and let go when that is fine', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, null, never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    await remove(9);
    await protection.look();
    expect(index({ protection }).change).toBeNull();
    await remove(12);
    await protection.look();
    const [backup] = (await service.listBackups({})).backups;
    expect(index({ protection }).change).toMatchObject({
      what: 'shrank',
      from: 100,
      to: 88,
      backup: backup?.backupName,
    });
    expect(protection.view().sentence).toBe('“code” shrank from 100 to 88 points. Its last good backup is kept.');
    expect(backup?.pinned).toBe(true);
    expect(protection.history({ limit: 9, kind: 'change' }).entries).toHaveLength(1);
    await protection.acceptChange(code);
    expect(index({ protection }).change).toBeNull();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
    await protection.look();
    expect(index({ protection }).change).toBeNull();
  });

  test('is cleared and filled again: the alarm goes by itself', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'code', never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    await remove(80);
    await protection.look();
    expect(index({ protection }).change).toMatchObject({ what: 'shrank', to: 20 });
    await put(qdrant.url, 'code', 100);
    await protection.look();
    expect(index({ protection }).change).toBeNull();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
  });

  test('goes, and is made anew with other vectors', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, null, never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    await ask('DELETE', '/collections/code');
    await protection.look();
    expect(index({ protection }).change).toMatchObject({ what: 'gone', from: 100, to: 0 });
    await ask('PUT', '/collections/code', { vectors: { size: 8, distance: 'Dot' } });
    await protection.look();
    expect(index({ protection }).change).toMatchObject({ what: 'recreated', from: 100, to: 0 });
    expect(protection.view().sentence).toContain('was made anew');
  });

  test('the backup that is kept is the one with the points, and not one that shows the damage', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'code', never);
    const backUp = () => service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    const whole = await backUp();
    await protection.look();
    await remove(30);
    await backUp();
    await protection.look();
    expect(index({ protection }).change).toMatchObject({ from: 100, to: 70, backup: whole.backupName });
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false, true]);
  });

  test('a vault that is away when it happens is asked again', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'code', never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    const vault = settings.vaultFolder();
    renameSync(vault, `${vault}-away`);
    await remove(30);
    await protection.look();
    expect(protection.view()).toMatchObject({ tone: 'attention' });
    expect(index({ protection }).change?.message).toBe('“code” shrank from 100 to 70 points.');
    rmSync(vault, { recursive: true, force: true });
    renameSync(`${vault}-away`, vault);
    await protection.look();
    expect(index({ protection }).change?.message).toContain('is kept');
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([true]);
  });

  test('and has no schedule any more: what was kept is let go', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'code', never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    await remove(30);
    await protection.look();
    protection.setSchedule(code, null);
    await protection.look();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
  });

  test('a connection that gets another name or another address is no index that went', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, null, never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await protection.look();
    settings.saveConnection({ name: 'office', kind: 'url', url: qdrant.url }, 'work');
    await protection.renamed('work', 'office');
    expect(index({ protection })).toMatchObject({ connection: 'office', change: null, lastGood: { points: 100 } });
    expect(protection.history({ limit: 9, kind: 'backup' }).entries[0]?.index).toEqual({
      ...code,
      connection: 'office',
    });
    const proxy = await startProxy(qdrant.url);
    settings.saveConnection({ name: 'office', kind: 'url', url: proxy.url });
    await ask('DELETE', '/collections/code');
    await protection.look();
    expect(protection.history({ limit: 9, kind: 'change' }).entries).toEqual([]);
    await proxy.stop();
  });

  test('in strict mode, where nobody may count, it is backed up all the same', async () => {
    const { protection, settings } = await begin();
    await ask('PATCH', '/collections/code', { strict_mode_config: { enabled: true, search_allow_exact: false } });
    rule(settings, null, everySecond);
    await protection.look();
    await vi.waitFor(() => expect(index({ protection }).lastGood?.points).toBe(100), PATIENCE);
    rule(settings, null, never);
  });

  test('a pin of the person stays when the change is fine', async () => {
    const { protection, settings, service } = await begin();
    rule(settings, 'code', never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code', pin: true }).result;
    await protection.look();
    await remove(50);
    await protection.look();
    await protection.acceptChange(code);
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([true]);
  });
});

async function begin(file = memorySettingsFile(), like?: Protected['settings']): Promise<Protected> {
  const opened = await protectedService({ home, file });
  open.push(opened);
  const { settings, protection } = opened;
  settings.setVaultFolder(like?.vaultFolder() ?? join(home, 'vault'));
  if (settings.connections().connections.length === 0)
    settings.saveConnection({ name: 'work', kind: 'url', url: qdrant.url });
  await protection.begin();
  return opened;
}

/** As `setSchedule`, which takes no schedule of seconds. */
function rule(settings: Protected['settings'], collection: string | null, schedule: Schedule): void {
  settings.setRule({ connection: 'work', collection }, schedule, new Date());
}

/** No run goes on any more. */
const still = ({ protection }: Pick<Protected, 'protection'>): Promise<void> =>
  vi.waitFor(async () => {
    await protection.refresh();
    expect(index({ protection }).health).toBe('safe');
  }, PATIENCE);

function index({ protection }: Pick<Protected, 'protection'>, collection = 'code'): ProtectedIndex {
  const found = protection.view().indexes.find((one) => one.collection === collection);
  if (found === undefined) throw new Error(`${collection} is not protected`);
  return found;
}

async function fill(collection: string, points: number): Promise<void> {
  await ask('PUT', `/collections/${collection}`, { vectors: { size: 4, distance: 'Cosine' } });
  await put(qdrant.url, collection, points);
}

async function put(url: string, collection: string, points: number): Promise<void> {
  await fetch(`${url}/collections/${collection}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vectors: { size: 4, distance: 'Cosine' } }),
  });
  const all = Array.from({ length: points }, (_, id) => ({ id, vector: [1, id, 2, 3], payload: { id } }));
  for (let n = 0; n < all.length; n += 10_000) {
    const body = JSON.stringify({ points: all.slice(n, n + 10_000) });
    await fetch(`${url}/collections/${collection}/points?wait=true`, {
      ...{ method: 'PUT', headers: { 'content-type': 'application/json' }, body },
    });
  }
}

const remove = (count: number): Promise<unknown> =>
  ask('POST', '/collections/code/points/delete?wait=true', { points: Array.from({ length: count }, (_, id) => id) });

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${qdrant.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return response.json();
}
