import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Conf from 'conf';
import { afterAll, describe, expect, it } from 'vitest';
import { copyForMove } from '../../main/jobs/tasks/move-vault.ts';
import { moveTo } from '../../main/service/move-service.ts';
import type { BackupRequest } from '../../main/service/types.ts';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { openSettings, settingsIn } from '../../main/settings/settings.ts';
import { vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { folderOnDisk } from '../support/folders-in-memory.ts';
import { ONE, simple } from '../support/imports.ts';
import { ownFilesIn } from '../support/move-trials.ts';
import { memoryService } from '../support/services.ts';
import { create, upsert } from '../support/server-text.ts';
import { storedHashes, verify } from '../support/vaults.ts';
import { readCatalog } from '../../main/vault/catalog.ts';

const ground = vaultGround();
const { backUp } = ground;
const never = new AbortController().signal;

/** On the disk, where the vaults of tests are in memory: another file system, if there is one. */
const away: string[] = [];
async function elsewhere(): Promise<string> {
  const folder = await mkdtemp(join(folderOnDisk(), 'vectorkeep-move-'));
  away.push(folder);
  return join(folder, 'vault');
}
afterAll(async () => {
  for (const folder of away) await rm(folder, { recursive: true, force: true });
});

async function backedUp(collection: string, points = 200): Promise<string> {
  await create(ground.url, collection, ONE);
  await upsert(
    ground.url,
    collection,
    simple(
      Array.from({ length: points }, (_, n) => n),
      '[1,1]',
      `{"text":"${'x'.repeat(300)}"}`,
    ),
  );
  return (await backUp({ collection })).name;
}

/** Every backup of a vault is whole; their names. */
async function wholeBackups(dir: string): Promise<readonly string[]> {
  const { backups, lost, damage, leftovers } = await verify(dir);
  expect([lost, damage, leftovers, backups.filter((one) => one.damage.length > 0)]).toEqual([[], [], [], []]);
  return backups.map(({ name }) => name);
}

describe('the vault of the settings', () => {
  it('moves to another disk and on; what waits for that, and what comes later, finds it there', async () => {
    const first = await backedUp('travelling');
    const service = memoryService();
    const [there, further] = [await elsewhere(), `${ground.vault}-further`];
    const request: BackupRequest = { connection: { url: ground.url }, collection: 'travelling' };
    try {
      service.setVaultFolder(ground.vault);
      const moving = service.moveVault(there);
      // Asked for while the vault was where it was.
      const [taken, verified] = [service.backUp(request), service.verifyBackups({ full: true })];
      const pinned = service.pinBackup(first, true);
      const done = await moving.result;
      expect(done).toMatchObject({ from: ground.vault, to: there, backups: 1, warnings: [] });
      expect(service.jobs()[0]).toMatchObject({ kind: 'move', status: 'done', result: done });
      const second = (await taken.result).backupName;
      await pinned;
      expect((await verified.result).backups.every(({ ok }) => ok)).toBe(true);
      expect([service.vaultFolder(), existsSync(ground.vault)]).toEqual([there, false]);
      expect(await wholeBackups(there)).toEqual([first, second]);
      expect((await service.moveVault(further).result).backups).toBe(2);
      const { vault, backups } = await service.listBackups({});
      expect([vault, backups.map(({ backupName, pinned: isPinned }) => [backupName, isPinned])]).toEqual([
        ...[
          further,
          [
            [second, false],
            [first, true],
          ],
        ],
      ]);
      await service.backUp(request).result;
      expect(await wholeBackups(further)).toHaveLength(3);
      expect(existsSync(there)).toBe(false);
    } finally {
      await service.close();
      await rm(further, { recursive: true, force: true });
    }
  });

  it('is busy for other programs meanwhile, which can read it, and write to it at its new place afterwards', async () => {
    const first = await backedUp('shared');
    const file = memorySettingsFile();
    const settings = settingsIn(file);
    settings.setVaultFolder(ground.vault);
    const stranger = memoryService(file);
    const there = await elsewhere();
    const request: BackupRequest = { connection: { url: ground.url }, collection: 'shared' };
    try {
      const means = { settings, links: true, signal: never, ended: () => Promise.resolve() };
      await moveTo(there, means, async (task) => {
        const done = await copyForMove(task, { signal: never, report: () => undefined });
        const fault = await failureOf(stranger.backUp(request).result);
        expect([fault.code, fault.params['purpose']]).toEqual(['VAULT_BUSY', 'move']);
        expect((await stranger.listBackups({})).backups.map(({ backupName }) => backupName)).toEqual([first]);
        expect((await stranger.verifyBackups({ full: true }).result).backups).toEqual([
          { backupName: first, ok: true, problems: [] },
        ]);
        return done;
      });
      const second = (await stranger.backUp(request).result).backupName;
      expect(await wholeBackups(there)).toEqual([first, second]);
      expect(existsSync(ground.vault)).toBe(false);
    } finally {
      await stranger.close();
    }
  });
});

describe('a move that is killed', () => {
  it('at random moments leaves a whole vault where the settings say; run again it comes to its end', async () => {
    const names: string[] = [];
    for (const collection of ['one', 'two']) names.push(await backedUp(`killed-${collection}`, 1000));
    const hashes = async (dir: string) => (await readCatalog(dir)).backups.map(storedHashes);
    const expected = await hashes(ground.vault);
    const home = await mkdtemp(join(ground.root, 'home-'));
    const settings = openSettings({ Store: Conf, dir: home });
    settings.setVaultFolder(ground.vault);
    const program = fileURLToPath(new URL('../support/moving.ts', import.meta.url));
    const run = async (to: string, killAfter?: number): Promise<{ code: number | null; ms: number }> => {
      const child = spawn(process.execPath, [program, home, to], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const begun = performance.now();
      if (killAfter !== undefined) {
        await pause(killAfter);
        child.kill('SIGKILL');
      }
      return { code: await ended, ms: performance.now() - begun };
    };
    let from = ground.vault;
    let lasts = 0;
    for (let trial = 0; trial < Number(process.env['VECTORKEEP_TRIALS'] ?? 4); trial++) {
      const to = trial % 2 === 0 ? await elsewhere() : `${ground.vault}-${trial}`;
      if (trial > 0) await run(to, lasts * Math.random());
      const now = settings.vaultFolder();
      expect([from, to]).toContain(now);
      expect(await hashes(now)).toEqual(expected);
      const { code, ms } = await run(to);
      // A move that had come to its end is refused.
      if (code !== 0) expect([now, existsSync(from)]).toEqual([to, false]);
      else lasts = ms;
      expect([settings.vaultFolder(), ownFilesIn(from)]).toEqual([to, []]);
      expect(await wholeBackups(to)).toEqual(names);
      from = to;
    }
  });
});
