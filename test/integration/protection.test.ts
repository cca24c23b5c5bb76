import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import {
  code,
  everySecond,
  indexOf,
  never,
  PATIENCE,
  protectionGround,
  rule,
  type Protected,
} from '../support/protections.ts';
import { startProxy } from '../support/proxy.ts';

const ground = protectionGround();

describe('by itself', () => {
  test('an index that is under a rule for all is found, backed up, rotated, and told of', async () => {
    const { protection, settings, service } = await ground.begin();
    expect(protection.view()).toMatchObject({ tone: 'attention', keeper: 'here', indexes: [] });
    protection.setKeep({ keepLast: 2 });
    rule({ settings }, null, everySecond);
    await protection.look();
    const runs = () => protection.history({ limit: 50, kind: 'backup' }).entries;
    await vi.waitFor(() => expect(runs().length).toBeGreaterThan(3), PATIENCE);
    rule({ settings }, null, never);
    await still({ protection });
    expect(indexOf({ protection })).toMatchObject({
      ...{ ...code, health: 'safe', own: false, failure: null, overdueSince: null },
      lastGood: { points: 100 },
    });
    expect(indexOf({ protection }).days.at(-1)?.state).toBe('ran');
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
    const { protection, settings } = await ground.begin();
    const proxy = await startProxy(ground.qdrant().url);
    settings.saveConnection({ name: 'work', kind: 'url', url: proxy.url });
    rule({ settings }, 'code', everySecond);
    await protection.look();
    await vi.waitFor(() => expect(indexOf({ protection }).health).toBe('safe'), PATIENCE);
    await proxy.refuse();
    await vi.waitFor(() => expect(indexOf({ protection }).health).toBe('failing'), PATIENCE);
    expect(indexOf({ protection }).failure).toMatchObject({ code: 'QDRANT_UNREACHABLE' });
    expect(indexOf({ protection }).failure?.message).toMatch(/could not be reached|could not reach/i);
    expect(indexOf({ protection }).days.at(-1)?.state).toBe('failed');
    expect(protection.view()).toMatchObject({ tone: 'failed' });
    expect(protection.view().sentence).toMatch(/^The last backup of “code” failed\. Last good backup/);
    await proxy.accept();
    await vi.waitFor(() => expect(indexOf({ protection }).health).toBe('safe'), PATIENCE);
    expect(indexOf({ protection })).toMatchObject({ failure: null });
    expect(protection.view().tone).not.toBe('failed');
    rule({ settings }, 'code', never);
    await proxy.stop();
  });

  test('what a person backs up is in the history too, and mends what failed', async () => {
    const { protection, settings, service } = await ground.begin();
    rule({ settings }, 'gone', everySecond);
    rule({ settings }, 'code', never);
    await protection.look();
    const reason = 'before-reindex';
    await service.backUp({ connection: { name: 'work' }, collection: 'code', reason }).result;
    const told = () => protection.history({ limit: 9, index: code }).entries;
    await vi.waitFor(() => expect(told()).toMatchObject([{ outcome: 'ok', kind: 'backup' }]), PATIENCE);
    expect(told()[0]?.lines[0]).toBe('Asked for: before-reindex');
    expect(indexOf({ protection }).lastGood).not.toBeNull();
    await vi.waitFor(() => expect(indexOf({ protection }, 'gone').health).toBe('failing'), PATIENCE);
    await ground.fill('gone', 3);
    await service.backUp({ connection: { name: 'work' }, collection: 'gone' }).result;
    await vi.waitFor(() => expect(indexOf({ protection }, 'gone').health).not.toBe('failing'), PATIENCE);
    await ground.ask('DELETE', '/collections/gone');
  });

  test('two programs of one person: one runs the schedules, and the other takes over', async () => {
    const file = memorySettingsFile();
    const first = await ground.begin(file);
    const second = await ground.begin(file);
    expect([first.protection.view().keeper, second.protection.view().keeper]).toEqual(['here', 'other']);
    rule(first, 'code', never);
    await first.service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
    await vi.waitFor(() => expect(first.protection.history({ limit: 9 }).entries).toHaveLength(1), PATIENCE);
    await second.protection.refresh();
    expect(second.protection.history({ limit: 9 })).toEqual(first.protection.history({ limit: 9 }));
    await first.close();
    await second.protection.look();
    expect(second.protection.view().keeper).toBe('here');
  });

  test('a run that the end of the program breaks off is no failure, and leaves nothing half done', async () => {
    const program = await ground.begin();
    const { protection, settings, service } = program;
    await ground.fill('docs', 30_000);
    rule({ settings }, 'docs', everySecond);
    await protection.look();
    await vi.waitFor(() => expect(service.jobs().some(({ status }) => status === 'running')).toBe(true), PATIENCE);
    await program.close();
    const next = await ground.begin(undefined, settings.vaultFolder());
    expect(next.protection.history({ limit: 9, outcome: 'failed' }).entries).toEqual([]);
    const verified = await next.service
      .verifyBackups({ full: true })
      .result.catch(() => ({ problems: [], leftovers: [] }));
    expect([verified.problems, verified.leftovers]).toEqual([[], []]);
    expect(readFileSync(join(ground.home(), 'watch.json'), 'utf8')).toContain('docs');
  });
});

/** No run goes on any more. */
const still = ({ protection }: Pick<Protected, 'protection'>): Promise<void> =>
  vi.waitFor(async () => {
    await protection.refresh();
    expect(indexOf({ protection }).health).toBe('safe');
  }, PATIENCE);
