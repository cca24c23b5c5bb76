import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entry, object, vectorkeep, type Ended } from '../support/command-line.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { count, create, upsert } from '../support/server-text.ts';

let qdrant: Qdrant;
let root: string;
let cwd: string;
/** A file stands where the settings folder should be: no one can use that, root neither. */
let blocked: string;
let serial = 0;
beforeAll(async () => {
  entry();
  qdrant = await startQdrant();
  root = await mkdtemp(join(tmpdir(), 'vectorkeep-bare-'));
  blocked = join(root, 'file');
  await writeFile(blocked, 'not a folder');
  await create(qdrant.url, 'code', '{"vectors":{"size":2,"distance":"Dot"}}');
  await upsert(qdrant.url, 'code', ['{"id":1,"vector":[1,2]}', '{"id":2,"vector":[2,1]}']);
});
afterAll(async () => {
  await qdrant.stop();
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  cwd = join(root, `cwd-${serial++}`);
  await mkdir(cwd);
});

/** No home folder, by name or by number: the account is one that no list has. */
function nobody(args: readonly string[]): Ended {
  const done = spawnSync('unshare', ['--map-user=54321', process.execPath, entry(), ...args], {
    ...{ cwd, encoding: 'utf8', env: { PATH: process.env['PATH'] }, timeout: 30_000 },
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

const without: [string, (args: readonly string[]) => Ended | Promise<Ended>][] = [
  ['where a file is in the way', (args) => vectorkeep(args, { home: join(blocked, 'home'), cwd })],
  [
    'where no folder can be made',
    (args) => vectorkeep(args, { home: '/proc/nonexistent', cwd, env: { VECTORKEEP_HOME: '' } }),
  ],
  ['of an account without a home', nobody],
];

describe.each(without)('without a settings folder, %s', (where, run) => {
  const WARNING = /^Warning: Vectorkeep goes on without its settings and remembers nothing of this: .+\.\n$/;

  it('export and import by address work, and say that nothing is remembered; validate needs none', async () => {
    const at = ['--url', qdrant.url];
    const target = `copy-${without.findIndex(([name]) => name === where)}`;
    const exported = await run(['export', 'code', ...at, '-o', 'code.json', '--model', 'm', '--json']);
    expect(exported).toMatchObject({ code: 0, stderr: expect.stringMatching(WARNING) as string });
    expect(object({ ...exported, stderr: '' })).toMatchObject({ total_vectors: 2, model: 'm' });

    const imported = await run(['import', 'code.json', ...at, '--collection', target]);
    expect(imported).toMatchObject({ code: 0, stderr: expect.stringMatching(WARNING) as string });
    expect(await count(qdrant.url, target)).toBe(2);

    expect(await run(['validate', 'code.json'])).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(cwd)).toEqual(['code.json']);
    expect(await readFile(blocked, 'utf8')).toBe('not a folder');
  });

  it.each([[['export', 'code']], [['export', 'code', '--connection', 'local']], [['serve', '--port', '0']]])(
    '%j, which needs them, says what is wrong',
    async (args) => {
      const { code, stderr } = await run(args);
      expect([code === 1 || code === 2, stderr]).toEqual([
        true,
        expect.stringMatching(/^Error: (.+ could not be written: E\w+|This account has no home folder: .+)\.\n/),
      ]);
    },
  );
});

it('validate makes no settings folder', async () => {
  await writeFile(join(cwd, 'a.json'), '{"version":"1.0","vectors":[{"id":1,"vector":[1]}]}');
  const home = join(cwd, 'home');
  expect((await vectorkeep(['validate', 'a.json'], { home, cwd })).code).toBe(0);
  expect(await readdir(cwd)).toEqual(['a.json']);
});

it('an account without a home folder may name another place', () => {
  const home = join(cwd, 'settings');
  expect(nobody(['export', 'code', '--url', qdrant.url, '-o', 'a.json', '--home', home])).toMatchObject({
    ...{ code: 0, stderr: '' },
  });
  expect(nobody(['export', 'code', '--home', home])).toMatchObject({
    ...{ code: 2, stderr: expect.not.stringContaining('home folder') as string },
  });
});
