import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLineGround } from '../support/command-line-ground.ts';
import { entry, failure, object, vectorkeep, type Ended } from '../support/command-line.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { call, count, create } from '../support/server-text.ts';

const ground = commandLineGround();
const { run, at } = ground;
let guarded: Qdrant;
beforeAll(async () => {
  guarded = await startQdrant({
    env: { QDRANT__SERVICE__API_KEY: 'secret-all', QDRANT__SERVICE__READ_ONLY_API_KEY: 'secret-look' },
  });
});
afterAll(() => guarded.stop());

describe('exit codes', () => {
  it('2 for what is no command', async () => {
    const wrong: string[][] = [
      [],
      ['exprot', 'code'],
      ['export'],
      ['export', 'code', '--nonsense'],
      ['import', 'x', '--on-conflict', 'replace'],
      ['export', 'code', '--url', ground.qdrant.url, '--connection', 'x'],
      ['export', 'code'],
      ['export', 'code', '--connection', 'nowhere'],
      ['export', 'code', '--url', ground.qdrant.url, '--api-key-env', 'NOT_SET'],
      ['serve', '--port', 'http'],
      ['export', '', '--url', ground.qdrant.url],
      ['export', 'a/b c', '--url', ground.qdrant.url],
      ['export', 'code', '--url', ground.qdrant.url, '-o', '-'],
      ['backup', 'code', '--url', ground.qdrant.url, '--vault', ''],
      ['backup', 'code', '--url', ground.qdrant.url, '--vault', 'v', '--reason', 'Safety'],
      ['export', 'code', '--url', ground.qdrant.url, '-o', 'x.json.gz', '--no-compress'],
    ];
    await Promise.all(
      wrong.map(async (words) => {
        const plain = await run(...words);
        expect([words, plain.code, plain.stdout]).toEqual([words, 2, '']);
        expect(plain.stderr).toMatch(/^Error: /);
        if (words.length > 0) failure(await run(...words, '--json'), 2);
      }),
    );
    expect((await run('--help')).code).toBe(0);
    expect(await run('--version')).toMatchObject({ code: 0, stderr: '' });
  });

  it('3 for bad input, and nothing is written', async () => {
    await writeFile(
      join(ground.home, 'bad.json'),
      '{"version":"1.0","vectors":[{"id":1,"vector":[1]},{"id":2,"vector":[1,2]}]}',
    );
    const bad = failure(await run('import', 'bad.json', ...at(), '--collection', 'bad', '--json'), 3);
    expect(bad).toMatchObject({ code: 'BAD_ARCHIVE', details: { reason: 'dimension', point: '2' } });
    expect(await call(ground.qdrant.url, 'GET', '/collections')).not.toContain('"bad"');
    const checked = await run('validate', 'bad.json', '--json');
    expect(checked.code).toBe(3);
    expect(object(checked)).toMatchObject({ valid: false, problems: [{ code: 'dimension', point: '2' }] });
    expect((await run('validate', 'bad.json')).stdout).toBe('');
    expect(failure(await run('import', 'gone.json', ...at(), '--json'), 3).code).toBe('FILE_NOT_FOUND');
    expect(failure(await run('validate', '.', '--json'), 3).code).toBe('FILE_NOT_READABLE');
    expect(failure(await run('export', 'no-such', ...at(), '--json'), 3)).toMatchObject({
      ...{ code: 'COLLECTION_NOT_FOUND', hint: expect.stringMatching(/^It has: .*code/) as string },
    });
    expect(failure(await run('export', 'code', ...at(), '-o', 'no/such/x.gz', '--json'), 3).code).toBe(
      'FILE_NOT_READABLE',
    );
    expect(failure(await run('export', 'code', ...at(), '-o', 'folder/', '--json'), 3).code).toBe('FILE_NOT_READABLE');
    expect((await readdir(ground.home)).filter((name) => name.includes('folder') || name.includes('partial'))).toEqual(
      [],
    );
  });

  it('1 for a result that cannot be printed', () => {
    const words = ['export', 'code', ...at(), '-o', join(ground.home, 'unprinted.json'), '--json'];
    const done = spawnSync('sh', ['-c', '"$@" > /dev/full', 'sh', process.execPath, entry(), ...words], {
      ...{ encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: ground.home, VECTORKEEP_HOME: ground.home } },
    });
    expect(done).toMatchObject({ status: 1, stderr: 'Error: The disk is full: The output could not be written.\n' });
  });

  it('3 for a file that is there, unless it may be replaced', async () => {
    const path = join(ground.home, 'kept.json.gz');
    await writeFile(path, 'precious');
    expect(failure(await run('export', 'code', ...at(), '-o', path, '--json'), 3)).toMatchObject({
      ...{ code: 'FILE_EXISTS', hint: expect.stringContaining('--force') as string },
    });
    expect(await readFile(path, 'utf8')).toBe('precious');
    expect((await run('export', 'code', ...at(), '-o', path, '--force')).code).toBe(0);
    expect(gunzipSync(await readFile(path)).toString()).toContain('"total_vectors":3000');
  });

  it('4 for a Qdrant that is not there, is none, or refuses; the key is never shown', async () => {
    const gone = await run('export', 'code', '--url', 'http://127.0.0.1:1', '--json');
    expect(failure(gone, 4).code).toBe('QDRANT_UNREACHABLE');
    expect(failure(await run('export', 'code', '--url', guarded.url, '--json'), 4).code).toBe('QDRANT_FORBIDDEN');
    await create(ground.qdrant.url, 'tiny', '{"vectors":{"size":1,"distance":"Dot"}}');
    await run('export', 'tiny', ...at(), '-o', 'tiny.json');
    const key = (value: string): Promise<Ended> =>
      vectorkeep(['import', 'tiny.json', '--url', guarded.url, '--api-key-env', 'KEY', '--json'], {
        home: ground.home,
        env: { KEY: value },
      });
    const refused = await key('secret-look');
    expect(failure(refused, 4).code).toBe('QDRANT_FORBIDDEN');
    expect(failure(await key('secret-wrong'), 4).code).toBe('QDRANT_FORBIDDEN');
    expect(refused.stdout).not.toContain('secret');
    expect((await key('secret-all')).code).toBe(0);
    for (const name of await readdir(ground.home))
      expect(await readFile(join(ground.home, name), 'utf8')).not.toContain('secret');
  });

  it('1 for a full disk, and nothing is left on it', () => {
    // A disk of our own, gone with the process that sees it.
    const script = 'mount -t tmpfs -o size=64k none "$1" && shift && "$@"; code=$?; ls -A "$DISK"; exit $code';
    const disk = join(ground.home);
    const args = ['export', 'code', ...at(), '-o', join(disk, 'full.json'), '--home', ground.root, '--json'];
    const command = ['sh', '-c', script, 'sh', disk, process.execPath, entry(), ...args];
    const done = spawnSync('unshare', ['--map-root-user', '--mount', ...command], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: ground.root, DISK: disk },
    });
    const error = failure({ code: done.status, stdout: done.stdout, stderr: done.stderr }, 1);
    expect(error.code).toBe('NO_SPACE');
  });

  it.each(['export', 'import'] as const)('130 when %s is interrupted, and a rerun succeeds', async (command) => {
    expect((await run('export', 'code', ...at(), '-o', 'whole.json.gz')).code).toBe(0);
    const path = command === 'export' ? /\/points\/scroll/ : /\/points\?wait/;
    const target = `interrupted-${command}`;
    const args =
      command === 'export'
        ? ['export', 'code', '-o', 'cut.json.gz']
        : ['import', 'whole.json.gz', '--collection', target];
    await ground.interrupt(args, path);
    expect((await readdir(ground.home)).filter((name) => /cut|partial/.test(name))).toEqual([]);
    const again = await run(...args, ...at(), '--json');
    expect(again.code).toBe(0);
    if (command === 'import') {
      const { new: added, skipped } = object(again) as { new: number; skipped: number };
      expect(added + skipped).toBe(3000);
      expect(await count(ground.qdrant.url, target)).toBe(3000);
    }
  });
});
