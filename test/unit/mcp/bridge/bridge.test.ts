import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../../../main/mcp/bridge/finder.ts';
import { sentences } from '../../../../main/mcp/bridge/sentences.ts';
import { bridged, result, scripted, type Scripted, type Serve } from './scripted-endpoint.ts';

const open: Scripted[] = [];
async function endpoint(...options: Parameters<typeof scripted>): Promise<Scripted> {
  const opened = await scripted(...options);
  open.push(opened);
  return opened;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const call = { id: 1, method: 'tools/call', params: { name: 'x' } };
const list = { id: 1, method: 'tools/list' };
const errorOf = (answer: unknown): { code: number; message: string; data?: unknown } =>
  (answer as { error: { code: number; message: string } }).error;
const to = (...at: Scripted[]) => {
  let next = 0;
  return () => Promise.resolve((at[Math.min(next++, at.length - 1)] as Scripted).at);
};

describe('what passes', () => {
  it('is the message as it is, and its answer', async () => {
    const there = await endpoint(result({ tools: [], nextCursor: 'é\u2028', _meta: { own: 1 } }));
    const { ask } = bridged(to(there));
    const answers = await ask({
      id: 'a',
      method: 'tools/list',
      params: { cursor: '日本', _meta: { progressToken: 7 } },
    });
    expect(there.asked[0]?.body.params).toEqual({ cursor: '日本', _meta: { progressToken: 7 } });
    expect(answers).toEqual([
      { jsonrpc: '2.0', id: 'a', result: { tools: [], nextCursor: 'é\u2028', _meta: { own: 1 } } },
    ]);
  });

  it('is said to come from the client, with the version it agreed on', async () => {
    const there = await endpoint(result({ protocolVersion: '2025-06-18' }));
    const { ask } = bridged(to(there));
    const params = { protocolVersion: '2025-11-25', clientInfo: { name: 'Zed', version: '1' }, capabilities: {} };
    await ask({ id: 1, method: 'initialize', params });
    await ask({ method: 'notifications/initialized' }, { id: 2, method: 'tools/list' });
    const [first, ...others] = there.asked.map(({ headers }) => headers);
    expect(first?.['mcp-protocol-version']).toBeUndefined();
    for (const headers of others) expect(headers['mcp-protocol-version']).toBe('2025-06-18');
    for (const { headers } of there.asked) expect(headers['user-agent']).toBe('Zed/1 via vectorkeep-mcp/9.9.9');
  });

  it('has the headers of the stateless revision', async () => {
    const there = await endpoint(result());
    const { ask } = bridged(to(there));
    const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    await ask({ ...call, params: { name: 'export_index', _meta } });
    expect(there.asked[0]?.headers).toMatchObject({
      ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'export_index' },
    });
  });

  it('is everything on a stream, in order: progress, a request of the server, the answer', async () => {
    const there = await endpoint(({ body }, response) => {
      const event = (message: object): string => `data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
      if (body.method === undefined) return void response.writeHead(202).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        `: keep\n\n${event({ method: 'notifications/progress', params: { progressToken: 1, progress: 1 } })}`,
      );
      response.end(`${event({ id: 'q', method: 'roots/list' })}${event({ id: body.id, result: {} })}`);
    });
    const { ask } = bridged(to(there));
    const answers = await ask(call);
    expect(answers.map((each) => ('method' in each ? each.method : each.id))).toEqual([
      ...['notifications/progress', 'roots/list', 1],
    ]);
    await ask({ id: 'q', result: { roots: [] } });
    expect(there.asked[1]?.body).toEqual({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
    expect(answers).toHaveLength(3);
  });

  it('is two hundred calls at once, each with its own answer', async () => {
    const there = await endpoint(({ body }, response) => result({ of: body.id })({ headers: {}, body }, response, 0));
    const { ask } = bridged(to(there));
    const answers = await ask(...Array.from({ length: 200 }, (_, id) => ({ ...call, id })));
    const ids = answers.map((each) => ('result' in each ? each.result['of'] : null)) as number[];
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, id) => id));
  });

  it('is an error of the endpoint, whatever its status, with the id of the request', async () => {
    const there = await endpoint((_, response) => {
      const error = { code: -32_601, message: 'Method not found', data: { x: 1 } };
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
    });
    const { ask, told } = bridged(to(there));
    const error = { code: -32_601, message: 'Method not found', data: { x: 1 } };
    expect(await ask({ id: 5, method: 'x' })).toEqual([{ jsonrpc: '2.0', id: 5, error }]);
    expect(told).toEqual([]);
  });
});

describe('a request that is cancelled', () => {
  it('is broken off, and has no answer', async () => {
    let gone: Promise<unknown> = new Promise(() => undefined);
    const there = await endpoint((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': waits\n\n');
      gone = once(response, 'close');
    });
    const { bridge, ask } = bridged(to(there));
    const other = ask({ id: '1', method: 'tools/call' });
    await expect.poll(() => there.asked.length).toBe(1);
    const answers = ask(call);
    await expect.poll(() => there.asked.length).toBe(2);
    void ask({ method: 'notifications/cancelled', params: { requestId: 1 } });
    await gone;
    expect(there.asked).toHaveLength(2);
    bridge.end();
    expect([await other, await answers]).toEqual([[], []]);
  });
});

describe('when the connection breaks', () => {
  const breaks: Serve = (_, response) => response.destroy();

  it('a call that may have been received is not sent again', async () => {
    const there = await endpoint(breaks);
    const { ask } = bridged(to(there));
    const [answer] = await ask(call);
    expect(errorOf(answer).message).toBe(sentences.unfinished);
    expect(there.asked).toHaveLength(1);
  });

  it('also when many wait for their turn', async () => {
    const there = await endpoint((asked, response, nth) => (nth % 2 === 0 ? breaks : result())(asked, response, nth));
    const { ask } = bridged(to(there));
    const answers = await ask(...Array.from({ length: 200 }, (_, id) => ({ ...call, id })));
    expect(new Set(there.asked.map(({ body }) => body.id)).size).toBe(200);
    expect(there.asked).toHaveLength(200);
    expect(answers.filter((each) => 'error' in each)).toHaveLength(100);
    expect(new Set(there.connections).size).toBe(200);
  });

  it('nor is one whose answer had begun', async () => {
    const there = await endpoint((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': waits\n\n', () => response.destroy());
    });
    const { ask } = bridged(to(there));
    expect(errorOf((await ask(call))[0]).message).toBe(sentences.unfinished);
    expect(there.asked).toHaveLength(1);
  });

  it('what changes nothing is asked once more', async () => {
    const there = await endpoint((asked, response, nth) => (nth === 1 ? breaks : result())(asked, response, nth));
    expect(await bridged(to(there)).ask(list)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    const never = await endpoint(breaks);
    expect(errorOf((await bridged(to(never)).ask(list))[0]).message).toBe(sentences.broken);
    expect(never.asked).toHaveLength(2);
  });

  it('a call that was refused goes to whoever is announced next', async () => {
    const old = await scripted(result());
    await old.close();
    const there = await endpoint(result());
    const stale: unknown[] = [];
    const { ask } = bridged((known) => {
      stale.push(known);
      return Promise.resolve(known === null ? old.at : there.at);
    });
    expect(await ask(call)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(stale).toEqual([null, old.at]);
  });
});

describe('a token that is not taken', () => {
  it('is looked up again, for a call too: nothing was read', async () => {
    const there = await endpoint(result(), { token: 'new' });
    const { ask } = bridged(to({ ...there, at: { ...there.at, token: 'old' } }, there));
    expect(await ask(call)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
    expect(there.asked).toHaveLength(2);
  });

  it('is given up on, in words without it', async () => {
    const there = await endpoint(result(), { token: 'new' });
    const { ask, told } = bridged(() => Promise.resolve({ ...there.at, token: 'hush-hush' }));
    const [answer] = await ask(call);
    expect(errorOf(answer)).toEqual({ code: -32_000, message: sentences.strange });
    expect(told).toEqual([sentences.strange]);
    expect(there.asked.length).toBeLessThan(5);
    expect(JSON.stringify([answer, told])).not.toContain('hush');
  });
});

describe('what is no endpoint', () => {
  it.each<[string, Serve]>([
    ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['nothing', (_, response) => response.writeHead(200).end()],
    ['a redirect', (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:9/mcp' }).end()],
    ['a note without an answer', (_, response) => response.writeHead(202).end()],
    ['no JSON', (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
    [
      'another protocol',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}'),
    ],
  ])('is told by %s, with an error', async (_name, serve) => {
    const there = await endpoint(serve);
    const { ask } = bridged(to(there));
    const answers = await ask(call);
    expect(answers).toHaveLength(1);
    expect([sentences.strange, sentences.unfinished]).toContain(errorOf(answers[0]).message);
  });
});

it('waits while the endpoint has too much to do', async () => {
  const there = await endpoint((asked, response, nth) => {
    if (nth > 1) result()(asked, response, nth);
    else response.writeHead(503, { 'retry-after': '1' }).end();
  });
  expect(await bridged(to(there)).ask(call)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
});

describe('when there is nobody', () => {
  it('every request is answered, notes are not, the person is told once, and then it goes on', async () => {
    let there: Scripted | null = null;
    const { ask, answers, told, bridge } = bridged(() =>
      there === null ? Promise.reject(new Unavailable('Nobody.')) : Promise.resolve(there.at),
    );
    await bridge.look();
    await ask(list, { ...call, id: 2 }, { method: 'notifications/initialized' });
    expect(answers.map((each) => errorOf(each).message)).toEqual(['Nobody.', 'Nobody.']);
    expect(told).toEqual(['Nobody.']);
    there = await endpoint(result());
    await ask({ ...call, id: 3 });
    expect(answers.at(-1)).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
    await there.close();
    there = null;
    await ask({ ...list, id: 4 });
    expect(told).toEqual(['Nobody.', 'Nobody.']);
  });

  it('what is no message is answered all the same', async () => {
    const { bridge, answers } = bridged(() => Promise.reject(new Unavailable('Nobody.')));
    bridge.take({ text: 'hello' });
    bridge.take({ tooLong: true, start: '{"id":7,"x":"', end: '' });
    expect(answers.map((each) => ('id' in each ? each.id : undefined))).toEqual([null, 7]);
    await bridge.settled();
  });
});
