import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyBackups } from '../../../main/jobs/tasks/verify.ts';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { parseManifest, printManifest, sumsText, type Manifest } from '../../../main/vault/manifest.ts';
import { checkSurroundings, Verifier } from '../../../main/vault/verify.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { day, points } from '../../support/vault-trials.ts';
import { prune, takeFrom, verify, withLock } from '../../support/vaults.ts';

const one = async (dir: string) => (await readCatalog(dir)).backups[0] ?? expect.fail();

/** Puts another manifest in the place of one, and the checksums to go with it. */
function rewrite(folder: string, manifest: Manifest): Buffer {
  const text = Buffer.from(printManifest(manifest));
  writeFileSync(join(folder, 'backups', `${manifest.name}.json`), text);
  writeFileSync(join(folder, 'backups', `${manifest.name}.sha256`), sumsText(manifest, text));
  return text;
}

test('a point that two rows claim is found', async () => {
  const dir = join(temporaryFolder(), 'vault');
  await takeFrom(
    dir,
    points(1, 20, () => 0),
    { at: day(0) },
  );
  await takeFrom(
    dir,
    points(1, 20, (id) => (id === 7 ? 1 : 0)),
    { at: day(1) },
  );
  const { folder, manifest } = (await readCatalog(dir)).backups[1] ?? expect.fail();
  expect(manifest.segments.map(({ dead }) => dead)).toEqual(['6', '']);
  // Point 7 twice, and point 8 not: the number of points is right.
  rewrite(folder, { ...manifest, segments: manifest.segments.map((ref, n) => ({ ...ref, dead: n === 0 ? '7' : '' })) });
  const { backups } = await verify(dir);
  expect(backups[1]?.damage).toMatchObject([{ reason: 'order', point: '7' }]);
});

test('a long verification lets others have their turn, and can be cancelled', async () => {
  const dir = join(temporaryFolder(), 'vault');
  const row = (id: number): string => `{"id":${id},"vector":[1,2,3,4],"payload":{}}`;
  await takeFrom(
    dir,
    Array.from({ length: 45_000 }, (_, n) => row(n)),
  );
  const backup = await one(dir);
  const controller = new AbortController();
  const verifier = new Verifier(dir, {
    full: true,
    signal: controller.signal,
    // Called with points when all of the segment was decoded: what remains is the walk through its rows.
    passed: (_, read) => {
      if (read > 0) setImmediate(() => setImmediate(() => controller.abort()));
    },
  });
  await expect(verifier.check(backup)).rejects.toMatchObject({ name: 'AbortError' });
});

test('a manifest that speaks of rows that cannot be there is none, and costs nothing', async () => {
  const dir = join(temporaryFolder(), 'vault');
  await takeFrom(
    dir,
    points(1, 20, () => 0),
  );
  const { folder, manifest } = await one(dir);
  const began = performance.now();
  for (const change of [
    { rows: 4e8, dead: '0-399999999' },
    { rows: 4e9, dead: '0-3999999999', bytes: 16 * 4e9 },
    { dead: '0-20' },
  ]) {
    const text = rewrite(folder, { ...manifest, segments: manifest.segments.map((ref) => ({ ...ref, ...change })) });
    expect(() => parseManifest(text, 'it')).toThrow(/BACKUP_DAMAGED.*manifest/);
  }
  const many = Array.from({ length: 300_000 }, (_, n) => n * 2).join(',');
  const segments = manifest.segments.map((ref) => ({ ...ref, rows: 600_000, bytes: 1e8, dead: many }));
  const text = rewrite(folder, { ...manifest, segments });
  for (let n = 0; n < 5; n++) parseManifest(text, 'it');
  expect(performance.now() - began).toBeLessThan(2000);
});

test('what another one publishes or deletes meanwhile is no damage and no leftover', async () => {
  const dir = join(temporaryFolder(), 'vault');
  for (const n of [0, 1])
    await takeFrom(
      dir,
      points(1, 20, () => n),
      { at: day(n) },
    );
  const quiet = { damage: [], lost: [], leftovers: [] };
  const before = await readCatalog(dir);
  const { manifest } = await takeFrom(
    dir,
    points(1, 20, () => 2),
    { at: day(2) },
  );
  expect(await checkSurroundings(dir, before)).toEqual(quiet);
  let read = 0;
  const found = await verifyBackups(
    { vault: { dir, expected: null }, backup: null, full: false },
    {
      signal: never,
      // When the catalog was read, and before the first file is.
      report: () => {
        if (read++ === 1) for (const path of ['json', 'state.json', 'sha256']) remove(before, path);
      },
    },
  );
  expect(read).toBeGreaterThan(1);
  expect(found.backups.filter(({ damage }) => damage.length > 0)).toEqual([]);
  expect(found.backups.map(({ name }) => name)).toContain(manifest.name);
});
function remove({ backups: [first] }: Awaited<ReturnType<typeof readCatalog>>, ending: string): void {
  if (first !== undefined) rmSync(join(first.folder, 'backups', `${first.manifest.name}.${ending}`), { force: true });
}

test('what one who holds the lock has made so far is no leftover; without the lock it is', async () => {
  const dir = join(temporaryFolder(), 'vault');
  await takeFrom(
    dir,
    points(1, 20, () => 0),
    { at: day(0) },
  );
  const { folder } = await one(dir);
  const segment = join(folder, 'segments', `${'e'.repeat(64)}.parquet`);
  const partial = join(folder, 'segments', '.new.999999999-0123456789ab.partial');
  for (const path of [segment, partial]) writeFileSync(path, readFileSync(join(dir, 'vault.json')));
  const look = async () =>
    (await checkSurroundings(dir, await readCatalog(dir))).leftovers.map((path) => join(dir, path));
  expect(await withLock(dir, look)).toEqual([]);
  expect((await look()).sort()).toEqual([partial, segment].sort());
  await prune(dir, {});
  expect(await look()).toEqual([]);
});
