/** Protection on a real service, with schedules of seconds, which no settings file takes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ProtectedIndex } from '../../preload/api.ts';
import { createService } from '../../main/service/backup-service.ts';
import type { Service } from '../../main/service/service.ts';
import { Protection } from '../../main/protection/protection.ts';
import { wallClock } from '../../main/protection/wall-clock.ts';
import type { Clock } from '../../main/schedule/scheduler.ts';
import type { Schedule } from '../../main/schedule/slots.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { settingsIn, type Settings } from '../../main/settings/settings.ts';
import type { SettingsFile } from '../../main/settings/settings-file.ts';
import { temporaryFolder } from './archives.ts';
import { startQdrant, type Qdrant } from './qdrant.ts';

export interface Protected {
  readonly service: Service;
  readonly settings: Settings;
  readonly protection: Protection;
  close(): Promise<void>;
}

/** `clock`: default the machine's. Those that are given one `file` and `home` are programs of one person. */
export async function protectedService(options: {
  readonly home: string;
  readonly file?: SettingsFile;
  readonly clock?: Clock;
}): Promise<Protected> {
  const settings = settingsIn(options.file ?? memorySettingsFile());
  const service = createService({
    settings,
    home: options.home,
    qdrantBinary: undefined,
    workerScript: new URL('../../out/main/worker.js', import.meta.url),
    generator: 'vectorkeep test',
  });
  const { home, clock = wallClock } = options;
  const protection = await Protection.open({ service, settings, home, clock, builtin: false });
  const close = async (): Promise<void> => {
    await Promise.all([protection.end(), service.close()]);
  };
  return { service, settings, protection, close };
}

export const never: Schedule = { kind: 'cron', expression: '0 0 1 1 *' };
export const everySecond: Schedule = { kind: 'cron', expression: '* * * * * *' };
/** The index that is there in every test. */
export const code = { connection: 'work', collection: 'code' };
/** For what comes within seconds by itself. */
export const PATIENCE = { timeout: 30_000, interval: 50 };

export interface ProtectionGround {
  readonly home: () => string;
  readonly qdrant: () => Qdrant;
  /** One more program of one person; those that are given one `file` share settings. Ends with the test. */
  begin(file?: SettingsFile, vaultFolder?: string): Promise<Protected>;
  /** One more whose index `code` is backed up and was looked at; `ruled` is what its schedule is for, null: all. */
  beginSafe(ruled?: string | null): Promise<Protected>;
  /** A collection of points with the ids 0 to `points`. */
  fill(collection: string, points: number): Promise<void>;
  /** The first `count` points of `code`. */
  remove(count: number): Promise<void>;
  ask(method: string, path: string, body?: unknown): Promise<void>;
}

/** A real Qdrant with a collection `code` of 100 points, new for every test, and a settings folder. */
export function protectionGround(): ProtectionGround {
  let server: Qdrant;
  let home = '';
  const open: Protected[] = [];
  const ask = async (method: string, path: string, body?: unknown): Promise<void> => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    await fetch(`${server.url}${path}`, { method, ...(body === undefined ? {} : json) });
  };
  const fill = async (collection: string, points: number): Promise<void> => {
    await ask('PUT', `/collections/${collection}`, { vectors: { size: 4, distance: 'Cosine' } });
    const all = Array.from({ length: points }, (_, id) => ({ id, vector: [1, id, 2, 3], payload: { id } }));
    for (let n = 0; n < all.length; n += 10_000)
      await ask('PUT', `/collections/${collection}/points?wait=true`, { points: all.slice(n, n + 10_000) });
  };
  beforeAll(async () => {
    server = await startQdrant();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    home = join(temporaryFolder(), 'home');
    mkdirSync(home);
    await fill('code', 100);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
    for (const collection of ['code', 'docs', 'gone']) await ask('DELETE', `/collections/${collection}`);
  });
  const begin = async (file = memorySettingsFile(), vaultFolder = join(home, 'vault')): Promise<Protected> => {
    const opened = await protectedService({ home, file });
    open.push(opened);
    const { settings, protection } = opened;
    settings.setVaultFolder(vaultFolder);
    if (settings.connections().connections.length === 0)
      settings.saveConnection({ name: 'work', kind: 'url', url: server.url });
    await protection.begin();
    return opened;
  };
  return {
    home: () => home,
    qdrant: () => server,
    begin,
    beginSafe: async (ruled = 'code') => {
      const opened = await begin();
      rule(opened, ruled, never);
      await opened.service.backUp({ connection: { name: 'work' }, collection: 'code' }).result;
      await opened.protection.look();
      return opened;
    },
    ...{ fill, ask },
    remove: (count) =>
      ask('POST', '/collections/code/points/delete?wait=true', {
        points: Array.from({ length: count }, (_, id) => id),
      }),
  };
}

/** As `setSchedule`, which takes no schedule of seconds. */
export function rule({ settings }: Pick<Protected, 'settings'>, collection: string | null, schedule: Schedule): void {
  settings.setRule({ connection: 'work', collection }, schedule, new Date());
}

export function indexOf({ protection }: Pick<Protected, 'protection'>, collection = 'code'): ProtectedIndex {
  const found = protection.view().indexes.find((one) => one.collection === collection);
  if (found === undefined) throw new Error(`${collection} is not protected`);
  return found;
}
