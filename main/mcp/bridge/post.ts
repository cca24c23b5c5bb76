/** Requests to the endpoint, as the protocol's transport makes them through `fetch`. */
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** `received`: whether the other side may have got the request. */
export class ConnectionLost extends Error {
  readonly received: boolean;
  constructor(cause: unknown, received: boolean) {
    super('The connection was lost', { cause });
    this.received = received;
  }
}

/**
 * Not Node's own fetch: that may send the token through a proxy that the environment names, gives up on an answer after five
 * minutes, and sends a call on a connection that the other side is just closing. So each request has a connection of its own,
 * straight to this machine. An agent with a bound of its own would hand connections on, whatever it was told.
 */
const agent = new Agent({ keepAlive: false });

/** Connections at once. The endpoint takes fewer requests than that at once, and more connections. */
const MOST_OPEN = 64;
let open = 0;
const waiting: (() => void)[] = [];

async function enter(): Promise<void> {
  if (open >= MOST_OPEN) await new Promise<void>((resolve) => waiting.push(resolve));
  else open += 1;
}

/** Whoever waits longest gets the place. */
function leave(): void {
  const next = waiting.shift();
  if (next === undefined) open -= 1;
  else next();
}

/** Rejects with ConnectionLost, or with the reason of the signal. No redirect is followed. */
export async function post(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const { method = 'GET', headers, body, signal } = init;
  await enter();
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      leave();
      reject(signal.reason as Error);
      return;
    }
    let connected = false;
    const sent = request(url, {
      ...{ method, agent },
      headers: {
        ...Object.fromEntries(new Headers(headers)),
        ...(typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {}),
      },
    });
    const abort = (): void => {
      sent.destroy();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    sent.once('close', () => {
      signal?.removeEventListener('abort', abort);
      leave();
    });
    sent.once('socket', (socket) => {
      connected = !socket.connecting;
      socket.once('connect', () => (connected = true));
    });
    sent.once('error', (error) => reject(new ConnectionLost(error, connected)));
    sent.once('response', (response) => resolve(webResponse(response)));
    sent.end(typeof body === 'string' ? body : undefined);
  });
}

function webResponse(from: IncomingMessage): Response {
  const headers = new Headers();
  for (let at = 0; at + 1 < from.rawHeaders.length; at += 2)
    headers.append(from.rawHeaders[at] ?? '', from.rawHeaders[at + 1] ?? '');
  const status = from.statusCode ?? 500;
  const hasBody = ![204, 205, 304].includes(status);
  if (!hasBody) from.resume();
  // The types of Node's own streams and of the window's are two.
  const body = hasBody ? (Readable.toWeb(from) as unknown as ReadableStream) : null;
  return new Response(body, { status, headers });
}
