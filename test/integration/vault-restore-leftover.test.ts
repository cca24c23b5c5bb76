import { describe, expect, it } from 'vitest';
import { memorySettingsFile } from '../../main/settings/optional-file.ts';
import { settingsIn } from '../../main/settings/settings.ts';
import { vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { memoryService } from '../support/services.ts';
import { call, create, pointTexts, settingsText, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore } = ground;

const IDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A backup of ten points with a payload index; its name. */
async function backedUp(collection: string): Promise<string> {
  await create(ground.url, collection, ONE);
  const index = '{"field_name":"n","field_schema":"integer"}';
  await call(ground.url, 'PUT', `/collections/${collection}/index?wait=true`, index);
  await upsert(ground.url, collection, simple(IDS, '[1,1]', '{"n":1}'));
  return (await backUp({ collection, model: 'one' })).name;
}

describe('a note that a restore began to make an index', () => {
  it.each([
    ['another point', [77], '{"n":1}'],
    ['a point with another payload', [3], '{"n":2}'],
  ])('says nothing of one that somebody made since: it has %s', async (what, ids, payload) => {
    const collection = what.replaceAll(' ', '-');
    const backup = await backedUp(collection);
    const target = `${collection}-copy`;
    await create(ground.url, target, ONE);
    await upsert(ground.url, target, [...simple([1, 2], '[1,1]', '{"n":1}'), ...simple(ids, '[1,1]', payload)]);
    const before = await settingsText(ground.url, target);
    const again = { backup, collection: target, unfinished: true } as const;
    expect(await failureOf(restore({ ...again, targetModel: 'two' }))).toMatchObject({
      code: 'MODEL_MISMATCH',
      params: { ours: false },
    });
    const done = await restore({ ...again, onConflict: 'skip' });
    expect(done.notices.map(({ code }) => code)).toContain('MODEL_UNKNOWN');
    expect(await settingsText(ground.url, target)).toBe(before);
  });

  it('still finishes one that holds only what the backup has', async () => {
    const backup = await backedUp('half');
    for (const ids of [[1, 2], []]) {
      const target = `half-${ids.length}`;
      await create(ground.url, target, ONE);
      await upsert(ground.url, target, simple(ids, '[1,1]', '{"n":1}'));
      await restore({ backup, collection: target, unfinished: true });
      expect(await settingsText(ground.url, target)).toBe(await settingsText(ground.url, 'half'));
      expect(await pointTexts(ground.url, target)).toEqual(await pointTexts(ground.url, 'half'));
    }
  });

  it('goes when the index turns out to be another', async () => {
    const backup = await backedUp('noted');
    await create(ground.url, 'noted-copy', '{"vectors":{"size":3,"distance":"Dot"}}');
    await upsert(ground.url, 'noted-copy', simple([1], '[1,1,1]', '{}'));
    const file = memorySettingsFile();
    const settings = settingsIn(file);
    settings.setUnfinished(ground.url, 'noted-copy', `backup ${backup}`);
    const service = memoryService(file);
    try {
      const { url: address, vault } = ground;
      const request = { backup, vault, connection: { url: address }, collection: 'noted-copy' };
      const how = { onConflict: 'skip', safetyCopy: true, allowModelMismatch: true } as const;
      const fault = await failureOf(service.restoreBackup({ ...request, ...how, dryRun: false }).result);
      expect(fault.code).toBe('SCHEMA_MISMATCH');
      expect(fault.params).not.toHaveProperty('ours');
      expect(settings.unfinishedFile(ground.url, 'noted-copy')).toBeNull();
    } finally {
      await service.close();
    }
  });
});
