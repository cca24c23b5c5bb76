import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEndpoint } from '../../../main/mcp/endpoint.ts';
import type { Endpoint } from '../../../main/mcp/endpoint.ts';
import { endpointParts } from '../../support/endpoint-parts.ts';
import { stillService } from './still-service.ts';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

let home = '';
let endpoint: Endpoint;
const open = (port = 0, limits = { headMs: 300, bodyMs: 300 }) =>
  startEndpoint({
    service: stillService(),
    home,
    port,
    ...endpointParts(home),
    version: '1.2.3',
    limits,
  });
const tokenOf = () => readFileSync(join(home, 'mcp-token'), 'utf8').trim();
const portOf = () => Number(new URL(endpoint.url).port);

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'vk-mcp-'));
  endpoint = await open();
});
afterEach(async () => {
  await endpoint.close();
  rmSync(home, { recursive: true });
});

/** One request with all headers under control; undefined leaves a header out. */
function send(
  headers: Record<string, string | undefined> = {},
  body: string | Buffer = JSON.stringify(INITIALIZE),
  options: { method?: string; path?: string } = {},
): Promise<Answer> {
  const all: Record<string, string | undefined> = {
    host: new URL(endpoint.url).host,
    authorization: `Bearer ${tokenOf()}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  const given = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as OutgoingHttpHeaders;
  return new Promise((resolve, reject) => {
    const { method = 'POST', path = '/mcp' } = options;
    const request = httpRequest(
      { host: '127.0.0.1', port: portOf(), method, path, headers: given, setHost: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(method === 'GET' ? undefined : body);
  });
}

describe('line 1: this machine only, and no web pages', () => {
  it('answers a client that comes the right way', async () => {
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('vectorkeep');
    expect(answer.text).toContain('1.2.3');
  });

  it('listens on 127.0.0.1 and on no other address', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .map((each) => each.address)
      .filter((address) => address !== '127.0.0.1');
    for (const host of [...others.filter((address) => !address.startsWith('fe80')), '127.0.0.2']) {
      const socket = connect({ host, port: portOf() });
      const [error] = (await Promise.race([once(socket, 'error'), once(socket, 'connect')])) as [Error | undefined];
      socket.destroy();
      expect(error, host).toBeInstanceOf(Error);
    }
  });

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost', '127.0.0.1.evil.example', '0.0.0.0', '[::1]', ''])(
    'refuses the host %j',
    async (host) => {
      expect((await send({ host })).status).toBe(403);
    },
  );

  it('takes localhost with its port, and no two hosts', async () => {
    expect((await send({ host: `LOCALHOST:${portOf()}` })).status).toBe(200);
    const socket = connect(portOf(), '127.0.0.1');
    socket.end(
      `GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:${portOf()}\r\nHost: evil.example\r\nAuthorization: Bearer ${tokenOf()}\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 4(00|03)/);
  });

  it.each(['https://evil.example', 'null', 'http://localhost', 'http://127.0.0.1', 'file://', ''])(
    'refuses the origin %j, whatever else is right',
    async (origin) => {
      expect((await send({ origin })).status).toBe(403);
    },
  );

  it('never sends a CORS header', async () => {
    const preflight = { 'access-control-request-method': 'POST', origin: 'https://evil.example' };
    const answers = [
      await send(),
      await send(preflight, '', { method: 'OPTIONS' }),
      await send({}, '', { method: 'OPTIONS' }),
      await send({}, '', { method: 'GET' }),
    ];
    expect(answers.map((each) => each.status)).toEqual([200, 403, 405, 405]);
    for (const { headers } of answers) expect(Object.keys(headers).join()).not.toContain('access-control');
  });
});

describe('line 2: the token', () => {
  it('is 256 bits, kept 0600 and the same after a restart', async () => {
    const token = tokenOf();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(statSync(join(home, 'mcp-token')).mode & 0o777).toBe(0o600);
    await endpoint.close();
    endpoint = await open();
    expect(tokenOf()).toBe(token);
  });

  it('is replaced when others could read it, or when it is no token', async () => {
    for (const [text, mode] of [
      [`${tokenOf()}\n`, 0o644],
      ['guessable\n', 0o600],
    ] as const) {
      await endpoint.close();
      rmSync(join(home, 'mcp-token'));
      writeFileSync(join(home, 'mcp-token'), text, { mode });
      endpoint = await open();
      expect(tokenOf()).not.toBe(text.trim());
      expect(statSync(join(home, 'mcp-token')).mode & 0o777).toBe(0o600);
    }
  });

  it.each([
    ['none', () => undefined],
    ['an empty one', () => ''],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['no scheme', (token: string) => token],
    ['a wrong one', (token: string) => `Bearer ${token.slice(1)}A`],
    ['a part', (token: string) => `Bearer ${token.slice(0, 20)}`],
    ['more', (token: string) => `Bearer ${token}x`],
    ['two', (token: string) => `Bearer ${token} ${token}`],
  ])('401 with %s', async (_what, header) => {
    const answer = await send({ authorization: header(tokenOf()) });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.text).not.toContain(tokenOf());
  });

  it('does not count in the URL', async () => {
    const path = `/mcp?token=${tokenOf()}`;
    expect((await send({ authorization: undefined }, undefined, { path })).status).toBe(404);
    expect((await send({}, undefined, { path })).status).toBe(404);
  });

  it('is checked before the body is read', async () => {
    const socket = connect(portOf(), '127.0.0.1');
    const host = new URL(endpoint.url).host;
    // The body is announced and never sent: an answer can only come from the head.
    socket.write(
      `POST /mcp HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 4000000\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 401/);
    await once(socket, 'close');
  });

  it('is worthless once there is a new one', async () => {
    const old = tokenOf();
    endpoint.renewToken();
    expect((await send({ authorization: `Bearer ${old}` })).status).toBe(401);
    expect((await send()).status).toBe(200);
    expect(readFileSync(join(home, 'mcp.json'), 'utf8')).toContain(tokenOf());
  });

  it.each([
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-authorization-server/mcp',
    '/',
    '/mcp/',
    '/other',
  ])('%s is not found, with and without the token', async (path) => {
    expect((await send({}, '', { path, method: 'GET' })).status).toBe(404);
    expect((await send({ authorization: undefined }, '', { path, method: 'GET' })).status).toBe(404);
  });
});

describe('line 3: bodies', () => {
  it.each([
    ['text that is no JSON', '{"jsonrpc"', 400],
    ['nothing', '', 400],
    ['a number', '5', 400],
    ['null', 'null', 400],
    ['an array', JSON.stringify([INITIALIZE]), 400],
    ['an empty array', '[]', 400],
  ])('%s is refused', async (_what, body, status) => {
    expect((await send({}, body)).status).toBe(status);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined])(
    'refuses the type %s',
    async (type) => {
      expect((await send({ 'content-type': type })).status).toBe(415);
    },
  );

  it('refuses an encoded body, which could unpack to anything', async () => {
    expect((await send({ 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('takes 4 MiB and not a byte more, announced or not', async () => {
    const fill = (size: number) => Buffer.from(JSON.stringify(INITIALIZE).padEnd(size));
    expect((await send({}, fill(4 * 1024 * 1024))).status).toBe(200);
    const announced = connect(portOf(), '127.0.0.1');
    announced.write(head('Content-Length: 4194305'));
    expect(String((await once(announced, 'data'))[0])).toMatch(/^HTTP\/1.1 413/);
    announced.destroy();
    const chunked = connect(portOf(), '127.0.0.1');
    chunked.write(`${head('Transfer-Encoding: chunked')}400001\r\n`);
    chunked.write(Buffer.alloc(0x400001, 32));
    expect(String((await once(chunked, 'data'))[0])).toMatch(/^HTTP\/1.1 413/);
    chunked.destroy();
  });

  it('ends a body and a head that never end', async () => {
    const body = connect(portOf(), '127.0.0.1');
    body.write(`${head('Content-Length: 100')}{`);
    expect(String((await once(body, 'data'))[0])).toMatch(/^HTTP\/1.1 408/);
    await once(body, 'close');
    await endpoint.close();
    endpoint = await open(0, { headMs: 300, bodyMs: 600_000 });
    const start = connect(portOf(), '127.0.0.1');
    start.write('POST /mcp HTTP/1.1\r\nHost:');
    expect(String((await once(start, 'data'))[0])).toMatch(/^HTTP\/1.1 408/);
    start.destroy();
  });

  it('survives a client that hangs up in the middle', async () => {
    const socket = connect(portOf(), '127.0.0.1');
    socket.write(`${head('Content-Length: 100')}{`);
    await once(socket, 'connect');
    socket.resetAndDestroy();
    expect((await send()).status).toBe(200);
  });

  const head = (length: string) =>
    `POST /mcp HTTP/1.1\r\nHost: ${new URL(endpoint.url).host}\r\nAuthorization: Bearer ${tokenOf()}\r\n` +
    `Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n${length}\r\n\r\n`;
});

describe('the discovery file', () => {
  const path = () => join(home, 'mcp.json');

  it('tells url, token and process while the endpoint runs, to its owner alone', async () => {
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ url: endpoint.url, token: tokenOf(), pid: process.pid });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    await endpoint.close();
    expect(existsSync(path())).toBe(false);
    endpoint = await open();
  });

  it('is left alone on closing when another endpoint has taken over', async () => {
    const other = await open();
    await endpoint.close();
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ url: other.url });
    endpoint = other;
  });

  it('makes the settings folder private', async () => {
    await endpoint.close();
    rmSync(home, { recursive: true });
    endpoint = await open();
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });
});

describe('opening', () => {
  it('says that a port is taken, and announces nothing', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    await endpoint.close();
    await expect(open((squatter.address() as AddressInfo).port)).rejects.toMatchObject({
      code: 'USAGE',
      params: { field: 'port', reason: 'in-use' },
    });
    expect(existsSync(join(home, 'mcp.json'))).toBe(false);
    squatter.close();
    endpoint = await open();
  });

  it('says that the settings folder cannot be used', async () => {
    await endpoint.close();
    rmSync(home, { recursive: true });
    writeFileSync(home, '');
    await expect(open()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    rmSync(home);
    mkdirSync(home);
    endpoint = await open();
  });
});
