import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TemporaryFile } from '../../../main/files/temporary-file.ts';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { segmentOnDisk, writeSegment } from '../../support/segments.ts';
import { day, points } from '../../support/vault-trials.ts';
import { contents, contentsOf, PLAIN, takeFrom, verify } from '../../support/vaults.ts';

const before = points(1, 20, () => 0);
const after = [...points(1, 20, (id) => (id === 7 ? 1 : 0)), ...points(22, 22, () => 0)];

test.each([
  ['other points under the same ids', points(1, 20, (id) => (id === 12 ? 5 : 0))],
  ['a point instead of another', [...points(1, 19, () => 0), ...points(21, 21, () => 0)]],
  ['a point more', points(1, 21, () => 0)],
  ['a point that is new as well', points(1, 22, () => 0)],
])(
  'a valid segment with %s in the place of one that a backup takes over: found before the backup counts',
  async (_, others) => {
    const dir = join(temporaryFolder(), 'vault');
    const first = await takeFrom(dir, before, { at: day(0) });
    const [{ folder } = expect.fail()] = (await readCatalog(dir)).backups;
    const [{ sha256 } = expect.fail()] = first.manifest.segments;
    const segment = join(folder, 'segments', `${sha256}.parquet`);
    const other = segmentOnDisk((await writeSegment(PLAIN, others)).file);
    const aside = join(dirname(dir), 'aside');
    const meanwhile = (): void => {
      renameSync(segment, aside);
      renameSync(other, segment);
    };
    await expect(takeFrom(dir, after, { at: day(1), meanwhile })).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const listed = await readCatalog(dir);
    expect(listed.unreadable).toEqual([]);
    expect(listed.backups.map(({ manifest }) => manifest)).toEqual([expect.objectContaining(first.manifest)]);

    renameSync(aside, segment);
    expect(await contents(dir, first.manifest.name)).toEqual(contentsOf(before));
    const { name, changes } = (await takeFrom(dir, after, { at: day(2) })).manifest;
    expect(changes).toEqual({ new: 1, changed: 1, removed: 0 });
    expect(await contents(dir, name)).toEqual(contentsOf(after));
    const { backups, lost, damage, leftovers } = await verify(dir);
    expect(backups.map((one) => one.damage)).toEqual([[], []]);
    expect({ lost, damage, leftovers }).toEqual({ lost: [], damage: [], leftovers: [] });
  },
);

test.each([true, false])('the same before the first of its rows is read (texts known: %s)', async (withTexts) => {
  const root = temporaryFolder();
  const dir = join(root, 'vault');
  const texts = withTexts ? { textsIn: join(root, 'texts') } : {};
  const first = await takeFrom(dir, before, { at: day(0), ...texts });
  const [{ folder } = expect.fail()] = (await readCatalog(dir)).backups;
  const segment = join(folder, 'segments', `${first.manifest.segments[0]?.sha256 ?? ''}.parquet`);
  const other = segmentOnDisk(
    (
      await writeSegment(
        PLAIN,
        points(1, 20, (id) => (id === 12 ? 5 : 0)),
      )
    ).file,
  );
  // What comes between the checksums and the rows.
  const exchange = vi.spyOn(TemporaryFile, 'createIn').mockImplementationOnce((place) => {
    exchange.mockRestore();
    renameSync(other, segment);
    return TemporaryFile.createIn(place);
  });
  await expect(takeFrom(dir, before, { at: day(1), ...texts })).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  expect((await readCatalog(dir)).backups).toHaveLength(1);
});
