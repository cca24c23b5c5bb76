import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { QdrantHttp, type Answer } from '../../../main/qdrant/http.ts';
import { requestPoints } from '../../../main/qdrant/points-api.ts';

/** What the server does with each request: `answer` is what it sends, in pieces as they are written. */
type Reply = (socket: Socket, request: string) => void;

let server: Server | undefined;
let http: QdrantHttp | undefined;
let connections = 0;
const sockets = new Set<Socket>();
afterEach(() => {
  http?.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
});

/** A server that speaks just what a test wants, byte by byte; a request is over when its announced body is here. */
async function serve(reply: Reply, most = 1): Promise<QdrantHttp> {
  connections = 0;
  server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (;;) {
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
        if (end < 0 || text.length < end + 4 + length) return;
        const request = text.slice(0, end + 4 + length);
        text = text.slice(end + 4 + length);
        reply(socket, request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  http = new QdrantHttp({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, most);
  return http;
}

const never = new AbortController().signal;
const get = (from: QdrantHttp, path = 'x', signal = never): Promise<Answer> => from.send('GET', path, [], signal);
const textOf = ({ body }: Answer): string => {
  expect(body.buf[body.length]).toBe(0);
  return body.buf.toString('utf8', 0, body.length);
};
const plain = (body: string, more = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
const chunked = (...chunks: string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${[...chunks, '']
    .map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
    .join('')}`;

describe('requests', () => {
  test('are sent as they are given, and their answers come back whole', async () => {
    const seen: string[] = [];
    const from = await serve((socket, request) => {
      seen.push(request);
      socket.write(plain('{"é":1}', 'Retry-After: 3\r\n'));
    });
    const pieces = [Buffer.from('{"a":'), Buffer.from('1}')];
    const answer = await from.send('POST', 'collections/a%20b/points?wait=true', pieces, never);
    expect(textOf(answer)).toBe('{"é":1}');
    expect(answer).toMatchObject({ status: 200, headers: { 'retry-after': '3' } });
    expect(seen[0]).toMatch(/^POST \/collections\/a%20b\/points\?wait=true HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
    expect(seen[0]).toContain('content-length: 7\r\n');
    expect(seen[0]?.endsWith('\r\n\r\n{"a":1}')).toBe(true);
  });

  test('use one connection after the other, and no more than they may', async () => {
    const from = await serve((socket) => setTimeout(() => socket.write(plain('{}')), 5), 2);
    await Promise.all(Array.from({ length: 9 }, () => get(from)));
    expect(connections).toBe(2);
    await get(from);
    expect(connections).toBe(2);
  });

  test('make a new connection where the old one was closed', async () => {
    const from = await serve((socket) => socket.end(plain('{}', 'Connection: close\r\n')));
    for (let i = 0; i < 3; i++) expect(textOf(await get(from))).toBe('{}');
    expect(connections).toBe(3);
  });

  test('that are given up leave the others alone', async () => {
    let asked = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    const from = await serve((socket, request) => {
      if (request.includes('/mute')) asked();
      else socket.write(plain('{}'));
    });
    const controller = new AbortController();
    const mute = get(from, 'mute', controller.signal);
    const waiting = get(from, 'waiting', controller.signal);
    const ended = Promise.allSettled([mute, waiting]);
    const patient = get(from);
    await arrived;
    controller.abort();
    for (const { reason } of (await ended) as PromiseRejectedResult[])
      expect(reason).toMatchObject({ name: 'AbortError' });
    expect(textOf(await patient)).toBe('{}');
  });

  test('end when all is closed', async () => {
    const from = await serve(() => undefined);
    const [mute, waiting] = [get(from), get(from)];
    const ended = Promise.allSettled([mute, waiting]);
    while (connections === 0) await new Promise((resolve) => setImmediate(resolve));
    from.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

test('a request that finds the connections closed is not tried again', async () => {
  const from = await serve((socket) => socket.write(plain('{}')));
  from.close();
  const begun = performance.now();
  const request = { method: 'POST', path: 'x', pieces: [], signal: never, right: 'read', collection: 'x' } as const;
  await expect(requestPoints(from, request)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(performance.now() - begun).toBeLessThan(500);
});

describe('answers', () => {
  const large = `{"points":"${'é'.repeat(400_000)}"}`;
  test.each([
    ['with a length', plain('{"a":1}'), '{"a":1}'],
    ['without a body', plain(''), ''],
    ['in chunks', chunked('{"a"', ':1}'), '{"a":1}'],
    ['large', plain(large), large],
    ['large, in chunks', chunked(...(large.match(/[^]{1,30000}/g) ?? [])), large],
    ['announced by another', `HTTP/1.1 100 Continue\r\n\r\n${plain('{"a":1}')}`, '{"a":1}'],
  ])('%s, however they are cut on their way', async (_, sent, expected) => {
    const bytes = Buffer.from(sent);
    const from = await serve((socket) => {
      // In one piece, in pieces of random sizes, byte by byte at the beginning.
      const cuts = fc.sample(fc.integer({ min: 1, max: Math.max(1, bytes.length >> 2) }), 8);
      let at = 0;
      for (const cut of [...Array.from({ length: 40 }, () => 1), ...cuts]) {
        socket.write(bytes.subarray(at, at + cut));
        at += cut;
      }
      socket.write(bytes.subarray(at));
    });
    for (let i = 0; i < 5; i++) expect(textOf(await get(from))).toBe(expected);
    expect(connections).toBe(1);
  });

  test('whose end is the end of the connection', async () => {
    const from = await serve((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"a":1}'));
    expect(textOf(await get(from))).toBe('{"a":1}');
    expect(textOf(await get(from))).toBe('{"a":1}');
  });

  test.each([
    ['a header', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['a body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a"'],
    ['a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"a"'],
    ['the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['nothing', ''],
  ])('that are cut within %s', async (_, sent) => {
    const from = await serve((socket) => socket.end(sent));
    await expect(get(from)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const reset = await serve((socket) => {
      socket.write(sent, () => socket.resetAndDestroy());
    });
    await expect(get(reset)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test.each([
    ['nonsense', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: all\r\n\r\n{}'],
    ['a length below nothing', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(40_000)}`],
    ['two encodings', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: gzip\r\n\r\n0\r\n\r\n'],
    ['an encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n  c\r\ncontent-length: 2\r\n\r\n{}'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: b\r\ncontent-length: 2\r\n\r\n{}'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
    ['HTTP/2', '\0\0\x12\x04\0\0\0\0\0\n\n'],
    ...['-5', 'zz', '', '0x2', '1'.repeat(20), ';', 'a'.repeat(2000)].map((size): [string, string] => [
      `chunks of the size "${size.slice(0, 30)}"`,
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${size}\r\n{}\r\n0\r\n\r\n`,
    ]),
    [
      'chunks that are longer than they say',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n',
    ],
    ['an answer more than was asked for', plain('{}') + plain('{"poison":1}')],
    ['an answer and the head of another', `${plain('{}')}HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx: `],
  ])('that are %s are refused', async (what, sent) => {
    const from = await serve((socket) => socket.write(sent));
    const answer = get(from);
    if (what.startsWith('an answer')) expect(textOf(await answer)).toBe('{}');
    else await expect(answer).rejects.toMatchObject({ code: 'HPE_INVALID' });
    // The next one has a connection of its own.
    await get(from).catch(() => undefined);
    expect(connections).toBe(2);
  });

  test('of many sizes leave the connection as it was', async () => {
    const body = 'x'.repeat(300_000);
    const from = await serve((socket) => socket.write(plain(body)));
    for (let i = 0; i < 60; i++) {
      const answer = get(from);
      // While the reader is busy, the kernel gathers more than it usually gives out at once.
      const until = performance.now() + 3;
      while (performance.now() < until);
      expect(textOf(await answer)).toBe(body);
    }
    expect(connections).toBe(1);
  });

  test('that come before the request is out are heard', async () => {
    const from = await serve(() => undefined);
    server?.on('connection', (socket) => socket.once('data', () => socket.write(plain('{"no":1}'))));
    const request = from.send('PUT', 'x', [Buffer.alloc(64 << 20)], never);
    expect(textOf(await request)).toBe('{"no":1}');
    await expect(from.send('PUT', 'x', [Buffer.from('x')], never)).resolves.toMatchObject({ status: 200 });
    expect(connections).toBe(2);
  });
});
