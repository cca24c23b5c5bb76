import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/runtimes.mjs';
import { makeCollection } from '../support/collections.ts';
import { entry } from '../support/command-line.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

// What docs/automation.md tells people to put into their files, put there and run.

const page = readFileSync(join(root, 'docs', 'automation.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({ kind, text }));
const block = (kind: string, holds: string): string => {
  const found = blocks.filter((one) => one.kind === kind && one.text.includes(holds));
  expect(found, `one block of ${kind} with ${holds}`).toHaveLength(1);
  return found[0]?.text ?? '';
};

interface Listed {
  readonly backup_name: string;
  readonly reason: string;
}

let qdrant: Qdrant;
const folder = mkdtempSync(join(tmpdir(), 'vectorkeep-automation-'));
const bin = join(folder, 'bin');

/** A program in a project's folder, with the settings of the person of that name. */
function run(
  program: string,
  args: readonly string[],
  { cwd, person }: { readonly cwd: string; readonly person: string },
): SpawnSyncReturns<string> {
  const home = join(folder, person);
  mkdirSync(home, { recursive: true });
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const env = {
    PATH: path,
    HOME: home,
    VECTORKEEP_HOME: join(home, 'settings'),
    GIT_CONFIG_NOSYSTEM: '1',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  };
  return spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 60_000 });
}

function ok(done: SpawnSyncReturns<string>): string {
  expect([done.status, done.stderr]).toEqual([0, expect.anything()]);
  return done.stdout;
}

function listed(person: string): Listed[] {
  const said = ok(run('vectorkeep', ['list', '--json'], { cwd: folder, person }));
  return (JSON.parse(said) as { backups: Listed[] }).backups;
}

function project(name: string): string {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  return cwd;
}

function executable(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

beforeAll(async () => {
  mkdirSync(bin);
  executable(join(bin, 'vectorkeep'), `#!/bin/sh\nexec "${process.execPath}" "${entry()}" "$@"\n`);
  qdrant = await startQdrant();
  await makeCollection(qdrant.url, { name: 'code', points: 10 });
  for (const person of ['npm', 'git', 'monitor'])
    ok(run('vectorkeep', ['connect', 'local', '--url', qdrant.url], { cwd: folder, person }));
});
afterAll(async () => {
  await qdrant.stop();
  rmSync(folder, { recursive: true });
});

describe('before re-indexing', () => {
  it('npm takes a backup, and does not index without one', () => {
    const person = 'npm';
    const cwd = project('by-npm');
    writeFileSync(join(cwd, 'package.json'), block('json', '"preindex"'));
    writeFileSync(join(cwd, 'index-code.js'), "require('node:fs').appendFileSync('indexed', 'once\\n');\n");
    const indexed = (): string => (existsSync(join(cwd, 'indexed')) ? readFileSync(join(cwd, 'indexed'), 'utf8') : '');
    expect(ok(run('npm', ['run', 'index'], { cwd, person }))).toMatch(/Backed up code: 10 points/);
    expect(indexed()).toBe('once\n');
    expect(ok(run('npm', ['run', 'index'], { cwd, person }))).toContain('for the same reason');
    expect(listed(person).map(({ reason }) => reason)).toEqual(['before-reindex']);
    expect(indexed()).toBe('once\nonce\n');

    const without = run('npm', ['run', 'index'], { cwd, person: 'nobody' });
    expect(without.status).not.toBe(0);
    expect(without.stderr).toContain('No Qdrant is chosen yet.');
    expect(indexed()).toBe('once\nonce\n');
  });

  it('git takes a backup after a merge, and one for all of a minute', () => {
    const person = 'git';
    const cwd = project('by-git');
    const git = (...args: string[]): string =>
      ok(run('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], { cwd, person }));
    git('init', '--quiet', '--initial-branch=main');
    const hook = block('sh', 'An indexer that watches');
    for (const name of ['post-merge', 'post-checkout']) executable(join(cwd, '.git', 'hooks', name), hook);
    const commit = (file: string): void => {
      writeFileSync(join(cwd, file), file);
      git('add', '.');
      git('commit', '--quiet', '--message', file);
    };
    commit('a');
    expect(listed(person)).toEqual([]);
    git('branch', 'other');
    commit('b');
    git('checkout', '--quiet', 'other');
    expect(listed(person)).toMatchObject([{ reason: 'before-reindex' }]);
    git('merge', '--quiet', 'main');
    expect(listed(person)).toHaveLength(1);

    // A hook that fails says so, and is in nobody's way.
    const away = run('git', ['checkout', 'main'], { cwd, person: 'nobody' });
    expect([away.status, away.stderr]).toEqual([0, expect.stringContaining('no backup was taken before re-indexing')]);
  });
});

describe('schedules and monitors', () => {
  const person = 'monitor';

  it('the commands that set schedules do so', () => {
    const lines = block('sh', 'schedule --daily 02:30,14:00').trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const line of lines)
      ok(run('sh', ['-c', line.replace('http://localhost:6333', qdrant.url)], { cwd: folder, person }));
    const { rules, keep } = JSON.parse(ok(run('vectorkeep', ['schedule', '--json'], { cwd: folder, person }))) as {
      rules: unknown[];
      keep: unknown;
    };
    expect([rules.length, keep]).toEqual([4, { keep_last: 7, keep_daily: 30, keep_monthly: 12 }]);
  });

  it('the plugin for Nagios says OK, and CRITICAL once something is overdue', () => {
    const check = join(folder, 'check_vectorkeep');
    executable(check, block('sh', 'check_vectorkeep'));
    const fine = run(check, [], { cwd: folder, person });
    expect([fine.status, fine.stdout]).toEqual([0, expect.stringMatching(/^VECTORKEEP OK - \S.+\n$/)]);
    const settings = join(folder, person, 'settings', 'settings.json');
    const long = readFileSync(settings, 'utf8').replaceAll(
      /"since": "20[^"]+"/g,
      '"since": "2026-01-01T00:00:00.000Z"',
    );
    writeFileSync(settings, long);
    const late = run(check, [], { cwd: folder, person });
    expect([late.status, late.stdout]).toEqual([2, expect.stringMatching(/^VECTORKEEP CRITICAL - .+ overdue\..+\n$/)]);
  });

  it('systemd takes the unit', () => {
    const unit = block('ini', '[Unit]');
    for (const line of ['NoNewPrivileges=true', 'ProtectSystem=strict', 'ReadWritePaths=', 'EnvironmentFile='])
      expect(unit).toContain(line);
    const path = join(folder, 'vectorkeep.service');
    writeFileSync(path, unit);
    const verified = spawnSync(
      'sh',
      ['-c', 'command -v systemd-analyze || exit 0; systemd-analyze verify "$1"', 'sh', path],
      { encoding: 'utf8' },
    );
    // Where there is systemd.
    expect([verified.status, verified.stderr]).toEqual([0, '']);
  });
});
