import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLock } from '../../main/processes/file-lock.ts';
import { expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { call, create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;

const never = new AbortController().signal;

/** Two backups of an index: of ten points, and of other ten. */
async function twoBackups(collection: string): Promise<readonly [string, string]> {
  const ids = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  await create(ground.url, collection, ONE);
  await upsert(ground.url, collection, simple(ids, '[1,1]', '{"n":1}'));
  const first = await backUp({ collection });
  await upsert(ground.url, collection, simple(ids, '[2,2]', '{"n":2}'));
  return [first.name, (await backUp({ collection })).name];
}

const holdVault = (): Promise<FileLock> =>
  FileLock.acquire(join(ground.vault, 'lock'), { purpose: 'backup', waitMs: 0, signal: never });

describe('the backup that is being restored', () => {
  it.each([
    ['into a new index', {}],
    ['with skip', { onConflict: 'skip' }],
    ['without a safety copy', { onConflict: 'exact', safetyCopy: false }],
  ] as const)('%s: the vault is locked meanwhile, so that nobody deletes it', async (what, how) => {
    const collection = what.replaceAll(' ', '-');
    const [first] = await twoBackups(collection);
    const target = what === 'into a new index' ? `${collection}-copy` : collection;
    const holders = new Set<string>();
    const look = (phase: string): void => {
      if (!['verifying', 'sending', 'comparing'].includes(phase)) return;
      const { purpose } = JSON.parse(readFileSync(join(ground.vault, 'lock'), 'utf8')) as { purpose: string };
      holders.add(`${phase}: ${purpose}`);
    };
    const done = await restore({ backup: first, collection: target, ...how }, { onProgress: look });
    expect(holders).toEqual(new Set(['verifying: restore', 'sending: restore', 'comparing: restore']));
    expect(done.verified).toBe(true);
    expect(await list()).toHaveLength(2);
    await expectSound(ground);
  });

  it('a preview holds up nobody', async () => {
    const [first] = await twoBackups('previewed');
    let files: string[] = [];
    await restore(
      { backup: first, collection: 'previewed', onConflict: 'exact', dryRun: true },
      { onProgress: () => (files = [...files, ...readdirSync(ground.vault)]) },
    );
    expect(files).toContain('vault.json');
    expect(files).not.toContain('lock');
  });
});

describe('a vault that another process writes to', () => {
  it('can be restored from where no safety copy is to be made of anything', async () => {
    const [first, second] = await twoBackups('busy');
    const held = await holdVault();
    try {
      const before = await pointTexts(ground.url, 'busy');
      const refused = await failureOf(restore({ backup: first, collection: 'busy', onConflict: 'exact' }));
      expect(refused).toMatchObject({ code: 'VAULT_BUSY', params: { purpose: 'backup' } });
      expect(await pointTexts(ground.url, 'busy')).toEqual(before);
      const careless = { backup: first, collection: 'busy', onConflict: 'exact', safetyCopy: false } as const;
      expect(await restore(careless)).toMatchObject({ verified: true, plan: { updated: 10 } });
      expect(await restore({ backup: second, collection: 'busy-copy' })).toMatchObject({ verified: true });
      expect(await pointTexts(ground.url, 'busy-copy')).toEqual(before);
      expect(await list()).toHaveLength(2);
    } finally {
      await held.release();
    }
  });

  it('which deletes the backup meanwhile: it is gone, not damaged, and no half of an index stays', async () => {
    const [first] = await twoBackups('pruned');
    const held = await holdVault();
    try {
      const restoring = restore(
        { backup: first, collection: 'pruned-copy' },
        {
          onProgress: (phase) => {
            if (phase !== 'sending') return;
            for (const name of readdirSync(ground.vault).filter((found) => found.startsWith('pruned-')))
              rmSync(join(ground.vault, name), { recursive: true, force: true });
          },
        },
      );
      expect(await failureOf(restoring)).toMatchObject({ code: 'BACKUP_NOT_FOUND', params: { backup: first } });
      expect(await call(ground.url, 'GET', '/collections')).not.toContain('pruned-copy');
    } finally {
      await held.release();
    }
  });
});
