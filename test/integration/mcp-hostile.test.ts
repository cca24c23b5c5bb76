/*
 * A hostile client against the real endpoint in a program of its own: nothing leaks, nothing is written, the service stays
 * up, memory stays flat. Heads and bodies one at a time are in mcp-hostile-heads.test.ts, paths and texts in
 * mcp-hostile-paths.test.ts.
 *
 * The safety lines of the design, and what fails here when the protection is taken out:
 *   1 this machine only, no web pages   mcp-hostile-heads.test.ts: 'a foreign host', 'any origin'
 *   2 the token                         mcp-hostile-heads.test.ts: 'credentials', 'the token in the URL', 'what clients look for'
 *   3 bodies                            mcp-hostile-heads.test.ts: 'a body that is no message', 'a size', 'UTF-8', 'depth'
 *   4 paths                             mcp-hostile-paths.test.ts: 'a path', 'a folder that is swapped all the while'
 *   5 configured connections only       mcp-hostile-paths.test.ts: 'a URL of the client'
 *   9 no payload text, plain names      mcp-hostile-paths.test.ts: 'names and reasons', and the sweep at the end of both
 *   6 one writing job, bounds           mcp-jobs.test.ts, 'a thousand calls' here, test/unit/mcp/agent-jobs.test.ts
 *   7 discovery and bridge              mcp-bridge.test.ts, test/unit/mcp/discovery.test.ts, test/unit/mcp/bridge/announced.test.ts
 *   8 the log                           test/unit/mcp/audit-log.test.ts, test/unit/mcp/call-note.test.ts
 * Addresses other than 127.0.0.1, the mode of the token's file and its renewal: test/unit/mcp/endpoint.test.ts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provedAfterwards, rpc, SECRET, toolCall } from '../support/mcp-aftermath.ts';
import { fillCollection } from '../support/mcp-ground.ts';
import { HASTE_MS, openHostileGround, until } from '../support/mcp-hostile-ground.ts';
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

describe('slowness', () => {
  const head = () =>
    `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${ground.hasty.port}\r\nAuthorization: Bearer ${ground.hasty.token}\r\nContent-Type: application/json\r\n`;
  /** A little at a time, for longer than anybody has patience. */
  async function* drip(first: string, part: string) {
    yield first;
    for (let n = 0; n < 40; n++) {
      await pause(HASTE_MS / 5);
      yield part;
    }
  }

  it('heads and bodies that come a little at a time are cut off', async () => {
    const { url } = ground.hasty;
    const answers = await Promise.all([
      ground.raw(drip('POST /mcp HTTP/1.1\r\n', 'X: y\r\n'), url),
      ground.raw(drip(`${head()}Content-Length: 1000\r\n\r\n`, '{'), url),
      ground.raw(drip(`${head()}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'), url),
      ground.raw(drip('', ''), url),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^$|^HTTP\/1\.1 408 /);
  });

  it('connections that say nothing do not keep others out for long', async () => {
    const { url } = ground.hasty;
    const all = Promise.all(Array.from({ length: 128 }, () => ground.raw([], url)));
    expect((await all).filter((answer) => answer.startsWith('NOT CLOSED'))).toEqual([]);
    expect(await ground.raw([`${head()}Connection: close\r\nContent-Length: 1\r\n\r\n1`], url)).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });
});

describe('many at once', () => {
  it('a thousand calls are answered or put off, each with its own answer', async () => {
    const asked = Array.from({ length: 1000 }, (_, n) => n);
    const answers = await Promise.all(
      asked.map((n) =>
        ground
          .send(rpc('tools/call', { name: 'get_job', arguments: { job_id: `job-of-${n}.` } }, n))
          // Beyond what it holds at once, connections are closed as they come.
          .catch(() => null),
      ),
    );
    const done = answers.map((answer) => answer?.status ?? 'closed');
    expect(done.filter((status) => ![200, 503, 'closed'].includes(status))).toEqual([]);
    expect(done.filter((status) => status === 200).length).toBeGreaterThanOrEqual(32);
    for (const [n, answer] of answers.entries())
      if (answer?.status === 200)
        expect(new Set(answer.text.match(/job-of-\d+\./g))).toEqual(new Set([`job-of-${n}.`]));
    expect(await ground.call('list_backups')).toMatchObject({ isError: false });
  });

  it('two clients that use the same ids get their own answers', async () => {
    const asked = Array.from({ length: 100 }, (_, n) => ({ client: n % 2 === 0 ? 'a' : 'b', id: Math.floor(n / 20) }));
    for (let at = 0; at < asked.length; at += 20) {
      await Promise.all(
        asked.slice(at, at + 20).map(async ({ client, id }) => {
          const answer = await ground.call('get_job', { job_id: `${client}-asks` }, id);
          expect(answer.id).toBe(id);
          expect(answer.outcome).toMatchObject({ error: { details: { job: `${client}-asks` } } });
        }),
      );
    }
  });

  it('nobody ends the waiting of another by its id', async () => {
    const started = await ground.call('export_index', { connection: 'silent', collection: 'x', wait_seconds: 0 });
    const { job_id } = started.outcome;
    const waiting = ground.call('get_job', { job_id, wait_seconds: 2 }, 'mine');
    const stranger = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 'mine' },
    });
    for (let n = 0; n < 5; n++) expect((await ground.send(stranger)).status).toBe(202);
    expect((await waiting).outcome).toMatchObject({ status: 'running', job_id });
    expect((await ground.call('cancel_job', { job_id })).outcome).toMatchObject({ status: 'cancelled' });
  });

  it('subscriptions leave places for work, and end with their connections', async () => {
    const stop = new AbortController();
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const listen = () =>
      fetch(`http://127.0.0.1:${ground.port}/mcp`, {
        method: 'POST',
        signal: stop.signal,
        headers: {
          ...{ ...headers, authorization: `Bearer ${ground.token}`, 'content-type': 'application/json' },
          accept: 'application/json, text/event-stream',
        },
        body: rpc('subscriptions/listen', { notifications: { toolsListChanged: true }, _meta }),
      });
    const streams = await Promise.all(Array.from({ length: 40 }, listen));
    const open = streams.filter(({ headers: each }) => each.get('content-type') === 'text/event-stream');
    expect(open.length).toBeGreaterThan(0);
    expect(await ground.call('list_backups')).toMatchObject({ isError: false });
    stop.abort();
  });
});

it('memory and what is held stay flat over thousands of hostile requests', async () => {
  const big = toolCall('get_job', { job_id: 'x'.repeat(200_000) });
  const kinds: (() => Promise<unknown>)[] = [
    () => post({ headers: { authorization: 'Bearer no' } }),
    () => post({ headers: { host: 'evil.example' } }),
    () => post({ headers: { origin: 'null' } }),
    () => ground.send('{'),
    () => ground.send(`[${WRITES}]`),
    () => ground.send(big),
    () => ground.send(rpc(`unknown-${Math.random()}`)),
    () => ground.call(`unknown-${Math.random()}`),
    () => ground.call('get_job', { job_id: String(Math.random()) }),
    () => ground.call('import_index', { input_path: `../${Math.random()}` }),
    () => ground.raw([`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${ground.port}\r\nX: \u0000\r\n\r\n`]),
    () => post({ headers: { authorization: undefined }, path: `/${Math.random()}` }),
  ];
  const attack = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) await Promise.all(kinds.map((kind) => kind()));
  };
  await attack(50);
  const first = await ground.memory();
  await attack(250);
  await until('connections to be given up', async () => (await ground.memory()).held <= first.held + 5);
  const last = await ground.memory();
  // Three thousand requests: less than a tenth more on the heap than after the first six hundred.
  expect(last.heap / first.heap).toBeLessThan(1.1);
});

provedAfterwards(() => ({ ground, before, secrets: [SECRET] }));
