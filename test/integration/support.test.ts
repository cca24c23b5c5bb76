import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startCluster, startQdrant } from '../support/qdrant.ts';

test('a server starts on its own ports, answers, and leaves nothing behind', async () => {
  const [one, two] = await Promise.all([startQdrant(), startQdrant()]);
  expect(one.version).toBe('1.16.3');
  expect(new Set([one.port, one.grpcPort, two.port, two.grpcPort]).size).toBe(4);
  for (const server of [one, two]) {
    expect((await fetch(`${server.url}/collections`)).status).toBe(200);
    await server.stop();
    expect(existsSync(server.dir)).toBe(false);
    expect(existsSync(`/proc/${server.pid}`)).toBe(false);
  }
});

test('keys given by the test are asked for', async () => {
  const server = await startQdrant({ env: { QDRANT__SERVICE__API_KEY: 'k', QDRANT__SERVICE__READ_ONLY_API_KEY: 'r' } });
  const status = async (key: string, method = 'GET'): Promise<number> =>
    (await fetch(`${server.url}/collections${method === 'GET' ? '' : '/c'}`, { method, headers: { 'api-key': key } }))
      .status;
  expect(await status('')).toBe(401);
  expect(await status('k')).toBe(200);
  expect(await status('r')).toBe(200);
  expect(await status('r', 'DELETE')).toBe(403);
  await server.stop();
});

test('data survives a crash and a restart in the same folder', async () => {
  const first = await startQdrant();
  const created = await fetch(`${first.url}/collections/kept`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"vectors":{"size":4,"distance":"Cosine"}}',
  });
  expect(created.status).toBe(200);
  await first.kill();
  const again = await startQdrant({ dir: first.dir });
  expect((await fetch(`${again.url}/collections/kept`)).status).toBe(200);
  await again.stop();
  expect(existsSync(again.dir)).toBe(true);
  await first.stop();
  expect(existsSync(first.dir)).toBe(false);
});

test('three peers become one cluster', async () => {
  const cluster = await startCluster(3);
  const { result } = (await (await fetch(`${cluster.url}/cluster`)).json()) as { result: { peers: object } };
  expect(Object.keys(result.peers)).toHaveLength(3);
  await cluster.stop();
});

test('a server dies with a test process that is killed', async () => {
  const support = fileURLToPath(new URL('../support/qdrant.ts', import.meta.url));
  const script = `import { startQdrant } from ${JSON.stringify(support)};
    const server = await startQdrant();
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 5_000 }).toBe(false);
});
