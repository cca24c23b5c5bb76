import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { contentsOf } from '../support/backups.ts';
import { entry, failure, object, vectorkeep, type Ended } from '../support/command-line.ts';
import { Desk } from '../support/desk.ts';
import { behindProxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';
import { create, upsert } from '../support/server-text.ts';

const KEY = 'secret-of-the-server';
const SLOW = 180_000;
let qdrant: Qdrant;
let guarded: Qdrant;
let root: string;
let serial = 0;

beforeAll(async () => {
  entry();
  [qdrant, guarded] = await Promise.all([startQdrant(), startQdrant({ env: { QDRANT__SERVICE__API_KEY: KEY } })]);
  root = await mkdtemp(join(tmpdir(), 'vectorkeep-schedules-'));
  await create(qdrant.url, 'code', '{"vectors":{"size":2,"distance":"Dot"}}');
  await upsert(qdrant.url, 'code', ['{"id":1,"vector":[1,2]}', '{"id":2,"vector":[2,1]}']);
  const headers = { 'api-key': KEY, 'content-type': 'application/json' };
  const body = '{"vectors":{"size":2,"distance":"Dot"}}';
  await fetch(`${guarded.url}/collections/code`, { method: 'PUT', headers, body });
});
afterAll(async () => {
  await Promise.all([qdrant.stop(), guarded.stop()]);
  await rm(root, { recursive: true, force: true });
});

/** A machine that has its server. */
async function desk(url = qdrant.url): Promise<Desk> {
  const home = join(root, `desk-${serial++}`);
  await mkdir(home);
  const made = new Desk(home, url === guarded.url ? KEY : undefined);
  await made.connect(url);
  return made;
}

// All at the same time: some wait for a minute to pass.
describe.concurrent('serve', { timeout: SLOW }, () => {
  /** A minute has begun since then, and the run for it is on time. */
  const JUST_NOW = 61_000;
  const everyMinute = ['schedule', 'code', '--cron', '* * * * *'];

  it('takes a backup when its minute comes, tells it, and status finds it', async ({ expect }) => {
    const { run, serve, backups } = await desk();
    const old = object(await run('backup', 'code', '--json'))['backup_name'];
    await run('schedule', '--keep-last', '1');
    await run(...everyMinute);
    const served = serve('--port', '0');
    const first = await served.begun();
    expect(first).toMatchObject({ keeper: 'here', protected_indexes: 1, paused: null });
    const begun = Date.now();
    expect(await served.event('backup')).toMatchObject({
      ...{ connection: 'local', collection: 'code', outcome: 'ok', title: 'Backed up 2 points, nothing changed' },
      rotation: { count: 1, removed: [old], bytes_freed: expect.any(Number) as number },
    });
    expect(Date.now() - begun).toBeLessThan(75_000);
    const status = await run('status');
    expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/^“code” is safe\. Last backup just now/)]);
    expect(status.stdout).toContain('The schedules are run by the app, or by another vectorkeep serve.');
    expect(await served.stop()).toMatchObject({ code: 0, stderr: '' });
    expect((await backups())[0]).toMatchObject({ reason: 'scheduled' });
  });

  it('notices what another program has set', async ({ expect }) => {
    const { run, serve } = await desk();
    const served = serve('--no-endpoint');
    expect(await served.begun()).toMatchObject({ url: null, protected_indexes: 0, next_run: null });
    await run(...everyMinute);
    expect(await served.event('backup')).toMatchObject({ title: 'Backed up 2 points, 2 new', rotation: null });
    expect((await served.stop()).code).toBe(0);
  });

  it('of two on one folder one runs the schedules, and the other takes over', async ({ expect }) => {
    const { run, serve } = await desk();
    await run('schedule', 'code', '--daily', '02:30');
    const first = serve('--port', '0');
    await first.begun();
    const second = serve('--no-endpoint');
    expect(await second.begun()).toMatchObject({ keeper: 'other' });
    expect(failure(await run('serve', '--port', '0', '--json'), 1).code).toBe('BUSY');
    expect((await first.stop()).code).toBe(0);
    expect(await second.event('keeper')).toMatchObject({ keeper: 'here' });
    expect((await second.stop()).code).toBe(0);
  });

  it('breaks a scheduled backup off when it is ended, and nothing is half done', async ({ expect }) => {
    const held = { path: /\/points\/scroll/, fault: { kind: 'delay', ms: 100_000 } } as const;
    await behindProxy(qdrant.url, [held], async (proxy) => {
      const { run, serve, vault, home, backups, history, setBack } = await desk(proxy.url);
      await run(...everyMinute);
      await setBack(JUST_NOW);
      const served = serve('--no-endpoint');
      await served.begun();
      await expect.poll(() => proxy.seen.some((line) => held.path.test(line)), { timeout: SLOW }).toBe(true);
      expect(await served.stop()).toMatchObject({ code: 0, stderr: '' });
      // Where a minute began while it started, the slot before is told as skipped. A run is neither told nor noted.
      expect(served.lines.filter(({ event }) => event === 'backup')).toEqual([]);
      expect((await history()).filter(({ kind }) => kind === 'run')).toEqual([]);
      expect(await backups()).toEqual([]);
      const left = (await readdir(vault, { recursive: true })).filter((name) => /lock|partial|parquet/.test(name));
      expect([left, (await readdir(home)).filter((name) => name.includes('lock'))]).toEqual([[], []]);
      proxy.setRules([]);
      expect((await run('backup', 'code')).code).toBe(0);
      expect(object(await run('verify', '--full', '--json'))).toMatchObject({ problems: [], leftovers: [] });
    });
  });

  it('has the key from the environment, and tells it to nobody', async ({ expect }) => {
    const { run, serve, home, setBack } = await desk(guarded.url);
    await run(...everyMinute);
    await setBack(JUST_NOW);
    const served = serve('--no-endpoint', '--connection', 'local', '--api-key-env', 'QDRANT_API_KEY');
    expect(await served.event('backup')).toMatchObject({ outcome: 'ok' });
    const { stdout, stderr, code } = await served.stop();
    expect([code, `${stdout}${stderr}`.includes(KEY)]).toEqual([0, false]);
    expect(JSON.stringify([...(await contentsOf(home))].map(String))).not.toContain(KEY);
  });

  it('cannot open a key that is sealed for the app: the run fails, and status says so', async ({ expect }) => {
    const machine = await desk(guarded.url);
    await machine.edit(({ connections }) => {
      for (const connection of connections) connection.key = 'c2VhbGVk';
    });
    await machine.run(...everyMinute);
    await machine.setBack(JUST_NOW);
    const served = machine.serve('--no-endpoint');
    expect(await served.event('backup')).toMatchObject({
      ...{ outcome: 'failed', title: 'The key of "local" is locked in the keychain of the desktop app.' },
    });
    const { code, stdout } = await machine.run('status');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^The last backup of “code” failed\. .+\n\ncode on local\n {2}failed .+: The key of "local" is locked/,
    );
    expect((await served.stop()).code).toBe(0);
  });
});

describe.concurrent('connect', { timeout: SLOW }, () => {
  it('gives a name that is in use another address only when it is told to', async ({ expect }) => {
    const { run, home } = await desk();
    const saved = async () => object(await run('connect', 'local', '--url', `${qdrant.url}/`, '--json'));
    expect(await saved()).toMatchObject({ connection: { url: qdrant.url }, replaced: null });
    const other = ['connect', ' local ', '--url', guarded.url, '--api-key-env', 'QDRANT_API_KEY'];
    const keyed = (args: string[]) => vectorkeep(args, { home, env: { QDRANT_API_KEY: KEY } });
    expect(failure(await keyed([...other, '--json']), 2).message).toBe(
      `"local" is ${qdrant.url} already. To give it the new address: --replace.`,
    );
    expect(await saved()).toMatchObject({ replaced: null });
    expect((await keyed([...other, '--replace'])).stdout).toContain(`\nBefore, it was ${qdrant.url}.\n`);
  });
});

const daily = { kind: 'daily', times: ['02:30'] };

describe.concurrent('schedule', { timeout: SLOW }, () => {
  it('is set, shown and taken back, and says what is wrong', async ({ expect }) => {
    const { run } = await desk();
    expect((await run('schedule')).stdout).toMatch(/^Nothing is backed up by itself yet\..+\n {2}vectorkeep schedule /);
    const set = await run('schedule', '--daily', '2:30');
    expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining('Nobody runs the schedules') as string });
    expect(set.stdout).toMatch(
      /^All indexes of local: every day at 02:30 \(now code\)\nNext {2}\w{3} [\d-]{10} 02:30\n/,
    );
    const typo = await run('schedule', 'cod', '--hourly', '5');
    expect(typo.stderr).toContain(
      'There is no index "cod" on this Qdrant now. It has: code. To take the schedule back: vectorkeep schedule cod --as-all\n',
    );
    const all = object(await run('schedule', '--json'));
    expect(all).toMatchObject({
      rules: [
        { connection: 'local', collection: null, schedule: daily },
        { connection: 'local', collection: 'cod', schedule: { kind: 'hourly', minute: 5 } },
      ],
      ...{ keep: null, paused: null, keeper: 'nobody', dry_run: false },
    });
    expect(all['next_runs']).toHaveLength(5);
    expect((await run('schedule', 'cod', '--as-all')).code).toBe(0);
    expect(object(await run('schedule', '--json'))['rules']).toHaveLength(1);

    expect(failure(await run('schedule', '--cron', '61 * * * *', '--json'), 2).message).toContain(
      'the minute, is wrong',
    );
    expect((await run('schedule', '--cron', '0 0 30 2 *')).stderr).toContain('its time never comes');
    expect(failure(await run('schedule', '--off', '--connection', 'none', '--json'), 2).code).toBe(
      'CONNECTION_NOT_FOUND',
    );
    expect(failure(await run('schedule', '--off', '--url', 'http://localhost:1', '--json'), 2).message).toContain(
      'vectorkeep connect NAME --url http://localhost:1',
    );
    expect(failure(await run('connect', 'away', '--url', 'http://localhost:1', '--json'), 4).code).toBe(
      'QDRANT_UNREACHABLE',
    );
    // A Qdrant that is away is no reason not to schedule.
    expect((await run('schedule', 'code', '--off', '--url', `${qdrant.url}/`)).stdout).toBe('code on local: off\n');
  });

  it('shows what rotation would remove, and a dry run changes nothing', async ({ expect }) => {
    const { run, home, backups } = await desk();
    for (let n = 0; n < 3; n++) await run('backup', 'code');
    const before = await contentsOf(home);
    const dry = await run('schedule', '--keep-last', '1', '--hourly', '5', '--dry-run');
    expect(dry.stdout).toMatch(
      /Rotation keeps the newest 1 of each index\.\nAfter the next backup it removes 2 backups and frees .+:\n/,
    );
    expect(dry.stdout).toMatch(/\nNothing was changed\.\n$/);
    expect(await contentsOf(home)).toEqual(before);
    expect(object(await run('schedule', '--keep-last', '1', '--json'))).toMatchObject({ keep: { keep_last: 1 } });
    expect(await backups()).toHaveLength(3);
    await run('backup', 'code');
    expect(await backups()).toHaveLength(1);
    expect(object(await run('schedule', '--keep-all', '--json'))['keep']).toBeNull();
  });

  it('waits while it is paused', async ({ expect }) => {
    const { run } = await desk();
    await run('schedule', 'code', '--daily', '02:30');
    expect((await run('pause', '--for', '1h')).stdout).toMatch(/^Scheduled backups wait until .+ resume\n$/);
    expect(object(await run('pause', '--json'))).toMatchObject({ paused: { until: null } });
    expect(object(await run('status', '--json'))).toMatchObject({ ok: true, indexes: [{ health: 'paused' }] });
    expect((await run('resume')).stdout).toBe('Scheduled backups go on.\n');
    expect((await run('resume')).stdout).toBe('Scheduled backups are not paused: they go on as they did.\n');
    expect(object(await run('status', '--json'))['paused']).toBeNull();
  });
});

describe.concurrent('status', { timeout: SLOW }, () => {
  const stateOf = (ended: Ended): unknown =>
    (object(ended)['indexes'] as { health: string }[]).map(({ health }) => health);

  it('ends with 0 while all is well, with 1 when a backup is overdue, and changes nothing', async ({ expect }) => {
    const { run, home, setBack } = await desk();
    // Half an hour away from now: none comes between two looks.
    await run('schedule', 'code', '--hourly', String((new Date().getMinutes() + 30) % 60));
    const early = await run('status');
    expect(early).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Warning: Nobody runs the schedules/) as string,
    });
    await setBack(86_400_000);
    const late = await run('status');
    expect(late.code).toBe(1);
    expect(late.stdout).toMatch(
      /^“code” is overdue\. .+\n\ncode on local\n {2}overdue since .+\n\nIndex .+\ncode .+ OVERDUE /,
    );
    await run('backup', 'code');
    const before = await contentsOf(home);
    const now = await run('status', '--json');
    expect([now.code, stateOf(now)]).toEqual([0, ['safe']]);
    expect(await contentsOf(home)).toEqual(before);
  });

  it('tells a vault that is gone, and one that is none, by their own codes', async ({ expect }) => {
    const { run, vault, home } = await desk();
    await run('schedule', 'code', '--daily', '02:30');
    await run('backup', 'code');
    await rename(vault, `${vault}-away`);
    const gone = await run('status');
    const words = `The vault is not at ${vault}, or another one has taken its place.`;
    expect(gone).toMatchObject({ code: 1, stderr: expect.not.stringContaining(words) as string });
    expect(gone.stdout.startsWith(`${words}\n\nIndex `)).toBe(true);
    expect(gone.stdout).toMatch(/\ncode .+ unknown +not known /);
    const dry = await run('schedule', '--dry-run');
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Connection .+\nNothing was changed\.\n$/s) as string,
    });
    expect(dry.stderr).toContain(`Warning: ${words}\n`);
    expect(failure(await run('schedule', '--keep-last', '1', '--dry-run', '--json'), 1).code).toBe('VAULT_GONE');
    await mkdir(vault, { recursive: true });
    await writeFile(join(vault, 'letter.txt'), 'somebody else');
    const none = await run('status', '--json');
    expect([none.code, object(none)]).toMatchObject([3, { ok: false, warnings: [{ code: 'NOT_A_VAULT' }] }]);
    expect((await run('status', '--vault', `${vault}-away`)).code).toBe(0);
    expect(await readdir(home)).not.toContain('scheduler.lock');
  });

  it('tells of a folder that is named and never was a vault what list tells of it', async ({ expect }) => {
    const { run, home } = await desk();
    await run('schedule', 'code', '--daily', '02:30');
    const missing = join(home, 'no-such-folder');
    const foreign = join(home, 'letters');
    await mkdir(foreign);
    await writeFile(join(foreign, 'letter.txt'), 'somebody else');
    const before = await readdir(home, { recursive: true });
    for (const [folder, code, exit] of [
      [missing, 'VAULT_GONE', 1],
      [foreign, 'NOT_A_VAULT', 3],
    ] as const) {
      expect(failure(await run('list', '--vault', folder, '--json'), exit).code).toBe(code);
      const status = await run('status', '--vault', folder, '--json');
      expect([status.code, object(status)]).toMatchObject([exit, { ok: false, warnings: [{ code }] }]);
      expect(object(status)['sentence']).toContain(folder);
      for (const keep of [[], ['--keep-last', '1']])
        expect(failure(await run('schedule', ...keep, '--vault', folder, '--dry-run', '--json'), exit).code).toBe(code);
    }
    expect(await readdir(home, { recursive: true })).toEqual(before);
  });
});
