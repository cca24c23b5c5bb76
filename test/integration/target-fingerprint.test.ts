import fc from 'fast-check';
import { expect, it } from 'vitest';
import { vaultGround } from '../support/backups.ts';
import { importing } from '../support/imports.ts';
import { expectFingerprint, safetyIn } from '../support/outdated.ts';
import { call, create, runExport, upsert } from '../support/server-text.ts';
import { SERVER_POINTS, serverPoints } from '../support/server-points.ts';
import { makeIds, makeMixed, makeOneKind, ONE_KIND } from '../support/whole-collections.ts';

const ground = vaultGround();
const { backUp, restore, list } = ground;
const { bring } = importing(() => ({ url: ground.url, folder: ground.root }));

/** What every way of looking at an index says of it; the last ones write to it what it holds already. */
async function toldOf(collection: string): Promise<ReadonlySet<string | null>> {
  const path = `${ground.root}/${collection}.json`;
  await runExport({ target: { url: ground.url }, collection, path, compress: false, replace: true });
  const { name } = await backUp({ collection });
  const told = new Set<string | null>();
  const looks = [
    () => restore({ backup: name, collection, onConflict: 'exact', dryRun: true }),
    () => restore({ backup: name, collection, onConflict: 'skip' }),
    () => bring({ path, collection, onConflict: 'merge', dryRun: true, fingerprint: true }),
    () => restore({ backup: name, collection, onConflict: 'exact', safetyCopy: false }),
    // The copy is taken away again: nothing is overwritten.
    () => restore({ backup: name, collection, onConflict: 'exact' }),
    // Known by their texts, and not.
    () => bring({ path, collection, onConflict: 'overwrite', ...safetyIn(ground) }),
    () => {
      const { safety } = safetyIn(ground);
      const { dir, expected } = safety.vault;
      return bring({ path, collection, onConflict: 'overwrite', safety: { ...safety, vault: { dir, expected } } });
    },
    () => bring({ path, collection, onConflict: 'overwrite', fingerprint: true }),
  ];
  for (const look of looks) told.add((await look()).targetFingerprint);
  const taken = (await list()).find(({ manifest }) => manifest.name === name);
  told.add(taken?.manifest.total_vectors === 0 ? null : (taken?.manifest.fingerprint ?? ''));
  return told;
}

it('is the same however the target is looked at, for every kind of id, vector and payload', async () => {
  await makeIds(ground.url, 'ids');
  await makeMixed(ground.url, 'mixed');
  for (const kind of ONE_KIND) await makeOneKind(ground.url, kind, kind);
  const seen = new Set<string>();
  for (const name of ['ids', 'mixed', ...ONE_KIND]) {
    const [only = null, ...others] = await toldOf(name);
    expect(others, name).toEqual([]);
    expectFingerprint(only);
    expect(seen).not.toContain(only);
    seen.add(only);
    await call(ground.url, 'DELETE', `/collections/${name}`);
  }
});

it('is null of an index without points', async () => {
  await create(ground.url, 'empty', '{"vectors":{"size":2,"distance":"Dot"}}');
  expect([...(await toldOf('empty'))]).toEqual([null]);
});

it('is the same for any points', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(serverPoints, async (points) => {
      const name = `any-${serial++}`;
      await create(ground.url, name, SERVER_POINTS);
      const texts = points.map(([id, vector, payload]) => `{"id":${id},"vector":${vector},"payload":${payload}}`);
      await upsert(ground.url, name, texts);
      const told = [...(await toldOf(name))];
      await call(ground.url, 'DELETE', `/collections/${name}`);
      expect(told).toHaveLength(1);
    }),
    { numRuns: 6, interruptAfterTimeLimit: 30_000 },
  );
});
