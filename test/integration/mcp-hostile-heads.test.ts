/*
 * Requests that no client of ours sends, one at a time, against the real endpoint in a program of its own: refused from
 * their head or their body, and nothing comes of them. The table of the safety lines is in mcp-hostile.test.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provedAfterwards, rpc, SECRET, toolCall } from '../support/mcp-aftermath.ts';
import { fillCollection } from '../support/mcp-ground.ts';
import { openHostileGround } from '../support/mcp-hostile-ground.ts';
import type { HostileGround, Stand, Ways } from '../support/mcp-hostile-ground.ts';

/** What every refused request would do if it were not. */
const WRITES = toolCall('export_index', { collection: 'code', output_path: 'written-by-a-stranger.json' });
const post = (ways: Ways = {}) => ground.send(WRITES, ways);

let ground: HostileGround;
let before: Stand;

beforeAll(async () => {
  ground = await openHostileGround();
  await fillCollection(ground.control, 'code', 30, { text: SECRET });
  await ground.call('create_backup', { collection: 'code' });
  before = await ground.stand();
});
afterAll(() => ground.close());

describe('the head of a request', () => {
  it.each([
    ['none', undefined],
    ['an empty one', () => ''],
    ['a scheme alone', () => 'Bearer '],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['no scheme', (token: string) => token],
    ['one that is cut', (token: string) => `Bearer ${token.slice(0, -1)}`],
    ['one with something behind it', (token: string) => `Bearer ${token}=`],
    ['one of another case', (token: string) => `Bearer ${swapCase(token)}`],
    ['one in quotes', (token: string) => `Bearer "${token}"`],
    ['two in one', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['two in one, another first', (token: string) => `Bearer ${'A'.repeat(43)} ${token}`],
    ['twice the same', (token: string) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['twice, the second wrong', (token: string) => [`Bearer ${token}`, 'Bearer no']],
    ['twice, the first wrong', (token: string) => ['Bearer no', `Bearer ${token}`]],
    ['a very long one', () => `Bearer ${'A'.repeat(10_000)}`],
    ['that of another endpoint', () => `Bearer ${ground.hasty.token}`],
  ] as const)('credentials: %s is 401', async (_what, make) => {
    const answer = await post({ headers: { authorization: make?.(ground.token) } });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['query', (token: string) => `/mcp?token=${token}`],
    ['query of OAuth', (token: string) => `/mcp?access_token=${token}`],
    ['path', (token: string) => `/mcp/${token}`],
    ['name and password', (token: string) => `http://x:${token}@127.0.0.1/mcp`],
  ])('the token in the URL (%s) does not count, and spoils a right header', async (_what, path) => {
    expect((await post({ path: path(ground.token), headers: { authorization: undefined } })).status).toBe(404);
    expect((await post({ path: path(ground.token) })).status).toBe(404);
  });

  it.each([
    ...['evil.example', 'evil.example:PORT', 'PORT', '127.0.0.1', '127.0.0.1:1', '127.0.0.1:PORT0', '127.0.0.1:0PORT'],
    ...['localhost', 'localhost.evil.example:PORT', '127.0.0.1.nip.io:PORT', 'evil.example#127.0.0.1:PORT'],
    ...['[::1]:PORT', '[::ffff:127.0.0.1]:PORT', '0.0.0.0:PORT', '127.1:PORT', '2130706433:PORT', '0x7f.1:PORT'],
    ...['127.0.0.1:PORT, evil.example', 'x@127.0.0.1:PORT', 'localhost.:PORT', '', ' '],
  ])('a foreign host: %j is 403', async (host) => {
    expect((await post({ headers: { host: host.replace('PORT', String(ground.port)) } })).status).toBe(403);
  });

  it.each([
    ...['https://evil.example', 'null', 'http://localhost', 'http://127.0.0.1', 'http://127.0.0.1:PORT', 'file://', ''],
    ...['http://localhost:PORT', 'chrome-extension://abc', 'vscode-webview://abc', 'app://x'],
  ])('any origin: %j is 403', async (origin) => {
    expect((await post({ headers: { origin: origin.replace('PORT', String(ground.port)) } })).status).toBe(403);
  });

  it.each([
    ...['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp'],
    ...['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration', '/.well-known/mcp.json'],
    ...['/authorize', '/token', '/register', '/sse', '/messages', '/favicon.ico'],
  ])('what clients look for before OAuth: %s is 404', async (path) => {
    expect((await ground.send(undefined, { method: 'GET', path })).status).toBe(404);
    expect((await ground.send(undefined, { method: 'GET', path, headers: { authorization: undefined } })).status).toBe(
      404,
    );
  });

  it.each([
    '/mcp/',
    '//mcp',
    '/mcp?',
    '/mcp#x',
    '/%6dcp',
    '/MCP',
    '/x/../mcp',
    '/./mcp',
    '*',
    'http://evil.example/mcp',
  ])('another spelling of the address: %s is 404', async (path) => {
    expect((await post({ path })).status).toBe(404);
  });

  it('an address with the right host in the request line and a foreign one in the header is refused', async () => {
    const lines = ['POST http://127.0.0.1/mcp HTTP/1.1', 'Host: evil.example', `Authorization: Bearer ${ground.token}`];
    expect(await ground.raw([`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`])).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['GET', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'])('%s is 405', async (method) => {
    const answer = await ground.send(undefined, { method });
    expect(answer.status).toBe(405);
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
  });

  it('no other protocol is spoken: tunnels, upgrades, HTTP/2, HTTP/1.0 without a host', async () => {
    const head = `Host: 127.0.0.1:${ground.port}\r\nAuthorization: Bearer ${ground.token}\r\n`;
    const upgrade = `${head}Connection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    const answers = await Promise.all([
      ground.raw([`CONNECT 127.0.0.1:${ground.port} HTTP/1.1\r\n${head}\r\n`]),
      ground.raw([`GET /mcp HTTP/1.1\r\n${upgrade}Upgrade: websocket\r\n\r\n`]),
      ground.raw([`GET /mcp HTTP/1.1\r\n${upgrade}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`]),
      ground.raw(['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']),
      ground.raw([`POST /mcp HTTP/1.0\r\nAuthorization: Bearer ${ground.token}\r\nContent-Length: 2\r\n\r\n{}`]),
      ground.raw([`POST /mcp HTTP/0.9\r\n${head}\r\n`]),
      ground.raw(['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003']),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
    for (const answer of answers) expect(answer).not.toMatch(/ 101 |HTTP\/1\.1 2/);
  });

  it('what a parser could read in two ways is refused', async () => {
    const head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${ground.port}\r\nAuthorization: Bearer ${ground.token}\r\nContent-Type: application/json\r\n`;
    const answers = await Promise.all([
      ground.raw([`${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} `]),
      ground.raw([`${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`]),
      ground.raw([`${head}Transfer-Encoding: gzip, chunked, identity\r\n\r\n`]),
      ground.raw([`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`]),
      ground.raw([`${head}Content-Length: -1\r\n\r\n`]),
      ground.raw([`${head}X: a\r\n b\u0000c\r\nContent-Length: 0\r\n\r\n`]),
      ground.raw([`${head}X : y\r\nContent-Length: 0\r\n\r\n`]),
      ground.raw([`${head}${'X: y\r\n'.repeat(5000)}\r\n`]),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 4(00|13|31) /);
  });
});

describe('bodies', () => {
  it.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['half of one', WRITES.slice(0, -5)],
    ['two of them', WRITES + WRITES],
    ['something behind it', `${WRITES}\u0000`],
    ['a byte order mark', `\ufeff${WRITES}`],
    ['a number', '1'],
    ['a text', '"tools/list"'],
    ['null', 'null'],
    ['NaN', 'NaN'],
    ['single quotes', WRITES.replaceAll('"', "'")],
    ['a batch of one', `[${WRITES}]`],
    ['a batch of many', `[${Array.from({ length: 1000 }, () => WRITES).join()}]`],
    ['an empty batch', '[]'],
    ['no version', WRITES.replace('"jsonrpc":"2.0",', '')],
    ['another version', WRITES.replace('2.0', '1.0')],
    ['no id', WRITES.replace('"id":1', '"id":null')],
    ['an id that is an object', WRITES.replace('"id":1', '"id":{}')],
    ['a method that is an array', '{"jsonrpc":"2.0","id":1,"method":["tools/call"]}'],
  ])('a body that is no message: %s is 400', async (_what, body) => {
    expect((await ground.send(body)).status).toBe(400);
  });

  it('bytes that are no UTF-8 are 400, whatever the head says of them', async () => {
    const odd = Buffer.concat([
      Buffer.from(WRITES.slice(0, -4)),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(WRITES.slice(-4)),
    ]);
    for (const charset of ['', '; charset=utf-8', '; charset=latin1', '; charset=utf-16le']) {
      const headers = { 'content-type': `application/json${charset}` };
      expect((await ground.send(odd, { headers })).status, charset).toBe(400);
      expect((await ground.send(Buffer.from(WRITES, 'utf16le'), { headers })).status, charset).toBe(400);
    }
  });

  it.each([
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['application/json-patch+json', {}],
    ['text/plain; application/json', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['application/json', { 'content-encoding': 'identity' }],
    ['application/json', { 'content-encoding': '' }],
  ])('the type %s with %j is 415', async (type, more) => {
    expect((await post({ headers: { 'content-type': type, ...more } })).status).toBe(415);
  });

  it('depth: what would run out of stack is 400', async () => {
    const nested = (open: string, close: string, times: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${open.repeat(times)}1${close.repeat(times)}}`;
    for (const body of [nested('[', ']', 1_000_000), nested('{"a":', '}', 500_000), nested('[', ']', 100)])
      expect((await ground.send(body)).status).toBe(400);
    const deepId = `{"jsonrpc":"2.0","method":"ping","id":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await ground.send(deepId)).status).toBe(400);
  });

  it('a size of more than 4 MiB is 413, announced, chunked, or a little at a time', async () => {
    const head = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${ground.port}\r\nAuthorization: Bearer ${ground.token}\r\nContent-Type: application/json\r\n`;
    const blanks = Buffer.alloc(0x10_000, 32);
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), blanks, Buffer.from('\r\n')]);
    const answers = await Promise.all([
      ground.raw([`${head}Content-Length: 4194305\r\n\r\n`]),
      ground.raw([`${head}Content-Length: 99999999999999999999\r\n\r\n`]),
      ground.raw([`${head}Content-Length: 1e3\r\n\r\n`]),
      ground.raw([`${head}Transfer-Encoding: chunked\r\n\r\n`, ...Array.from({ length: 65 }, () => chunk)]),
    ]);
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['413', '400', '400', '413']);
  });

  it('names that every object has are no tools, methods or arguments', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(await ground.call(name)).toMatchObject({ isError: true });
      expect(JSON.parse((await ground.send(rpc(name))).text.replace(/^[^{]*/, ''))).toHaveProperty('error');
      const polluting = toolCall('list_backups').replace('{}', `{"${name}":{"collection":"code"}}`);
      expect((await ground.send(polluting)).status).toBe(200);
    }
    expect(await ground.call('list_backups', { limit: 1, nothing: true })).toMatchObject({ isError: true });
  });
});

describe('a head and a body that disagree', () => {
  const META = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const modern = rpc('tools/call', { name: 'export_index', arguments: { collection: 'code' }, _meta: META });
  const right = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'export_index' };
  it.each([
    ['a method that reads', { 'mcp-method': 'tools/list' }],
    ['a tool that reads', { 'mcp-name': 'list_backups' }],
    ['no name', { 'mcp-name': undefined }],
    ['no method', { 'mcp-method': undefined }],
    ['no version', { 'mcp-protocol-version': undefined }],
    ['an older version', { 'mcp-protocol-version': '2025-11-25' }],
    ['a version that is none', { 'mcp-protocol-version': 'x' }],
    ['two names', { 'mcp-name': ['list_backups', 'export_index'] }],
    ['two methods', { 'mcp-method': ['tools/call', 'tools/list'] }],
    ['the name in another case', { 'mcp-name': 'EXPORT_INDEX' }],
  ])('%s: 400, and nothing is called', async (_what, headers) => {
    expect((await ground.send(modern, { headers: { ...right, ...headers } })).status).toBe(400);
  });

  it('a version in the head of a body that has none is 400', async () => {
    expect((await post({ headers: { 'mcp-protocol-version': '2026-07-28' } })).status).toBe(400);
    expect((await post({ headers: { 'mcp-protocol-version': '1999-01-01' } })).status).toBe(400);
  });
});

it('no file was made', () => expect(readdirSync(join(ground.base, 'exports'))).toEqual([]));

provedAfterwards(() => ({ ground, before, secrets: [SECRET] }));

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
