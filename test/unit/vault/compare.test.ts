import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBackup, readCatalog } from '../../../main/vault/catalog.ts';
import { compareBackups } from '../../../main/vault/compare.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { takeFrom } from '../../support/vaults.ts';

const POINTS = Array.from({ length: 40_000 }, (_, id) => `{"id":${id},"vector":[1,2,3,4]}`);

it.each([
  ['many points', POINTS.slice(0, 39_000), { same: 39_000, missing: 1000 }],
  ['none', [], { same: 0, missing: 40_000 }],
])('a comparison with %s can be cancelled on its way', async (_, later, expected) => {
  const dir = join(temporaryFolder(), 'vault');
  const first = await takeFrom(dir, POINTS, { at: new Date('2026-01-01') });
  const second = await takeFrom(dir, later, { at: new Date('2026-01-02') });
  const catalog = await readCatalog(dir);
  const from = findBackup(catalog, first.manifest.name);
  const to = findBackup(catalog, second.manifest.name);
  const { comparison } = await compareBackups(from, to, never);
  expect({ same: comparison.same, missing: comparison.missing.count }).toEqual(expected);

  const controller = new AbortController();
  const comparing = compareBackups(from, to, controller.signal);
  // As a message arrives that was sent to this thread while it works.
  setImmediate(() => controller.abort());
  await expect(comparing).rejects.toThrow(/abort/);
});
