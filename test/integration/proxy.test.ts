import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProxy, type Proxy } from '../support/proxy.ts';

let reached: string[] = [];
let proxy: Proxy;
const upstream = createServer((request, response) => {
  reached.push(`${request.method ?? ''} ${request.url ?? ''}`);
  let size = 0;
  request.on('data', (chunk: Buffer) => (size += chunk.length));
  request.on('end', () => response.setHeader('content-length', 1000).end(String(size).padEnd(1000, '.')));
});

beforeEach(async () => {
  reached = [];
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await proxy.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const get = async (path: string, body?: string): Promise<string> => {
  const response = await fetch(proxy.url + path, body === undefined ? {} : { method: 'POST', body });
  return `${response.status} ${(await response.text()).length}`;
};

test('passes what no rule concerns', async () => {
  proxy.setRules([{ method: 'PUT', fault: { kind: 'answer', status: 503 } }]);
  expect(await get('/a')).toBe('200 1000');
  expect(await get('/b', 'x'.repeat(200_000))).toBe('200 1000');
  expect(reached).toEqual(['GET /a', 'POST /b']);
});

test('answers the first requests that match, with headers, then lets through', async () => {
  proxy.setRules([
    {
      method: 'POST',
      path: /points/,
      times: 2,
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '1' }, body: 'slow down' },
    },
  ]);
  const first = await fetch(`${proxy.url}/points`, { method: 'POST', body: 'x' });
  expect([first.status, first.headers.get('retry-after'), await first.text()]).toEqual([429, '1', 'slow down']);
  expect(await get('/other', 'x')).toBe('200 1000');
  expect(await get('/points', 'x')).toBe('429 9');
  expect(await get('/points', 'x')).toBe('200 1000');
  expect(reached).toEqual(['POST /other', 'POST /points']);
});

test('cuts an answer after exactly so many bytes, once the server has done its work', async () => {
  proxy.setRules([{ path: /half/, after: 1, times: 1, fault: { kind: 'cut-answer', bytes: 400 } }]);
  expect(await get('/half')).toBe('200 1000');
  const cut = await fetch(`${proxy.url}/half`);
  let got = 0;
  const read = async (): Promise<void> => {
    for await (const chunk of cut.body ?? []) got += chunk.length;
  };
  await expect(read()).rejects.toThrow();
  expect(got).toBe(400);
  expect(await get('/half')).toBe('200 1000');
  proxy.setRules([{ fault: { kind: 'cut-answer', bytes: 0 } }]);
  await expect(get('/none')).rejects.toThrow();
  expect(reached).toHaveLength(4);
});

test('cuts a request before the server has seen it', async () => {
  proxy.setRules([{ fault: { kind: 'cut-request', bytes: 10 } }]);
  await expect(get('/a', 'x'.repeat(100))).rejects.toThrow();
  expect(reached).toEqual([]);
});

test('delays and drips', async () => {
  proxy.setRules([{ fault: { kind: 'delay', ms: 200 } }]);
  let began = performance.now();
  expect(await get('/a')).toBe('200 1000');
  expect(performance.now() - began).toBeGreaterThan(190);
  proxy.setRules([{ fault: { kind: 'delay', ms: 60_000 } }]);
  const held = get('/b');
  await expect.poll(() => proxy.seen.length).toBeGreaterThan(1);
  proxy.setRules([{ fault: { kind: 'drip', bytes: 200, everyMs: 50 } }]);
  expect(await held).toBe('200 1000');
  began = performance.now();
  expect(await get('/a')).toBe('200 1000');
  // Five pieces, four pauses between them.
  expect(performance.now() - began).toBeGreaterThan(190);
});

test('refuses connections and accepts them again', async () => {
  expect(await get('/a')).toBe('200 1000');
  await proxy.refuse();
  await expect(get('/a')).rejects.toThrow();
  await proxy.accept();
  expect(await get('/a')).toBe('200 1000');
});
