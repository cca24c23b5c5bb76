import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bridgeGround, discoveryIn, errorIn, NOT_RUNNING } from '../support/mcp-bridges.ts';
import { CLIENTS, openClient } from '../support/mcp-clients.ts';

const ground = bridgeGround();
const look = { method: 'tools/call', params: { name: 'list_collections', arguments: {} } };

describe.each(CLIENTS)('%s through the bridge', (kind) => {
  it('has all tools, progress, and a session that outlives the app', async () => {
    const { home } = ground;
    const first = await ground.serve();
    const before = discoveryIn(home);
    const direct = await openClient(kind, before.url, before.token);
    const bridged = await ground.client(kind);
    expect(await bridged.tools()).toEqual(await direct.tools());
    await direct.close();

    const steps: number[] = [];
    const exported = await bridged.call('export_index', { collection: 'code' }, ({ progress }) => steps.push(progress));
    expect(exported.structuredContent).toMatchObject({ status: 'done', total_vectors: 5000 });
    expect(steps.length).toBeGreaterThan(0);

    first.child.kill('SIGTERM');
    await first.ended;
    rmSync(join(home, 'mcp-token'));
    await ground.serve();
    const after = discoveryIn(home);
    expect([after.url === before.url, after.token === before.token]).toEqual([false, false]);
    const answer = await bridged.call('list_collections', {});
    expect(JSON.stringify(answer.structuredContent)).toContain('"code"');
    expect(bridged.said()).toBe('');
  });

  it('is told by the first answer that nobody is there', async () => {
    // One that insists on the stateless revision says only that it was not offered.
    const words = kind === 'client 2.x, 2026-07-28' ? /Version negotiation failed/ : NOT_RUNNING;
    await expect(ground.client(kind)).rejects.toThrow(words);
  });
});

it('answers while nobody is there, and works once somebody is, and again after that', async () => {
  const { send, answer, said } = ground.bridge();
  send({ id: 1, method: 'tools/list' });
  expect(errorIn(await answer(1))).toEqual({ code: -32_000, message: NOT_RUNNING });
  const first = await ground.serve();
  send({ id: 2, method: 'tools/list' });
  expect(await answer(2)).toHaveProperty('result.tools');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(existsSync(join(ground.home, 'mcp.json'))).toBe(true);
  send({ id: 3, ...look });
  expect(errorIn(await answer(3))?.message).toBe(NOT_RUNNING);
  await ground.serve();
  send({ id: 4, ...look });
  expect(await answer(4)).toHaveProperty('result.content');
  expect(said()).toBe(`${NOT_RUNNING}\n${NOT_RUNNING}\n`);
});

it('tells one whose endpoint is off from none', async () => {
  await ground.serve('--no-endpoint');
  const { send, answer } = ground.bridge();
  send({ id: 1, method: 'tools/list' });
  expect(errorIn(await answer(1))?.message).toBe(
    'Vectorkeep is running, but its endpoint for agents is switched off. Switch it on in the settings of Vectorkeep, ' +
      'then try again.',
  );
});

it('writes nothing but the protocol, whatever comes in, and no token anywhere', async () => {
  await ground.serve();
  const { child, send, answer, out, said, ended } = ground.bridge();
  const clientInfo = { name: 'x', version: '1' };
  send({ id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
  await answer(0);
  send({ method: 'notifications/initialized' });
  send('GET / HTTP/1.1');
  send('[]');
  const tooLong = /longer than 4 MiB/;
  send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"x":"${'y'.repeat(5 * 1024 * 1024)}"}}`);
  expect(errorIn(await answer(1))?.message).toMatch(tooLong);
  send(`{"method":"tools/call","params":{"x":"${'y'.repeat(40 * 1024 * 1024)}"},"jsonrpc":"2.0","id":"two"}`);
  expect(errorIn(await answer('two'))?.message).toMatch(tooLong);
  // As much as the endpoint itself takes.
  const large = { name: 'list_collections', arguments: { connection: 'z'.repeat(3 * 1024 * 1024) } };
  send({ id: 3, method: 'tools/call', params: large });
  expect(await answer(3)).toHaveProperty('result.isError', true);
  for (let id = 100; id < 250; id++) send({ id, ...look });
  for (let id = 100; id < 250; id++) expect(await answer(id)).toHaveProperty('result.content');
  send({ id: 4, method: 'nothing/like/it' });
  expect(errorIn(await answer(4))?.code).toBe(-32_601);
  child.stdin.end();
  expect(await ended).toBe(0);
  for (const line of out().trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('jsonrpc', '2.0');
  expect(`${out()}${said()}`).not.toContain(discoveryIn(ground.home).token);
  expect(said()).toBe('');
  // The endpoint knows whom it served.
  expect(readFileSync(join(ground.home, 'audit.jsonl'), 'utf8')).toMatch(/"x\/1 via vectorkeep-mcp\/\d/);
});

it('sends nothing where the discovery file is not to be trusted', async () => {
  const seen: unknown[] = [];
  const spy = createServer((asked, response) => {
    seen.push(asked.headers);
    response.end();
  });
  await new Promise<void>((resolve) => spy.listen(0, '127.0.0.1', resolve));
  const { port } = spy.address() as AddressInfo;
  const put = (url: string, mode: number): void => {
    const path = join(ground.home, 'mcp.json');
    writeFileSync(path, JSON.stringify({ url, token: 'hush-hush', pid: process.pid }));
    chmodSync(path, mode);
  };
  put(`http://127.0.0.1:${port}/mcp`, 0o644);
  const { send, answer, out, said } = ground.bridge('--start');
  send({ id: 1, method: 'tools/list' });
  expect(errorIn(await answer(1))?.message).toMatch(
    /mcp\.json is not trusted: other users of this machine can read it/,
  );
  for (const [id, url] of [`http://localhost:${port}/mcp`, `http://127.0.0.1:${port}/other`].entries()) {
    put(url, 0o600);
    send({ id: 10 + id, method: 'tools/list' });
    expect(errorIn(await answer(10 + id))?.message).toMatch(/it does not lead to this machine/);
  }
  expect(seen).toEqual([]);
  expect(`${out()}${said()}`).not.toContain('hush');
  spy.close();
});

it('breaks a call off that its client cancels', async () => {
  await ground.serve();
  const announced = discoveryIn(ground.home);
  const brokenOff: boolean[] = [];
  // Between the bridge and the endpoint, to see who ends a connection.
  const between = createServer((near, response) => {
    const headers = { ...near.headers, host: new URL(announced.url).host };
    const far = request(announced.url, { method: near.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.on('error', () => undefined).pipe(response);
    });
    far.on('error', () => undefined);
    near.pipe(far);
    response.once('close', () => {
      brokenOff.push(!response.writableFinished);
      far.destroy();
    });
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const { port } = between.address() as AddressInfo;
  writeFileSync(join(ground.home, 'mcp.json'), JSON.stringify({ ...announced, url: `http://127.0.0.1:${port}/mcp` }));
  for (const kind of CLIENTS) {
    const bridged = await ground.client(kind);
    brokenOff.length = 0;
    const stop = new AbortController();
    const args = { collection: 'code', output_path: `${CLIENTS.indexOf(kind)}.json.gz`, wait_seconds: 45 };
    await expect(bridged.call('export_index', args, () => stop.abort(), stop.signal)).rejects.toThrow();
    await expect.poll(() => brokenOff).toContain(true);
    expect((await bridged.call('list_collections', {})).isError).toBeUndefined();
  }
  between.close();
});
