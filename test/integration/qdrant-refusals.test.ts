import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../main/faults/fault.ts';
import { openControl } from '../../main/qdrant/control.ts';
import { probe } from '../../main/qdrant/probe.ts';
import { minimalSettings } from '../../main/qdrant/collection-settings.ts';
import { settingsFromFile } from '../../main/qdrant/settings-from-file.ts';
import { freePorts } from '../../main/qdrant/free-ports.ts';
import { failureOf } from '../support/faults.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const FULL = 'full-key-of-this-test-0123456789abcdef';
const READ_ONLY = 'read-only-key-of-this-test';

let qdrant: Qdrant;
beforeAll(async () => {
  qdrant = await startQdrant({
    env: {
      QDRANT__SERVICE__API_KEY: FULL,
      QDRANT__SERVICE__READ_ONLY_API_KEY: READ_ONLY,
      QDRANT__SERVICE__JWT_RBAC: 'true',
    },
  });
  await openControl({ url: qdrant.url, apiKey: FULL }).create('c', minimalSettings(4));
});
afterAll(() => qdrant.stop());

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await failureOf(work);
  expect(error.message + JSON.stringify(error.toData())).not.toMatch(/key-of-this-test|s3cret/);
  return error;
};

const token = (claims: object): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', FULL).update(signed).digest('base64url')}`;
};

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const behind = async (...rules: Parameters<typeof startProxy>[1] & object): Promise<Proxy> => {
  const proxy = await startProxy(qdrant.url, rules);
  closing.push(() => proxy.stop());
  return proxy;
};

describe('keys', () => {
  it('no key and a wrong key are told apart', async () => {
    const url = qdrant.url;
    expect(await faultOf(probe({ url }))).toMatchObject({
      code: 'QDRANT_FORBIDDEN',
      params: { reason: 'no_key', status: 401 },
    });
    expect(await faultOf(probe({ url, apiKey: 'wrong' }))).toMatchObject({
      code: 'QDRANT_FORBIDDEN',
      params: { reason: 'wrong_key' },
    });
    expect(await faultOf(probe({ url, apiKey: 'ключ' }))).toMatchObject({
      code: 'QDRANT_FORBIDDEN',
      params: { reason: 'key_form' },
    });
    expect(await probe({ url, apiKey: ` ${FULL}\n` })).toMatchObject({ version: qdrant.version, collections: 1 });
  });

  it('a read-only key reads, and each refusal names the missing right', async () => {
    const control = openControl({ url: qdrant.url, apiKey: READ_ONLY });
    expect(await control.list()).toEqual(['c']);
    expect((await control.settings('c')).vectors).toEqual({ size: 4, distance: 'Cosine' });
    expect(await control.count('c')).toBe(0);
    const indexes = settingsFromFile({ payload_indexes: { a: 'keyword' }, aliases: ['x'] });
    const forbidden = (right: string, operation: string): object => ({
      code: 'QDRANT_FORBIDDEN',
      params: { right, operation },
    });
    expect(await faultOf(control.create('d', minimalSettings(4)))).toMatchObject(
      forbidden('manage', 'create a collection'),
    );
    expect(await faultOf(control.createPayloadIndexes('c', indexes))).toMatchObject(
      forbidden('write', 'create a payload index'),
    );
    expect(await faultOf(control.createAliases('c', indexes))).toMatchObject(forbidden('manage', 'create an alias'));
    expect(await faultOf(control.remove('c'))).toMatchObject(forbidden('manage', 'remove a collection'));
  });

  it('a token for one collection works on that one', async () => {
    const apiKey = token({ access: [{ collection: 'c', access: 'rw' }] });
    const control = openControl({ url: qdrant.url, apiKey });
    expect((await control.settings('c')).aliases).toEqual([]);
    expect(await control.createPayloadIndexes('c', settingsFromFile({ payload_indexes: { a: 'keyword' } }))).toEqual(
      [],
    );
    expect(await faultOf(control.settings('d'))).toMatchObject({
      code: 'QDRANT_FORBIDDEN',
      params: { right: 'read', collection: 'd' },
    });
    expect(await faultOf(control.create('d', minimalSettings(4)))).toMatchObject({ params: { right: 'manage' } });
  });
});

describe('addresses where no Qdrant answers', () => {
  it.each([
    ['localhost:6333', { reason: 'bad_url' }],
    ['ftp://u:s3cret@host/', { reason: 'bad_url', url: 'host/' }],
    ['http://nothing.invalid', { reason: 'name', url: 'http://nothing.invalid:80' }],
    ['http://127.0.0.1:1', { reason: 'blocked_port' }],
  ])('%s', async (url, params) => {
    expect(await faultOf(Promise.resolve().then(() => probe({ url })))).toMatchObject({
      code: 'QDRANT_UNREACHABLE',
      params,
    });
  });

  it('a port nobody listens on', async () => {
    const [port] = await freePorts(1);
    const fault = await faultOf(probe({ url: `http://user:s3cret@127.0.0.1:${port}/path/` }));
    expect(fault).toMatchObject({
      code: 'QDRANT_UNREACHABLE',
      params: { reason: 'refused', url: `http://127.0.0.1:${port}/path` },
    });
  });

  it('https to a port that speaks http', async () => {
    const fault = await faultOf(probe({ url: qdrant.url.replace('http:', 'https:') }));
    expect(fault).toMatchObject({ code: 'QDRANT_UNREACHABLE', params: { reason: 'tls_plain' } });
  });

  it('the gRPC port', async () => {
    const fault = await faultOf(probe({ url: `http://127.0.0.1:${qdrant.grpcPort}` }));
    expect(fault).toMatchObject({ code: 'NOT_QDRANT', params: { reason: 'grpc_port' } });
  });

  it('a server of another protocol, and one that hangs up', async () => {
    const tcp = async (greet: (socket: Socket) => void): Promise<string> => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => undefined).resume();
        greet(socket);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      closing.push(() => new Promise((resolve) => server.close(resolve)));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    };
    const ssh = await tcp((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    expect(await faultOf(probe({ url: ssh }))).toMatchObject({ code: 'NOT_QDRANT', params: { reason: 'not_http' } });
    const rude = await tcp((socket) => socket.destroy());
    expect(await faultOf(probe({ url: rude }))).toMatchObject({
      code: 'QDRANT_UNREACHABLE',
      params: { reason: 'reset' },
    });
  });

  it.each([
    ['a web page', 200, 'text/html', '<!doctype html><html>Hello</html>', 'web_page'],
    ['a web page that says 404', 404, 'text/html', '<html>Not here</html>', 'web_page'],
    ['other JSON', 200, 'application/json', '{"name":"elastic","version":{"number":"8"}}', 'shape'],
    ['a list', 200, 'application/json', '[]', 'shape'],
    ['plain text', 200, 'text/plain', 'OK', 'not_json'],
    ['nothing', 404, 'text/plain', '', 'shape'],
  ])('%s', async (_what, status, type, body, reason) => {
    const url = await serve((_request, response) => response.writeHead(status, { 'content-type': type }).end(body));
    expect(await faultOf(probe({ url }))).toMatchObject({ code: 'NOT_QDRANT', params: { reason } });
    const settings = await faultOf(openControl({ url }, undefined, 1).settings('c'));
    expect(settings).toMatchObject({ code: 'NOT_QDRANT', params: { reason } });
  });

  it('a redirect is reported and the key does not follow it', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const elsewhere = await serve((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    const url = await serve((_request, response) =>
      response.writeHead(307, { location: `${elsewhere}/x?key=s3cret` }).end(),
    );
    const params = { reason: 'redirect', location: `${elsewhere}/x` };
    expect(await faultOf(probe({ url, apiKey: FULL }))).toMatchObject({ code: 'NOT_QDRANT', params });
    expect(await faultOf(openControl({ url, apiKey: FULL }).count('c'))).toMatchObject({ code: 'NOT_QDRANT', params });
    expect(seen).toEqual([]);
  });

  it('a proxy that prints the request it did not like, key and all', async () => {
    const url = await serve((request, response) =>
      response.writeHead(400).end(`bad: ${JSON.stringify(request.headers)}`),
    );
    expect(await faultOf(openControl({ url, apiKey: FULL }).count('c'))).toMatchObject({ code: 'QDRANT_REFUSED' });
    expect(await faultOf(openControl({ url, apiKey: FULL }).list())).toMatchObject({ code: 'QDRANT_REFUSED' });
  });

  it('a server that never answers, when the caller has had enough', async () => {
    const url = await serve(() => undefined);
    const fault = await faultOf(openControl({ url }, AbortSignal.timeout(200)).list());
    expect(fault).toMatchObject({ code: 'QDRANT_UNREACHABLE', params: { reason: 'timeout' } });
    const abort = new AbortController();
    const listing = faultOf(openControl({ url }, abort.signal).list());
    abort.abort('no more');
    expect(await listing).toMatchObject({ code: 'CANCELLED' });
  });
});

describe('what may pass is tried again', () => {
  const target = (proxy: Proxy): { url: string; apiKey: string } => ({ url: proxy.url, apiKey: FULL });

  it('a cut connection and a busy server', async () => {
    const proxy = await behind(
      { path: /count/, times: 1, fault: { kind: 'cut-answer', bytes: 0 } },
      { path: /collections$/, times: 1, fault: { kind: 'answer', status: 503, body: 'busy' } },
    );
    expect(await openControl(target(proxy)).count('c')).toBe(0);
    expect(await openControl(target(proxy)).list()).toEqual(['c']);
    expect(proxy.seen).toHaveLength(4);
  });

  it.each([
    ['seconds', () => '1'],
    // A date has whole seconds: two ahead are at least one.
    ['a date', () => new Date(Date.now() + 2000).toUTCString()],
  ])('429, after the wait it asks for in %s', async (_how, header) => {
    const headers = { 'retry-after': header() };
    const proxy = await behind({ path: /count/, times: 1, fault: { kind: 'answer', status: 429, headers } });
    const begun = performance.now();
    expect(await openControl(target(proxy)).count('c')).toBe(0);
    expect(performance.now() - begun).toBeGreaterThan(900);
  });

  it('also through the client, which loses the header', async () => {
    for (const header of ['1', 'Wed, 21 Oct 2015 07:28:00 GMT']) {
      const headers = { 'retry-after': header };
      const proxy = await behind({ times: 1, fault: { kind: 'answer', status: 429, headers } });
      expect(await openControl(target(proxy)).list()).toEqual(['c']);
    }
  });

  it('but a collection is not made twice when nobody knows whether it was made', async () => {
    const proxy = await behind({ method: 'PUT', fault: { kind: 'cut-answer', bytes: 0 } });
    const made = openControl(target(proxy)).create('unsure', minimalSettings(4));
    expect(await faultOf(made)).toMatchObject({ code: 'QDRANT_UNREACHABLE', params: { reason: 'reset' } });
    expect(proxy.seen).toEqual(['PUT /collections/unsure']);
  });

  it('and what does not pass is told with its status', async () => {
    const proxy = await behind({ fault: { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' } });
    const fault = await faultOf(openControl(target(proxy), undefined, 2).list());
    expect(fault).toMatchObject({ code: 'QDRANT_REFUSED', params: { status: 502, reason: 'status 502' } });
    expect(proxy.seen).toHaveLength(2);
  });
});

it('keeps a path prefix', async () => {
  const paths: string[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url ?? '');
    const body =
      request.url === '/behind/proxy/'
        ? '{"title":"qdrant","version":"1.2.3"}'
        : '{"result":{"collections":[],"count":3}}';
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  const target = { url: `${url}/behind/proxy/dashboard#/collections` };
  expect(await probe(target)).toMatchObject({ version: '1.2.3', collections: 0 });
  expect(await openControl(target).count('a b')).toBe(3);
  expect(paths).toEqual([
    '/behind/proxy/',
    '/behind/proxy/collections',
    '/behind/proxy/collections/a%20b/points/count',
  ]);
});
