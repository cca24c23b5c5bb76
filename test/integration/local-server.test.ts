import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalServer, type LocalServer } from '../../main/qdrant/local-server.ts';
import { identify } from '../../main/processes/process-identity.ts';
import { qdrantPath } from '../../scripts/runtimes.mjs';

const binary = qdrantPath();
let dir: string;
let started: LocalServer[];

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'vectorkeep-local-')), 'server');
  started = [];
});
afterEach(async () => {
  for (const server of started) await server.stop();
  expect(serversIn(dir)).toEqual([]);
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

async function start(onExit?: () => void): Promise<LocalServer> {
  const server = await startLocalServer({ binary, dir, ...(onExit ? { onExit } : {}) });
  started.push(server);
  return server;
}

/** Without keeping the connection, as the app must do before it stops the server. */
function ask(server: Pick<LocalServer, 'url' | 'apiKey'>, path: string, method = 'GET', body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'api-key': server.apiKey, 'content-type': 'application/json' };
    const asked = request(server.url + path, { method, headers, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.on('error', reject).end(body);
  });
}

const createCollection = (server: LocalServer): Promise<number> =>
  ask(server, '/collections/kept', 'PUT', '{"vectors":{"size":4,"distance":"Cosine"}}');

/** Every process whose working folder is that one. */
function serversIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && identify(pid) !== undefined && environmentOf(pid).includes(`${folder}/storage`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

/** Another program that starts the server, says so, and waits to be ended; `end` as JavaScript runs on a line on stdin. */
async function otherProgram(
  end = '',
): Promise<{ pid: number; owned: boolean; kill(): Promise<void>; end(): Promise<void> }> {
  const module = fileURLToPath(new URL('../../main/qdrant/local-server.ts', import.meta.url));
  const script = `import { startLocalServer } from ${JSON.stringify(module)};
    const server = await startLocalServer(${JSON.stringify({ binary, dir })});
    console.log(JSON.stringify({ pid: server.pid, owned: server.owned }));
    process.stdin.once('data', async () => { ${end} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const said = JSON.parse(line.toString()) as { pid: number; owned: boolean };
  return {
    ...said,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    end: async () => {
      child.stdin.write('\n');
      await gone;
    },
  };
}

test('starts on loopback with a key, keeps its data, and leaves no process and no record', async () => {
  const first = await start();
  expect(first.owned).toBe(true);
  expect(await ask({ ...first, apiKey: '' }, '/collections')).toBe(401);
  expect(await createCollection(first)).toBe(200);
  expect(statSync(join(dir, 'server.json')).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  await first.stop();
  expect(identify(first.pid)).toBeUndefined();
  expect(readdirSync(dir).filter((name) => name.startsWith('server.json') || name.startsWith('lock'))).toEqual([]);
  const again = await start();
  expect(again.apiKey).not.toBe(first.apiKey);
  expect(await ask(again, '/collections/kept')).toBe(200);
});

test('one left by a crash is found, reused and then ended', async () => {
  const crashed = await otherProgram();
  await crashed.kill();
  expect(identify(crashed.pid)).toBeDefined();
  const server = await start();
  expect([server.pid, server.owned]).toEqual([crashed.pid, true]);
  await server.stop();
  expect(identify(crashed.pid)).toBeUndefined();
});

test('one left by a crash that does not answer is ended, and a new one started', async () => {
  const crashed = await otherProgram();
  await crashed.kill();
  process.kill(crashed.pid, 'SIGSTOP');
  const server = await start();
  expect(server.pid).not.toBe(crashed.pid);
  expect(identify(crashed.pid)).toBeUndefined();
  expect(await ask(server, '/collections')).toBe(200);
});

test('a process that got the number of a dead server is left alone', async () => {
  const first = await start();
  const path = join(dir, 'server.json');
  const record = JSON.parse(readFileSync(path, 'utf8')) as { server: { pid: number }; users: unknown[] };
  await first.stop();
  const bystander = spawn('sleep', ['60']);
  writeFileSync(path, JSON.stringify({ ...record, server: { ...record.server, pid: bystander.pid }, users: [] }));
  const server = await start();
  expect(server.pid).not.toBe(bystander.pid);
  await server.stop();
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  bystander.kill();
});

test('two programs share one server; it ends with the last of them, whoever started it', async () => {
  const first = await otherProgram('await server.stop(); process.exit(0);');
  const second = await start();
  expect([first.owned, second.owned, second.pid]).toEqual([true, false, first.pid]);
  await first.end();
  expect(await ask(second, '/collections')).toBe(200);
  const third = await otherProgram('await server.stop(); process.exit(0);');
  await second.stop();
  expect(identify(first.pid)).toBeDefined();
  await third.end();
  expect(identify(first.pid)).toBeUndefined();
});

test('many callers at once get one server', async () => {
  const all = await Promise.all([start(), start(), start(), otherProgram('await server.stop(); process.exit(0);')]);
  expect(new Set(all.map((server) => server.pid)).size).toBe(1);
  expect(all.filter((server) => server.owned)).toHaveLength(1);
  await all[3].end();
});

test('a program that ends without stopping it takes it along', async () => {
  const careless = await otherProgram('process.exit(0);');
  await careless.end();
  await expect.poll(() => identify(careless.pid), { timeout: 10_000 }).toBeUndefined();
  expect(existsSync(join(dir, 'server.json'))).toBe(false);
});

test('its crash is told, and it can be started again', async () => {
  let told: () => void = () => undefined;
  const exit = new Promise<void>((resolve) => (told = resolve));
  const first = await start(told);
  expect(await createCollection(first)).toBe(200);
  process.kill(first.pid, 'SIGKILL');
  await exit;
  const again = await start();
  expect(await ask(again, '/collections/kept')).toBe(200);
  await first.stop();
  expect(await ask(again, '/collections/kept')).toBe(200);
});

test('a start that died holding the lock does not block the next', async () => {
  const crashed = await otherProgram();
  await crashed.kill();
  writeFileSync(join(dir, 'lock'), JSON.stringify({ pid: 999_999_999, startedAt: '1' }));
  const server = await start();
  expect(server.pid).toBe(crashed.pid);
});

test.each([
  ['a missing program', '/nowhere/qdrant', 'missing_binary'],
  ['a program that is none', '/etc', 'not_executable'],
  ['a program that ends', '/bin/false', 'exited'],
])('%s is one clear fault', async (_what, program, reason) => {
  await expect(startLocalServer({ binary: program, dir })).rejects.toMatchObject({
    code: 'NO_LOCAL_SERVER',
    params: { reason },
  });
});

test('damaged storage is one clear fault that names the log', async () => {
  const server = await start();
  expect(await createCollection(server)).toBe(200);
  await server.stop();
  writeFileSync(join(dir, 'storage', 'collections', 'kept', 'config.json'), '{');
  await expect(start()).rejects.toMatchObject({
    code: 'NO_LOCAL_SERVER',
    params: { reason: 'exited', log: join(dir, 'qdrant.log') },
  });
  expect(existsSync(join(dir, 'server.json'))).toBe(false);
});

test('a folder that cannot be made is one clear fault', async () => {
  writeFileSync(dir, 'a file');
  await expect(start()).rejects.toMatchObject({ code: 'NO_LOCAL_SERVER', params: { reason: 'folder', path: dir } });
});

test('its log stays small while it writes to it', async () => {
  const server = await start();
  const log = join(dir, 'qdrant.log');
  writeFileSync(log, 'x'.repeat(1_100_000), { flag: 'a' });
  await expect.poll(() => statSync(log).size, { timeout: 5_000 }).toBeLessThan(1_000);
  expect(await ask(server, '/collections')).toBe(200);
});
