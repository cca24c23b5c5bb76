import { afterEach, expect, it, vi } from 'vitest';
import { errorOf, toolsGround } from './open-tools.ts';
import { smallBackup } from './still-service.ts';

const ground = toolsGround();
afterEach(() => vi.useRealTimers());

it.each([
  ['list_collections', {}],
  ['create_backup', { wait_seconds: 45 }],
  ['export_index', { wait_seconds: 45 }],
  ['restore_backup', { backup_name: 'first', conflict_strategy: 'exact', wait_seconds: 45 }],
  ['import_index', { input_path: 'a.json', conflict_strategy: 'merge', wait_seconds: 45 }],
])('%s has answered before clients give up, though the server does not', async (tool, args) => {
  ground.service.backups = [smallBackup('first')];
  let asked: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => (asked = resolve));
  const silent = () => {
    asked();
    return new Promise<never>(() => undefined);
  };
  ground.service.collections = silent;
  ground.service.countPoints = silent;
  await ground.open();
  // Those of the official client too: it waits for a minute, and not longer.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const call = ground.client.call(tool, args);
  await waits;
  await vi.advanceTimersByTimeAsync(59_000);
  expect(errorOf(await call)).toMatchObject({ code: 'QDRANT_UNREACHABLE', details: { reason: 'timeout' } });
  expect(ground.service.jobs()).toEqual([]);
});
