import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entry, failure, object } from '../support/command-line.ts';
import { Desk } from '../support/desk.ts';

let root: string;
let desk: Desk;
beforeAll(async () => {
  entry();
  root = await mkdtemp(join(tmpdir(), 'vectorkeep-agents-'));
  desk = new Desk(root);
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('shows what agents may do, sets it, and the settings keep it', async () => {
  const { run } = desk;
  const at_first = await run('agents');
  expect([at_first.code, at_first.stderr]).toEqual([0, '']);
  expect(at_first.stdout).toContain('Without a window: what could lose points is refused.');
  const shared = join(root, 'shared');
  const set = object(
    await run(
      'agents',
      '--headless',
      'allow',
      '--approval',
      'refuse',
      '--read-only',
      '--allow-folder',
      shared,
      '--json',
    ),
  );
  expect(set).toMatchObject({
    ...{ approval: 'refuse', headless: 'allow', read_only: true, index: null, allowed_folders: [shared] },
  });
  const told = await run('agents');
  for (const words of ['goes on after a safety copy', 'Read-only', shared]) expect(told.stdout).toContain(words);
  for (const line of told.stdout.split('\n')) expect(line.length).toBeLessThan(81 + root.length);
  const { endpoint } = JSON.parse(await readFile(join(root, 'settings.json'), 'utf8')) as { endpoint: object };
  expect(endpoint).toMatchObject({ headless: 'allow', readOnly: true });
  const back = object(await run('agents', '--no-read-only', '--forbid-folder', shared, '--json'));
  expect(back).toMatchObject({ read_only: false, allowed_folders: [], headless: 'allow' });
});

it('takes an index of a saved connection, and none', async () => {
  const { run } = desk;
  await desk.edit((settings) => Object.assign(settings, withLocal(settings)));
  expect(object(await run('agents', '--index', 'code', '--json'))).toMatchObject({
    ...{ index: { connection: 'local', collection: 'code' } },
  });
  expect((await run('agents')).stdout).toContain('code on local');
  expect(failure(await run('agents', '--index', 'x', '--url', 'http://127.0.0.1:9', '--json'), 2).code).toBe('USAGE');
  expect(failure(await run('agents', '--index', 'x', '--any-index', '--json'), 2).code).toBe('USAGE');
  expect(object(await run('agents', '--any-index', '--json'))).toMatchObject({ index: null });
});

it('does not take what is none', async () => {
  const { run } = desk;
  for (const words of [
    ['--headless', 'ask'],
    ['--approval', 'yes'],
    ['--allow-folder', '/'],
  ])
    expect(failure(await run('agents', ...words, '--json'), 2).code).toBe('USAGE');
});

const withLocal = (settings: object): object => ({
  ...settings,
  connections: [{ name: 'local', kind: 'url', url: 'http://127.0.0.1:9', model: null, pathKey: null, key: null }],
  current: 'local',
});
