import { renameSync, rmSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { code, everySecond, indexOf, never, PATIENCE, protectionGround, rule } from '../support/protections.ts';
import { startProxy } from '../support/proxy.ts';

const ground = protectionGround();

describe('an index that is not what it was', () => {
  test('shrinks: its last good backup is kept, and let go when that is fine', async () => {
    const { protection, service } = await ground.beginSafe(null);
    await ground.remove(9);
    await protection.look();
    expect(indexOf({ protection }).change).toBeNull();
    await ground.remove(12);
    await protection.look();
    const [backup] = (await service.listBackups({})).backups;
    expect(indexOf({ protection }).change).toMatchObject({
      what: 'shrank',
      from: 100,
      to: 88,
      backup: backup?.backupName,
    });
    expect(protection.view().sentence).toBe('“code” shrank from 100 to 88 points. Its last good backup is kept.');
    expect(backup?.pinned).toBe(true);
    expect(protection.history({ limit: 9, kind: 'change' }).entries).toHaveLength(1);
    await protection.acceptChange(code);
    expect(indexOf({ protection }).change).toBeNull();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
    await protection.look();
    expect(indexOf({ protection }).change).toBeNull();
  });

  test('is cleared and filled again: the alarm goes by itself', async () => {
    const { protection, service } = await ground.beginSafe();
    await ground.remove(80);
    await protection.look();
    expect(indexOf({ protection }).change).toMatchObject({ what: 'shrank', to: 20 });
    await ground.fill('code', 100);
    await protection.look();
    expect(indexOf({ protection }).change).toBeNull();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
  });

  test('goes, and is made anew with other vectors', async () => {
    const { protection } = await ground.beginSafe(null);
    await ground.ask('DELETE', '/collections/code');
    await protection.look();
    expect(indexOf({ protection }).change).toMatchObject({ what: 'gone', from: 100, to: 0 });
    await ground.ask('PUT', '/collections/code', { vectors: { size: 8, distance: 'Dot' } });
    await protection.look();
    expect(indexOf({ protection }).change).toMatchObject({ what: 'recreated', from: 100, to: 0 });
    expect(protection.view().sentence).toContain('was made anew');
  });

  test('the backup that is kept is the one with the points, and not one that shows the damage', async () => {
    const { protection, settings, service } = await ground.begin();
    rule({ settings }, 'code', never);
    const backUp = () => service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    const whole = await backUp();
    await protection.look();
    await ground.remove(30);
    await backUp();
    await protection.look();
    expect(indexOf({ protection }).change).toMatchObject({ from: 100, to: 70, backup: whole.backupName });
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false, true]);
  });

  test('a vault that is away when it happens is asked again', async () => {
    const { protection, settings, service } = await ground.beginSafe();
    const vault = settings.vaultFolder();
    renameSync(vault, `${vault}-away`);
    await ground.remove(30);
    await protection.look();
    expect(protection.view()).toMatchObject({ tone: 'attention' });
    expect(indexOf({ protection }).change?.message).toBe('“code” shrank from 100 to 70 points.');
    rmSync(vault, { recursive: true, force: true });
    renameSync(`${vault}-away`, vault);
    await protection.look();
    expect(indexOf({ protection }).change?.message).toContain('is kept');
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([true]);
  });

  test('and has no schedule any more: what was kept is let go', async () => {
    const { protection, service } = await ground.beginSafe();
    await ground.remove(30);
    await protection.look();
    protection.setSchedule(code, null);
    await protection.look();
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([false]);
  });

  test('a connection that gets another name or another address is no index that went', async () => {
    const { protection, settings } = await ground.beginSafe(null);
    settings.saveConnection({ name: 'office', kind: 'url', url: ground.qdrant().url }, 'work');
    await protection.renamed('work', 'office');
    expect(indexOf({ protection })).toMatchObject({ connection: 'office', change: null, lastGood: { points: 100 } });
    expect(protection.history({ limit: 9, kind: 'backup' }).entries[0]?.index).toEqual({
      ...code,
      connection: 'office',
    });
    const proxy = await startProxy(ground.qdrant().url);
    settings.saveConnection({ name: 'office', kind: 'url', url: proxy.url });
    await ground.ask('DELETE', '/collections/code');
    await protection.look();
    expect(protection.history({ limit: 9, kind: 'change' }).entries).toEqual([]);
    await proxy.stop();
  });

  test('in strict mode, where nobody may count, it is backed up all the same', async () => {
    const { protection, settings } = await ground.begin();
    await ground.ask('PATCH', '/collections/code', {
      strict_mode_config: { enabled: true, search_allow_exact: false },
    });
    rule({ settings }, null, everySecond);
    await protection.look();
    await vi.waitFor(() => expect(indexOf({ protection }).lastGood?.points).toBe(100), PATIENCE);
    rule({ settings }, null, never);
  });

  test('a pin of the person stays when the change is fine', async () => {
    const { protection, settings, service } = await ground.begin();
    rule({ settings }, 'code', never);
    await service.backUp({ connection: { name: 'work' }, collection: 'code', pin: true }).result;
    await protection.look();
    await ground.remove(50);
    await protection.look();
    await protection.acceptChange(code);
    expect((await service.listBackups({})).backups.map(({ pinned }) => pinned)).toEqual([true]);
  });
});
