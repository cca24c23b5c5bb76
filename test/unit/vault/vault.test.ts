import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withVault } from '../../../main/jobs/tasks/vault-place.ts';
import { never, temporaryFolder } from '../../support/archives.ts';
import { day, points } from '../../support/vault-trials.ts';
import { takeFrom, withLock } from '../../support/vaults.ts';

test('another vault in the place of the one that was there is not written to', async () => {
  const root = temporaryFolder();
  const [dir, other] = [join(root, 'vault'), join(root, 'other')];
  for (const path of [dir, other])
    await takeFrom(
      path,
      points(1, 5, () => 0),
      { at: day(0) },
    );
  const expected = await withLock(dir, ({ id }) => Promise.resolve(id));
  const open = (): Promise<string> =>
    withVault({ dir, expected }, { purpose: 'test', create: true, signal: never }, ({ id }) => Promise.resolve(id));
  expect(await open()).toBe(expected);
  renameSync(dir, join(root, 'away'));
  renameSync(other, dir);
  await expect(open()).rejects.toMatchObject({ code: 'VAULT_GONE', params: { path: dir } });
  renameSync(dir, other);
  renameSync(join(root, 'away'), dir);
  expect(await open()).toBe(expected);
});
