/**
 * A proxy of our own between the program and Qdrant that makes network faults on demand: cuts, delays, drips, refused
 * connections, canned answers. It works on real sockets, so what the program sees is what a bad network does.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export type Fault =
  /** Answered by the proxy itself; Qdrant never sees the request. `headers` e.g. `{ 'retry-after': '1' }`. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** Qdrant does the work, and the connection breaks after this many bytes of its answer's body; 0: before any answer. */
  | { readonly kind: 'cut-answer'; readonly bytes: number }
  /** The connection breaks after this many bytes of the request's body; Qdrant never sees the request. */
  | { readonly kind: 'cut-request'; readonly bytes: number }
  /** The request waits this long before it goes on, or until there are other rules; one that was given up goes nowhere. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The answer trickles: this many bytes, a pause, and so on. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number };

export interface Rule {
  /** e.g. `POST`; default: any. */
  readonly method?: string;
  /** Matched against path and query, e.g. `/\/points\/scroll/`; default: any. */
  readonly path?: RegExp;
  /** How many matching requests pass before the fault begins. Default 0. */
  readonly after?: number;
  /** How many matching requests are hit. Default: all. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Proxy {
  readonly url: string;
  readonly port: number;
  /** Every request seen, e.g. `POST /collections/a/points/scroll`, in order. */
  readonly seen: readonly string[];
  /** Replaces the rules; the first that matches a request is used. Counts start anew. */
  setRules(rules: readonly Rule[]): void;
  /** Breaks every open connection with a reset. */
  cutAll(): void;
  /** Stops listening, so that new connections are refused, and breaks the open ones. */
  refuse(): Promise<void>;
  /** Listens on the same port again. */
  accept(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a proxy on a free loopback port in front of `target` (http URL). `onRequest` is told how many it has seen. */
export async function startProxy(
  target: string,
  rules: readonly Rule[] = [],
  onRequest?: (seen: number) => void,
): Promise<Proxy> {
  const upstream = new URL(target);
  const sockets = new Set<Socket>();
  const seen: string[] = [];
  let active = rules.map((rule) => ({ rule, matched: 0 }));

  const faultFor = (method: string, path: string): Fault | undefined => {
    for (const entry of active) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      const turn = entry.matched++ - (rule.after ?? 0);
      if (turn >= 0 && turn < (rule.times ?? Infinity)) return rule.fault;
    }
    return undefined;
  };

  let held = new AbortController();
  const heldFor = (ms: number): Promise<void> => pause(ms, undefined, held).catch(() => undefined);

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    // Kept here: a request that is destroyed forgets its socket.
    const { socket } = incoming;
    const method = incoming.method ?? 'GET';
    const path = incoming.url ?? '/';
    seen.push(`${method} ${path}`);
    onRequest?.(seen.length);
    const fault = faultFor(method, path);
    if (fault?.kind === 'answer') {
      incoming.resume();
      outgoing.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    if (fault?.kind === 'cut-request') {
      let got = 0;
      incoming.on('data', (chunk: Buffer) => {
        got += chunk.length;
        if (got >= fault.bytes) socket.resetAndDestroy();
      });
      incoming.on('end', () => socket.resetAndDestroy());
      return;
    }
    if (fault?.kind === 'delay') await heldFor(fault.ms);
    if (socket.destroyed) return;
    const forward = request({
      host: upstream.hostname,
      port: upstream.port,
      method,
      path,
      headers: incoming.headers,
      agent: false,
    });
    forward.on('error', () => socket.destroy());
    outgoing.on('close', () => forward.destroy());
    forward.on('response', (answer) => {
      pass(answer, outgoing, socket, fault).catch(() => socket.destroy());
    });
    incoming.pipe(forward);
  };

  const server = createServer((incoming, outgoing) => {
    const { socket } = incoming;
    serve(incoming, outgoing).catch(() => socket.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cutAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const refuse = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    cutAll();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    setRules: (next) => {
      active = next.map((rule) => ({ rule, matched: 0 }));
      held.abort();
      held = new AbortController();
    },
    cutAll,
    refuse,
    accept: () => listen(port),
    stop: refuse,
  };
}

/** Works through a proxy that is gone afterwards, however the work ends. */
export async function behindProxy<T>(
  target: string,
  rules: readonly Rule[],
  work: (proxy: Proxy) => Promise<T>,
): Promise<T> {
  const proxy = await startProxy(target, rules);
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
  }
}

async function pass(answer: IncomingMessage, outgoing: ServerResponse, socket: Socket, fault?: Fault): Promise<void> {
  if (fault?.kind === 'cut-answer' && fault.bytes === 0) {
    socket.resetAndDestroy();
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  let sent = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (fault?.kind === 'cut-answer' && sent + chunk.length >= fault.bytes) {
      const last = chunk.subarray(0, fault.bytes - sent);
      // The bytes must arrive before the break, or the cut would come earlier than asked.
      await new Promise((resolve) => outgoing.write(last, resolve));
      socket.destroy();
      return;
    }
    const step = fault?.kind === 'drip' ? fault.bytes : chunk.length;
    for (let at = 0; at < chunk.length; at += step) {
      if (outgoing.destroyed) return;
      outgoing.write(chunk.subarray(at, at + step));
      if (fault?.kind === 'drip') await pause(fault.everyMs);
    }
    if (outgoing.writableNeedDrain) await takesMore(outgoing);
    sent += chunk.length;
  }
  outgoing.end();
}

/** Until there is room in it again, or it is gone. Takes its listeners away again: an answer waits like this many times. */
function takesMore(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off('drain', done).off('close', done);
      resolve();
    };
    outgoing.on('drain', done).on('close', done);
  });
}
