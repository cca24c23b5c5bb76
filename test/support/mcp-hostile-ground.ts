/** A real endpoint in a program of its own, hostile requests to it, and everything that must be the same after them. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { z } from 'zod';
import { startQdrant } from './qdrant.ts';

/** Milliseconds that the hasty endpoint gives a head, and a body. */
export const HASTE_MS = 1000;
/** A raw connection that is neither answered nor closed is given up after this long. */
const RAW_MS = 20_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
export interface CallAnswer {
  readonly id: unknown;
  readonly isError: boolean;
  /** `error.code` of the outcome, or the code of the protocol's error. */
  readonly code: string | number | null;
  readonly outcome: Readonly<Record<string, unknown>>;
  readonly text: string;
}
export interface Ways {
  readonly method?: string;
  readonly path?: string;
  /** undefined leaves out what is sent otherwise; a list sends it more than once. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}
const urls = z.object({ usual: z.string(), hasty: z.string() });
const memory = z.object({ heap: z.number(), held: z.number() });
const reply = z.object({
  id: z.unknown(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
  result: z
    .looseObject({
      isError: z.boolean().optional(),
      structuredContent: z.looseObject({ error: z.looseObject({ code: z.string() }).optional() }).optional(),
    })
    .optional(),
});

export type HostileGround = Awaited<ReturnType<typeof openHostileGround>>;
export type Stand = Awaited<ReturnType<HostileGround['stand']>>;

/** In `base` there are `home`, `exports`, `shared` (allowed), `vault` and whatever the test adds before `served`. */
export async function openHostileGround() {
  const qdrant = await startQdrant();
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'vk-hostile-')));
  for (const name of ['home', 'exports', 'shared', 'cwd']) mkdirSync(join(base, name), { mode: 0o700 });
  const silent = await startSilent();
  const child = fork(
    new URL('mcp-served.ts', import.meta.url),
    [base, qdrant.url, `http://127.0.0.1:${silent.port}`, String(HASTE_MS)],
    { cwd: join(base, 'cwd'), execArgv: ['--expose-gc'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let printed = '';
  child.stdout?.on('data', (part: Buffer) => (printed += part.toString('latin1')));
  child.stderr?.on('data', (part: Buffer) => (printed += part.toString('latin1')));
  const ended = once(child, 'exit');
  const early = ended.then(() => Promise.reject(new Error(`It ended: ${printed}`)));
  early.catch(() => undefined);
  const [ports] = (await Promise.race([once(child, 'message'), early])) as [unknown];
  const { usual, hasty } = urls.parse(ports);
  const tokenIn = (home: string) => readFileSync(join(base, home, 'mcp-token'), 'utf8').trim();
  const token = tokenIn('home');
  const port = Number(new URL(usual).port);
  /** Every byte that any answer held, as text. */
  const heard: string[] = [];

  /** One request with all of it under control. Rejects when the connection is closed without an answer. */
  function send(body: string | Buffer | undefined, ways: Ways = {}): Promise<HttpAnswer> {
    const { method = 'POST', path = '/mcp' } = ways;
    const all: Ways['headers'] & {} = {
      ...{ host: `127.0.0.1:${port}`, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...{ accept: 'application/json, text/event-stream', connection: 'close' },
      ...ways.headers,
    };
    const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: headers as OutgoingHttpHeaders,
        setHost: false,
      };
      const request = httpRequest({ ...options, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => {
          heard.push(JSON.stringify(response.rawHeaders), text);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
        response.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Writes parts to a connection of its own, and returns what comes until it is closed. */
  async function raw(parts: Iterable<string | Buffer> | AsyncIterable<string | Buffer>, to = usual): Promise<string> {
    const socket = connect(Number(new URL(to).port), '127.0.0.1');
    let text = '';
    socket.on('data', (part: Buffer) => (text += part.toString('latin1')));
    // A reset is an end as good as any.
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'connect').catch(() => undefined);
    void (async () => {
      for await (const part of parts) if (!socket.destroyed) socket.write(part);
    })();
    const limit = AbortSignal.timeout(RAW_MS);
    limit.addEventListener('abort', () => socket.destroy(new Error('not closed')));
    await closed;
    heard.push(text);
    return limit.aborted ? `NOT CLOSED: ${text}` : text;
  }

  /** A call of a tool as a client of before 2026 makes it. */
  async function call(
    tool: string,
    args: Readonly<Record<string, unknown>> = {},
    id: unknown = 1,
  ): Promise<CallAnswer> {
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: tool, arguments: args } });
    const answer = await send(body);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    const { id: back, error, result } = replyIn(answer.text);
    return {
      ...{ id: back, isError: error !== undefined || result?.isError === true, text: answer.text },
      code: error?.code ?? result?.structuredContent?.error?.code ?? null,
      outcome: result?.structuredContent ?? {},
    };
  }

  const control = new QdrantClient({ url: qdrant.url, checkCompatibility: false });
  return {
    ...{ qdrant, control, base, token, port, heard, send, raw, call },
    hasty: { url: hasty, port: Number(new URL(hasty).port), token: tokenIn('home-hasty') },
    silentPort: silent.port,
    /** Connections that reached the server that never answers. */
    reachedSilent: () => silent.reached(),
    printed: () => printed,
    alive: () => child.exitCode === null && child.signalCode === null,
    putExport: (name: string, text: string) => writeFileSync(join(base, 'exports', name), text),
    /** Bytes on the heap after it was swept, and how many sockets, timers and the like are held. */
    async memory(): Promise<z.infer<typeof memory>> {
      child.send('memory');
      const [message] = (await once(child, 'message')) as [unknown];
      return memory.parse(message);
    },
    /** All that a hostile client could have written, but for the export folder and what the program notes for itself. */
    stand: async () => ({ files: filesIn(base), points: await pointsIn(qdrant.url) }),
    async close() {
      if (child.connected) child.send('close');
      await ended;
      silent.close();
      await qdrant.stop();
      rmSync(base, { recursive: true });
    },
  };
}

/** The message in a body, or in the last event of a stream. */
function replyIn(text: string): z.infer<typeof reply> {
  const data = text.split('\n').findLast((line) => line.startsWith('data: {'));
  return reply.parse(JSON.parse(data?.slice('data: '.length) ?? text));
}

/** Takes connections and says nothing. */
async function startSilent() {
  const sockets = new Set<Socket>();
  let reached = 0;
  const server = createServer((socket) => {
    reached += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    reached: () => reached,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const OWN_NOTES = /^home(-hasty)?\/audit(\.old)?\.jsonl$/;

/** Path to kind and digest of everything outside of the export folder; links are not followed. */
function filesIn(base: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (below: string): void => {
    for (const name of readdirSync(join(base, below))) {
      const path = below === '' ? name : `${below}/${name}`;
      if (path === 'exports' || OWN_NOTES.test(path)) continue;
      const stat = lstatSync(join(base, path));
      if (stat.isDirectory()) look(path);
      const content = stat.isFile()
        ? readFileSync(join(base, path))
        : stat.isSymbolicLink()
          ? readlinkSync(join(base, path))
          : '';
      found[path] = `${stat.mode} ${createHash('sha256').update(content).digest('hex')}`;
    }
  };
  look('');
  return found;
}

/** Name of each collection to its points, payloads and vectors. */
async function pointsIn(url: string): Promise<Record<string, unknown>> {
  // A client of its own: the server may have closed the connections of one that was not used for seconds.
  const control = new QdrantClient({ url, checkCompatibility: false });
  const { collections } = await control.getCollections();
  const names = collections.map(({ name }) => name).sort();
  const pages = await Promise.all(
    names.map(async (name) => {
      const options = { limit: 10_000, with_payload: true, with_vector: true };
      return [name, (await control.scroll(name, options)).points] as const;
    }),
  );
  return Object.fromEntries(pages);
}

/** Waits until a condition holds that a test has brought about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + RAW_MS;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error(`Waited in vain for ${what}.`);
    await pause(20);
  }
}
