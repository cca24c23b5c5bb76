import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../main/faults/fault.ts';
import { contentsOf, expectSound, vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { importing, ONE, simple } from '../support/imports.ts';
import { callNow } from '../support/meanwhile.ts';
import { CHANGES, expectFingerprint, makeStanding, range, SOURCE, stateOf, waysOf } from '../support/outdated.ts';
import { startProxy } from '../support/proxy.ts';
import { call, create, pointTexts, runImport, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;
const { fileOf, bring } = importing(() => ({ url: ground.url, folder: ground.root }));

let backup = '';
let serial = 0;
const ways = waysOf(ground, () => backup);
const names = Object.keys(ways);
const wayOf = (name: string) => ways[name] as NonNullable<(typeof ways)[string]>;

beforeEach(async () => {
  const collection = `source-${serial++}`;
  await create(ground.url, collection, ONE);
  await upsert(ground.url, collection, SOURCE);
  backup = (await backUp({ collection })).name;
});

describe.each(names)('%s', (name) => {
  const way = wayOf(name);

  it('is refused once the target is another, and leaves it and the vault as they were', async () => {
    for (const [what, change] of Object.entries(CHANGES)) {
      const collection = `target-${serial++}`;
      await makeStanding(ground, collection);
      const { targetFingerprint } = await wayOf(name.replace('skip', 'overwrite'))(collection, { dryRun: true });
      expectFingerprint(targetFingerprint);
      await change(ground.url, collection);
      const before = await stateOf(ground, collection);
      for (const dryRun of [true, false])
        expect([what, await failureOf(way(collection, { ifTarget: targetFingerprint, dryRun }))]).toMatchObject([
          what,
          { code: 'PLAN_OUTDATED', params: { collection } },
        ]);
      expect(await stateOf(ground, collection), what).toEqual(before);
      await call(ground.url, 'DELETE', `/collections/${collection}`);
    }
    expect(await list()).toHaveLength(1);
    await expectSound(ground);
  });

  it('goes on while it is the same, whatever order it was written in', async () => {
    const collection = `same-${serial++}`;
    await makeStanding(ground, collection);
    const { targetFingerprint } = await wayOf(name.replace('skip', 'overwrite'))(collection, { dryRun: true });
    expectFingerprint(targetFingerprint);
    await call(ground.url, 'DELETE', `/collections/${collection}`);
    await create(ground.url, collection, ONE);
    await upsert(ground.url, collection, simple(range(100, 300).reverse(), '[1.0,1]', '{ "a" : 1 }'));
    await upsert(ground.url, collection, simple(range(0, 100).reverse(), '[1,1]', '{"later":true}'));
    const done = await way(collection, { ifTarget: targetFingerprint });
    expect(done.targetFingerprint).toBe(targetFingerprint);
    const copies = !name.includes('without') && !name.includes('skip') && !/import \w+$/.test(name);
    expect((await list()).map(({ manifest }) => manifest.name)).toEqual(
      copies ? [backup, done.safetyBackup] : [backup],
    );
    expect((await pointTexts(ground.url, collection)).get('300')).toContain('"a":1');
    // By now it is another.
    expect(await failureOf(way(collection, { ifTarget: targetFingerprint }))).toMatchObject({ code: 'PLAN_OUTDATED' });
  });

  it('into what held no points: while it holds none', async () => {
    const collection = `none-${serial++}`;
    const there = async (): Promise<boolean> =>
      (await call(ground.url, 'GET', '/collections')).includes(`"${collection}"`);
    const other = await failureOf(way(collection, { ifTarget: 'f'.repeat(64) }));
    expect(other).toMatchObject({ code: 'PLAN_OUTDATED' });
    expect(await there()).toBe(false);
    const made = await way(collection, { ifTarget: null });
    expect(made).toMatchObject({ targetFingerprint: null, createdCollection: true });
    expect(await failureOf(way(collection, { ifTarget: null }))).toMatchObject({ code: 'PLAN_OUTDATED' });
    await call(ground.url, 'POST', `/collections/${collection}/points/delete?wait=true`, '{"filter":{}}');
    expect(await way(collection, { ifTarget: null })).toMatchObject({ targetFingerprint: null });
    expect((await pointTexts(ground.url, collection)).size).toBe(SOURCE.length);
    expect(await list()).toHaveLength(1);
  });
});

describe('of what comes at the last moment', () => {
  it.each([true, false])('a restore into an index without points leaves alone; there already: %s', async (there) => {
    const collection = `late-${there}`;
    if (there) await create(ground.url, collection, ONE);
    let seen = 0;
    await restore(
      { backup, collection, onConflict: 'exact', ifTarget: null },
      {
        onProgress: (phase) => {
          if (phase !== 'sending' || seen++ > 0) return;
          const points = simple([5], '[9,9]', '{"theirs":1}').join(',');
          callNow(ground.url, 'PUT', `/collections/${collection}/points?wait=true`, `{"points":[${points}]}`);
        },
      },
    );
    expect((await pointTexts(ground.url, collection)).get('5')).toContain('theirs');
  });

  it('a restore into an empty index looks once more when it has chosen its points', async () => {
    /** What it comes to when somebody writes right before its n-th request, and all its requests. */
    const run = async (n: number, collection: string): Promise<{ code: string; seen: readonly string[] }> => {
      await create(ground.url, collection, ONE);
      const put = `{"points":[${simple([5], '[9,9]', '{"theirs":1}').join(',')}]}`;
      const proxy = await startProxy(ground.url, [], (seen) => {
        if (seen === n) callNow(ground.url, 'PUT', `/collections/${collection}/points?wait=true`, put);
      });
      try {
        const asked = { backup, collection, onConflict: 'skip', ifTarget: null } as const;
        const code = await restore({ ...asked, target: { url: proxy.url } }).then(
          () => 'done',
          (error: unknown) => Fault.from(error).code,
        );
        return { code, seen: proxy.seen };
      } finally {
        await proxy.stop();
      }
    };
    const { code, seen } = await run(Infinity, 'quiet');
    expect(code).toBe('done');
    const counts = seen
      .slice(
        0,
        seen.findIndex((line) => line.startsWith('PUT ')),
      )
      .map((line) => /\/count/.test(line));
    expect((await run(counts.lastIndexOf(true) + 1, 'crowded')).code).toBe('PLAN_OUTDATED');
    expect([...(await pointTexts(ground.url, 'crowded')).keys()]).toEqual(['5']);
    expect(counts.filter(Boolean)).toHaveLength(2);
  });

  it('an import into an empty index leaves alone', async () => {
    const collection = 'late-file';
    await create(ground.url, collection, ONE);
    const path = await fileOf(SOURCE);
    let seen = 0;
    const put = `{"points":[${simple([5], '[9,9]', '{"theirs":1}').join(',')}]}`;
    await runImport(
      { target: { url: ground.url }, collection, path, onConflict: 'overwrite', ifTarget: null },
      {
        onProgress: (phase) => {
          if (phase === 'sending' && seen++ === 0)
            callNow(ground.url, 'PUT', `/collections/${collection}/points?wait=true`, put);
        },
      },
    );
    expect((await pointTexts(ground.url, collection)).get('5')).toContain('theirs');
  });
});

it('an import that finishes what an earlier one made is refused before it gives that its settings', async () => {
  const settings = '{"vectors":{"size":2,"distance":"Dot"},"params":{"read_fan_out_factor":3}}';
  await create(ground.url, 'half', ONE);
  await upsert(ground.url, 'half', simple([1], '[1,1]', '{}'));
  const path = await fileOf(SOURCE, `{"dimensions":2,"config":${settings}}`);
  const before = await stateOf(ground, 'half');
  const task = { collection: 'half', path, onConflict: 'overwrite', unfinished: true } as const;
  expect(await failureOf(bring({ ...task, ifTarget: 'f'.repeat(64) }))).toMatchObject({ code: 'PLAN_OUTDATED' });
  expect(await stateOf(ground, 'half')).toEqual(before);
  expect(await contentsOf(ground.vault)).toEqual((before as { vault: unknown }).vault);
});
