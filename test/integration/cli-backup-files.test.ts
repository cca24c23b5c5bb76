import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findBackup, readCatalog } from '../../main/vault/catalog.ts';
import { segmentPath } from '../../main/vault/layout.ts';
import { backupCommands, pointsOf } from '../support/backup-commands.ts';
import { commandLineGround } from '../support/command-line-ground.ts';
import { failure, object } from '../support/command-line.ts';
import { pointTexts, upsert } from '../support/server-text.ts';
import { flipMiddle } from '../support/vault-damage.ts';

const ground = commandLineGround();
const { run, at } = ground;
const { makeIndex, answer, backUp } = backupCommands(ground);

it('companion files travel with a backup and come back where they are wanted', async () => {
  const index = await makeIndex();
  await writeFile(join(ground.home, 'state.json'), '{"a":1}');
  const name = await backUp(index, '--companion', 'state.json');
  const restored = await answer('restore', name, ...at(), '--to', `${index}-copy`, '--companions-to', 'put');
  expect(restored['companions']).toEqual([join(ground.home, 'put', 'state.json')]);
  expect(await readFile(join(ground.home, 'put', 'state.json'), 'utf8')).toBe('{"a":1}');
  expect((await stat(join(ground.home, 'put'))).isDirectory()).toBe(true);
});

it('companion files are those of the last time; one that is gone stops no backup, and is told', async () => {
  const index = await makeIndex();
  const [state, cache] = ['state.json', 'cache.json'].map((name) => join(ground.home, name)) as [string, string];
  for (const path of [state, cache]) await writeFile(path, path);
  const carried = async (name: unknown): Promise<unknown> => {
    const { backups } = (await answer('list')) as { backups: { backup_name: string; companions: string[] }[] };
    return backups.find(({ backup_name: one }) => one === name)?.companions;
  };
  const first = await backUp(index, '--companion', 'state.json', '--companion', 'cache.json');
  expect(await carried(first)).toEqual(['state.json', 'cache.json']);
  await rm(state);

  const second = await answer('backup', index, ...at());
  expect(second).toMatchObject({
    ...{ total_vectors: 40, verified: true },
    warnings: [{ code: 'COMPANION_MISSING', message: expect.stringContaining(state) as string }],
  });
  expect(await carried(second['backup_name'])).toEqual(['cache.json']);
  const told = await run('backup', index, ...at(), '--vault', 'vault');
  expect(told).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^Warning: The companion file .+state\.json/) as string,
  });
  // Who names it wants it.
  const named = await run('backup', index, ...at(), '--vault', 'vault', '--companion', 'state.json', '--json');
  expect(failure(named, 3)).toMatchObject({ code: 'FILE_NOT_FOUND', details: { path: state } });
  // It was not forgotten.
  await writeFile(state, 'again');
  const back = await answer('backup', index, ...at());
  expect(back['warnings']).toEqual([]);
  expect(await carried(back['backup_name'])).toEqual(['state.json', 'cache.json']);

  expect(await carried(await backUp(index, '--no-companion'))).toEqual([]);
  expect(await carried(await backUp(index))).toEqual([]);
  expect((await answer('verify', '--full'))['problems']).toEqual([]);
});

it('several --path mean what each of them means alone', async () => {
  const index = await makeIndex();
  const odd = ['top.ts', 'src/a,b.ts'];
  const points = odd.map((filePath, n) => JSON.stringify({ id: 50 + n, vector: [1, 1], payload: { filePath } }));
  await upsert(ground.qdrant.url, index, points);
  const name = await backUp(index);
  for (const [pattern, found] of [
    ['./src/1.ts', 2],
    ['src/a,b.ts', 1],
    ['**/t*.ts', 1],
  ] as const) {
    const chosen = async (...paths: string[]): Promise<unknown> => {
      const words = paths.flatMap((path) => ['--path', path]);
      return (await answer('restore', name, ...at(), '--to', 'elsewhere', '--dry-run', ...words))['total_vectors'];
    };
    expect(await chosen(pattern), pattern).toBe(found);
    expect(await chosen(pattern, 'none.ts'), pattern).toBe(found);
  }
});

it('several --path restore the files that any of them means, and no other', async () => {
  const index = await makeIndex();
  const name = await backUp(index);
  await upsert(ground.qdrant.url, index, pointsOf('changed'));
  const paths = ['--path', 'src/1.ts', '--path', 'src/1[0-2].ts', '--path', '**/12.*', '--path', 'none/**'];
  const how = [...at(), '--on-conflict', 'overwrite', ...paths];
  expect(await answer('restore', name, ...how, '--dry-run')).toMatchObject({ total_vectors: 8, updated: 8, new: 0 });
  expect(await answer('restore', name, ...how)).toMatchObject({
    total_vectors: 8,
    updated: 8,
    removed: 0,
    verified: true,
  });
  const restored = [...(await pointTexts(ground.qdrant.url, index))].flatMap(([id, text]) =>
    text.includes('"first"') ? [Number(id)] : [],
  );
  expect(restored).toEqual([1, 2, 19, 20, 21, 22, 23, 24]);
});

it('a damaged backup is compared with nothing: exit 5', async () => {
  const index = await makeIndex();
  const older = await backUp(index);
  await upsert(ground.qdrant.url, index, pointsOf('second').slice(0, 3));
  const newer = await backUp(index);
  const { folder, manifest } = findBackup(await readCatalog(join(ground.home, 'vault')), older);
  flipMiddle(segmentPath(folder, manifest.segments[0]?.sha256 ?? ''));
  for (const others of [
    [older, newer],
    [newer, older],
    [older, '--live', ...at()],
  ])
    expect(failure(await run('diff', ...others, '--vault', 'vault', '--json'), 5).code).toBe('BACKUP_DAMAGED');
});

it('a vault that is gone for good: told how to begin another, which is done when asked for', async () => {
  const index = await makeIndex();
  const words = ['backup', index, ...at(), '--vault', 'gone', '--json'];
  const whole = { total_vectors: 40, new: 40 };
  expect(object(await run(...words))).toMatchObject(whole);
  await rm(join(ground.home, 'gone'), { recursive: true });
  const refused = failure(await run(...words), 1);
  expect(refused).toMatchObject({ code: 'VAULT_GONE', hint: expect.stringContaining('--new-vault') as string });
  await expect(stat(join(ground.home, 'gone'))).rejects.toThrow('ENOENT');
  expect(object(await run(...words, '--new-vault'))).toMatchObject(whole);
  expect(object(await run(...words))).toMatchObject({ total_vectors: 40, new: 0 });
});
