import { describe, expect, it } from 'vitest';
import { vaultGround } from '../support/backups.ts';
import { failureOf } from '../support/faults.ts';
import { ONE, simple } from '../support/imports.ts';
import { call, create, pointTexts, upsert } from '../support/server-text.ts';

const ground = vaultGround();
const { backUp, restore } = ground;

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

async function remove(collection: string, ids: readonly number[]): Promise<void> {
  const path = `/collections/${collection}/points/delete?wait=true`;
  await call(ground.url, 'POST', path, `{"points":[${ids.join(',')}]}`);
}

describe('some files only', () => {
  const PATHS = ['src/a.ts', 'src/deep/b.ts', 'src\\win.ts', 'docs/c.md', 'src.ts', 'srcs/d.ts'];
  const INSIDE = ['src/a.ts', 'src/deep/b.ts', 'src\\win.ts'];
  const points = (ids: readonly number[], more: string): string[] =>
    ids.map((id) => {
      const path = PATHS[id % PATHS.length] ?? '';
      return `{"id":${id},"vector":[1,1],"payload":{"filePath":${JSON.stringify(path)},${more}}}`;
    });
  const inside = (id: number): boolean => INSIDE.includes(PATHS[id % PATHS.length] ?? '');

  it.each([true, false])('exact removes extra points of those files alone; safety copy %s', async (safetyCopy) => {
    const collection = `paths-${safetyCopy}`;
    await create(ground.url, collection, ONE);
    await upsert(ground.url, collection, points(range(0, 600), '"v":1'));
    const { name } = await backUp({ collection });
    await remove(collection, range(0, 60));
    await upsert(ground.url, collection, points(range(60, 120), '"v":2'));
    await upsert(ground.url, collection, [...points(range(600, 660), '"v":3'), '{"id":9000,"vector":[1,1]}']);
    const before = await pointTexts(ground.url, collection);
    const options = { backup: name, collection, onConflict: 'exact', paths: ['src/**'], safetyCopy } as const;
    const plan = { new: 30, updated: 30, skipped: 240, removed: 30 };
    expect(await restore({ ...options, dryRun: true })).toMatchObject({ plan, totalVectors: 300 });
    const done = await restore(options);
    expect(done).toMatchObject({ plan, verified: true, totalVectors: 300, differences: { count: 0 } });
    const after = await pointTexts(ground.url, collection);
    for (const id of [...range(0, 660), 9000]) {
      const found = after.get(`${id}`);
      if (id === 9000 || !inside(id)) expect(found).toBe(before.get(`${id}`));
      else if (id < 600) expect(found).toContain('"v":1');
      else expect(found).toBeUndefined();
    }
    expect(done.safetyBackup === null).toBe(!safetyCopy);
    if (done.safetyBackup !== null) {
      await restore({ backup: done.safetyBackup, collection, onConflict: 'exact' });
      expect(await pointTexts(ground.url, collection)).toEqual(before);
    }
  });

  it.each([true, false])(
    'a file is what the backup calls so, whatever the index does by now; safety copy %s',
    async (safetyCopy) => {
      const collection = `renamed-${safetyCopy}`;
      const point = (id: number, then: string, now: string): string =>
        `{"id":${id},"vector":[1,1],"payload":{"then":"${then}","now":"${now}"}}`;
      await create(ground.url, collection, ONE);
      await upsert(ground.url, collection, [point(1, 'src/a', 'src/a')]);
      const { name } = await backUp({ collection, pathKey: 'then' });
      await upsert(ground.url, collection, [point(2, 'src/b', 'docs/b'), point(3, 'docs/c', 'src/c')]);
      const options = { backup: name, collection, onConflict: 'exact', paths: ['src/**'], pathKey: 'now' } as const;
      expect(await restore({ ...options, dryRun: true })).toMatchObject({ plan: { removed: 1 } });
      const done = await restore({ ...options, safetyCopy });
      expect(done).toMatchObject({ plan: { removed: 1 }, verified: true, differences: { count: 0 } });
      expect([...(await pointTexts(ground.url, collection)).keys()]).toEqual(['1', '3']);
    },
  );

  it('into a new index: those points, and nothing else; no such files, no points', async () => {
    await create(ground.url, 'chosen', ONE);
    await upsert(ground.url, 'chosen', points(range(0, 60), '"v":1'));
    const { name } = await backUp({ collection: 'chosen' });
    await restore({ backup: name, collection: 'chosen-src', paths: ['src/**', 'docs/*.md'] });
    expect((await pointTexts(ground.url, 'chosen-src')).size).toBe(40);
    for (const [paths, reason] of [
      [['lib/**', 'src'], /No file of .* matches lib\/\*\* or src\./],
      [['src/**', '!docs/**'], /"!docs\/\*\*" says which files are not meant/],
    ] as const)
      for (const dryRun of [true, false]) {
        const fault = await failureOf(restore({ backup: name, collection: 'chosen-none', paths, dryRun }));
        expect(fault).toMatchObject({ code: 'USAGE', params: { reason: expect.stringMatching(reason) as string } });
        expect(await call(ground.url, 'GET', '/collections')).not.toContain('chosen-none');
      }
  });

  it('is refused where points name no files, before anything is made', async () => {
    await create(ground.url, 'pathless', ONE);
    await upsert(ground.url, 'pathless', simple(range(0, 5), '[1,1]', '{"n":1}'));
    const { name } = await backUp({ collection: 'pathless' });
    const fault = await failureOf(restore({ backup: name, collection: 'pathless-new', paths: ['src/**'] }));
    expect(fault.code).toBe('USAGE');
    expect(await call(ground.url, 'GET', '/collections')).not.toContain('pathless-new');
  });
});
