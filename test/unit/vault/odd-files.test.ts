import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readCatalog } from '../../../main/vault/catalog.ts';
import { readCompanion } from '../../../main/vault/companions.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { day, points } from '../../support/vault-trials.ts';
import { contents, contentsOf, prune, takeFrom, verify } from '../../support/vaults.ts';

const kinds: Record<string, (path: string) => void> = {
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a link to a device without end': (path) => {
    symlinkSync('/dev/zero', path);
  },
  'a file without end': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 36);
  },
};

test.each(Object.keys(kinds))(
  '%s in the place of any file of a vault: nobody waits for it, nor reads it',
  async (what) => {
    const dir = join(temporaryFolder(), 'vault');
    const companions = [{ name: 'state', content: Buffer.from('something') }];
    const texts = points(1, 20, () => 0);
    const { manifest } = await takeFrom(dir, texts, { at: day(0), companions });
    const [{ folder } = expect.fail()] = (await readCatalog(dir)).backups;
    const { segments, companions: refs, name } = manifest;
    const paths = [
      join(dir, 'vault.json'),
      join(dir, 'README.txt'),
      ...['state.json', 'sha256', 'json'].map((ending) => join(folder, 'backups', `${name}.${ending}`)),
      join(folder, 'companions', refs[0]?.sha256 ?? ''),
      join(folder, 'segments', `${segments[0]?.sha256 ?? ''}.parquet`),
    ];
    for (const [n, path] of paths.entries()) {
      const aside = join(dirname(dir), basename(path));
      execFileSync('mv', [path, aside]);
      kinds[what]?.(path);
      const { backups, lost, damage } = await verify(dir);
      const found = [...damage, ...backups.flatMap((one) => one.damage), ...lost.flatMap((one) => one.damage)];
      expect(
        found.map((one) => join(dir, one.path)),
        path,
      ).toContain(path);
      if (path.includes('companions'))
        await expect(readCompanion(folder, refs[0] ?? expect.fail())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      else if (path.includes('segments'))
        await expect(contents(dir, name)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
      // Only where the next backup does not have to write there: nothing that is no file is written over.
      const again = n > 1 ? await takeFrom(dir, texts, { at: day(n) }).catch(() => null) : null;
      if (again !== null) expect(await contents(dir, again.manifest.name), path).toEqual(contentsOf(texts));
      await prune(dir, { keepLast: 9 }).catch(() => null);
      rmSync(path, { force: true });
      execFileSync('mv', [aside, path]);
    }
    expect((await verify(dir)).backups.filter(({ damage }) => damage.length > 0)).toEqual([]);
  },
);
