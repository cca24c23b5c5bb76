import { describe, expect, it } from 'vitest';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { behindProxy, type Rule } from '../support/proxy.ts';
import { call, create, pointTexts, settingsText, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const stored = (id: number, payload: string, vector: string): string =>
  `{"id":${id},"payload":${payload},"vector":${vector}}`;

/** A backup of points 0 to 2999; then 0 to 999 are removed, 1000 to 1499 changed, 3000 to 3499 come. */
async function changedIndex(collection: string): Promise<string> {
  await create(ground.url, collection, ONE);
  await upsert(ground.url, collection, simple(range(0, 3000), '[1,1]', '{"a":1}'));
  const { name } = await backUp({ collection });
  await remove(collection, range(0, 1000));
  await upsert(ground.url, collection, simple(range(1000, 1500), '[2,1]', '{"b":2}'));
  await upsert(ground.url, collection, simple(range(3000, 3500), '[3,1]', '{"c":3}'));
  return name;
}

async function remove(collection: string, ids: readonly number[]): Promise<void> {
  const path = `/collections/${collection}/points/delete?wait=true`;
  await call(ground.url, 'POST', path, `{"points":[${ids.join(',')}]}`);
}

const MISSING = 1000;
const DIFFERENT = 500;
const SAME = 1500;
const EXTRA = 500;

describe('a restore into an index that has points', () => {
  it.each([
    ['skip', { new: MISSING, updated: 0, skipped: SAME + DIFFERENT, removed: 0 }, [DIFFERENT, EXTRA], '{"b":2}', 2],
    ['overwrite', { new: MISSING, updated: DIFFERENT, skipped: SAME, removed: 0 }, [0, EXTRA], '{"a":1}', 1],
    ['merge', { new: MISSING, updated: DIFFERENT, skipped: SAME, removed: 0 }, [DIFFERENT, EXTRA], '{"b":2,"a":1}', 1],
    ['exact', { new: MISSING, updated: DIFFERENT, skipped: SAME, removed: EXTRA }, [0, 0], '{"a":1}', 1],
  ] as const)(
    '%s: the numbers of the preview, then just that',
    async (onConflict, plan, [differ, extra], payload, x) => {
      const collection = `into-${onConflict}`;
      const backup = await changedIndex(collection);
      const before = await pointTexts(ground.url, collection);
      const untouched = await contentsOf(ground.vault);

      const preview = await restore({ backup, collection, onConflict, dryRun: true });
      expect(preview).toMatchObject({ plan, verified: null, safetyBackup: null, createdCollection: false });
      expect(preview.differences.count).toBe(MISSING + DIFFERENT + EXTRA);
      expect(await pointTexts(ground.url, collection)).toEqual(before);
      expect(await contentsOf(ground.vault)).toEqual(untouched);

      const done = await restore({ backup, collection, onConflict });
      expect(done.plan).toEqual(preview.plan);
      expect(done).toMatchObject({ plan, verified: true, createdCollection: false, totalVectors: 3000 });
      expect(done.differences.count).toBe(differ + extra);
      const after = await pointTexts(ground.url, collection);
      expect(after.size).toBe(3000 + extra);
      for (const id of [0, 999, 1500, 2999]) expect(after.get(`${id}`)).toBe(stored(id, '{"a":1}', '[1.0,1.0]'));
      for (const id of range(1000, 1500)) expect(after.get(`${id}`)).toBe(stored(id, payload, `[${x}.0,1.0]`));
      for (const id of range(3000, 3500)) expect(after.get(`${id}`)).toBe(extra > 0 ? before.get(`${id}`) : undefined);

      // What was lost by it is in the safety copy, and comes back.
      const copies = (await list()).filter(({ manifest }) => manifest.reason === 'safety');
      expect(copies.map(({ manifest }) => manifest.name)).toEqual(onConflict === 'skip' ? [] : [done.safetyBackup]);
      if (done.safetyBackup !== null) {
        const undone = await restore({ backup: done.safetyBackup, collection, onConflict: 'exact' });
        expect(undone).toMatchObject({ verified: true, differences: { count: 0 } });
        expect(await pointTexts(ground.url, collection)).toEqual(before);
      }
      // Once more: nothing is left to do, and nothing is copied for that.
      await restore({ backup, collection, onConflict });
      const count = (await list()).length;
      const again = await restore({ backup, collection, onConflict });
      expect(again.plan).toMatchObject({ new: 0, removed: 0, updated: onConflict === 'merge' ? DIFFERENT : 0 });
      expect((await list()).length).toBe(count + (onConflict === 'merge' ? 1 : 0));
      await expectSound(ground);
    },
  );

  it('brings only what is missing: no safety copy stays, whatever the strategy', async () => {
    await create(ground.url, 'missing', ONE);
    await upsert(ground.url, 'missing', simple(range(0, 500), '[1,1]', '{}'));
    const { name } = await backUp({ collection: 'missing' });
    await remove('missing', range(100, 200));
    for (const onConflict of ['overwrite', 'merge', 'exact'] as const) {
      const done = await restore({ backup: name, collection: 'missing', onConflict });
      expect(done).toMatchObject({ safetyBackup: null, verified: true, plan: { new: 100, destroys: false } });
      await remove('missing', range(100, 200));
    }
    expect(await list()).toHaveLength(1);
    await expectSound(ground);
  });

  it('makes no safety copy when told so', async () => {
    const backup = await changedIndex('careless');
    const untouched = await contentsOf(ground.vault);
    const options = { backup, collection: 'careless', onConflict: 'exact', safetyCopy: false } as const;
    expect(await restore(options)).toMatchObject({ safetyBackup: null, verified: true, plan: { removed: EXTRA } });
    expect(await contentsOf(ground.vault)).toEqual(untouched);
  });

  it('goes to the collection that an alias stands for now', async () => {
    const backup = await changedIndex('behind');
    const alias = '{"actions":[{"create_alias":{"alias_name":"front","collection_name":"behind"}}]}';
    await call(ground.url, 'POST', '/collections/aliases', alias);
    const settings = await settingsText(ground.url, 'behind');
    const done = await restore({ backup, collection: 'front', onConflict: 'exact' });
    expect(done).toMatchObject({ verified: true, plan: { new: MISSING, removed: EXTRA } });
    expect((await pointTexts(ground.url, 'behind')).size).toBe(3000);
    expect(await settingsText(ground.url, 'behind')).toBe(settings);
  });

  it('of strict mode, with small batches and without exact counts, is restored all the same', async () => {
    const backup = await changedIndex('strict');
    const limits = '"enabled":true,"max_query_limit":50,"upsert_max_batchsize":70,"search_allow_exact":false';
    await call(ground.url, 'PATCH', '/collections/strict', `{"strict_mode_config":{${limits}}}`);
    const done = await restore({ backup, collection: 'strict', onConflict: 'exact' });
    expect(done).toMatchObject({ verified: true, plan: { new: MISSING, updated: DIFFERENT, removed: EXTRA } });
    await call(ground.url, 'PATCH', '/collections/strict', '{"strict_mode_config":{"enabled":false}}');
    expect((await pointTexts(ground.url, 'strict')).size).toBe(3000);
  });
});

describe('a restore that was killed while it filled an index of its own', () => {
  it.each(['overwrite', 'skip', 'exact', 'merge'] as const)('is run again, with %s, to its end', async (onConflict) => {
    const collection = `source-${onConflict}`;
    const target = `killed-${onConflict}`;
    await create(ground.url, collection, '{"vectors":{"size":2,"distance":"Dot"},"hnsw_config":{"m":24}}');
    const index = '{"field_name":"a","field_schema":"integer"}';
    await call(ground.url, 'PUT', `/collections/${collection}/index?wait=true`, index);
    await upsert(ground.url, collection, simple(range(0, 3000), '[1,1]', `{"a":1,"text":"${'x'.repeat(1000)}"}`));
    const { name } = await backUp({ collection });
    // Nothing is tidied up: whatever should be is refused.
    const rules: Rule[] = [
      { method: 'PUT', path: /points/, after: 2, fault: { kind: 'answer', status: 400, body: '{}' } },
      { method: 'DELETE', fault: { kind: 'answer', status: 400, body: '{}' } },
    ];
    const stopped = await behindProxy(ground.url, rules, ({ url }) =>
      failureOf(restore({ target: { url }, backup: name, collection: target })),
    );
    expect(stopped.code).toBe('QDRANT_REFUSED');
    // What was taken is applied: a write that changes nothing ends after it.
    const nothing = '{"payload":{"_":0},"filter":{"must":[{"has_id":[]}]}}';
    await call(ground.url, 'POST', `/collections/${target}/points/payload?wait=true`, nothing);
    const half = (await pointTexts(ground.url, target)).size;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(3000);

    const done = await restore({ backup: name, collection: target, onConflict, unfinished: true });
    expect(done).toMatchObject({ verified: true, safetyBackup: null, plan: { new: 3000 - half, skipped: half } });
    expect(await pointTexts(ground.url, target)).toEqual(await pointTexts(ground.url, collection));
    expect(await settingsText(ground.url, target)).toBe(await settingsText(ground.url, collection));
    expect(await list()).toHaveLength(1);
  });
});

describe('what does not fit is refused before the first write, and leaves no safety copy', () => {
  it.each([
    ['dimensions', '{"vectors":{"size":3,"distance":"Dot"}}', 'SCHEMA_MISMATCH', '[1,1,1]'],
    ['distance', '{"vectors":{"size":2,"distance":"Euclid"}}', 'SCHEMA_MISMATCH', '[1,1]'],
    ['names', '{"vectors":{"a":{"size":2,"distance":"Dot"}}}', 'SCHEMA_MISMATCH', '{"a":[1,1]}'],
    ['model', '{"vectors":{"size":2,"distance":"Dot"},"metadata":{"model":"other"}}', 'MODEL_MISMATCH', '[1,1]'],
  ])('%s', async (what, config, code, vector) => {
    const from = `fits-${what}`;
    const to = `unfit-${what}`;
    await create(ground.url, from, ONE);
    await upsert(ground.url, from, simple(range(0, 9), '[1,1]', '{}'));
    const { name } = await backUp({ collection: from, model: 'mine' });
    await create(ground.url, to, config);
    await upsert(ground.url, to, simple(range(5, 19), vector, '{"keep":1}'));
    const before = await pointTexts(ground.url, to);
    const untouched = await contentsOf(ground.vault);
    for (const dryRun of [true, false]) {
      const fault = await failureOf(restore({ backup: name, collection: to, onConflict: 'exact', dryRun }));
      expect(fault.code).toBe(code);
    }
    expect(await pointTexts(ground.url, to)).toEqual(before);
    expect(await contentsOf(ground.vault)).toEqual(untouched);
    if (code === 'MODEL_MISMATCH') {
      const done = await restore({ backup: name, collection: to, onConflict: 'exact', allowModelMismatch: true });
      expect(done.notices.map((notice) => notice.code)).toContain('MODEL_DIFFERS');
      // It is not said to be of the backup's model now.
      expect(done.model).toBeNull();
    }
  });
});
