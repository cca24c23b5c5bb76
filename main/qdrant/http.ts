import http from 'node:http';
import https from 'node:https';
import { addressOf } from './address.ts';
import type { QdrantTarget } from './target.ts';

/** A body whose bytes are `buf[0..length)`; `buf[length]` is 0, as the scanner wants it. */
export interface Body {
  readonly buf: Buffer;
  readonly length: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Body;
}

/** A request ended by its own deadline, not by the network. Its name is the one that a fetch would give it. */
class SilentServer extends Error {
  override readonly name = 'TimeoutError';
}

/** How long one request may take, in milliseconds. */
export interface Patience {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** In all: a drip is alive, but a page that takes longer than this will not let the job end. */
  readonly totalMs: number;
}

const USUAL: Patience = { connectMs: 10_000, silenceMs: 120_000, totalMs: 600_000 };
/** For a request that the server answers only when it has worked off everything before it. */
export const PATIENT: Partial<Patience> = { silenceMs: 3_600_000, totalMs: 3_600_000 };

/** A length in a header is believed up to this many bytes; a longer body is taken in as it comes. */
const LARGEST_BELIEVED = 256 << 20;

/**
 * Plain HTTP to one Qdrant over a few kept-alive connections, bodies as bytes. The official client parses and
 * rebuilds every number; points go through here instead, as text. Errors are the network's own; the callers
 * translate them. Redirects are not followed: an API does not redirect, and a key must not travel.
 */
export class QdrantHttp {
  /** Where requests go, for messages. */
  readonly address: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #patience: Patience;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #spare: Buffer[] = [];

  constructor(target: QdrantTarget, connections: number, patience: Partial<Patience> = {}) {
    const { scheme, base, headers } = addressOf(target);
    this.address = base;
    this.#headers = headers;
    this.#patience = { ...USUAL, ...patience };
    const secure = scheme === 'https';
    const options = { keepAlive: true, maxSockets: connections, noDelay: true };
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options);
    this.#request = secure ? https.request : http.request;
  }

  /** What must not be repeated in a message, even where a proxy prints the request that it did not like. */
  get secrets(): readonly string[] {
    return Object.values(this.#headers).map((value) => value.replace(/^Basic /, ''));
  }

  /** Sends JSON text, given as the pieces it is made of, to `path` below the base, and reads the whole answer. */
  send(
    method: string,
    path: string,
    pieces: readonly Uint8Array[],
    signal: AbortSignal,
    patience: Partial<Patience> = {},
  ): Promise<Answer> {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const headers: http.OutgoingHttpHeaders = { ...this.#headers, accept: 'application/json' };
    if (length > 0) Object.assign(headers, { 'content-type': 'application/json', 'content-length': length });
    return new Promise((resolve, reject) => {
      const request = this.#request(
        new URL(`${this.address}/${path}`),
        { method, headers, agent: this.#agent, signal },
        (response) => {
          this.#collect(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
            reject,
          );
        },
      );
      request.on('error', reject);
      limitTime(request, { ...this.#patience, ...patience });
      for (const piece of pieces) request.write(piece);
      request.end();
    });
  }

  #collect(response: http.IncomingMessage): Promise<Body> {
    const announced = Number(response.headers['content-length'] ?? Number.NaN);
    let buf = this.#take(announced < LARGEST_BELIEVED ? announced + 1 : 1 << 16);
    let length = 0;
    return new Promise((resolve, reject) => {
      // Not an async iterator: a promise for each of a thousand chunks costs more than the copying.
      response.on('data', (chunk: Buffer) => {
        if (length + chunk.length + 1 > buf.length) {
          const larger = this.#take(Math.max(buf.length * 2, length + chunk.length + 1));
          buf.copy(larger, 0, 0, length);
          this.release(buf);
          buf = larger;
        }
        chunk.copy(buf, length);
        length += chunk.length;
      });
      response.on('error', reject);
      response.on('close', () => {
        buf[length] = 0;
        if (response.complete) resolve({ buf, length });
        else reject(Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' }));
      });
    });
  }

  /** Large buffers are used again: a fresh one for each page would make memory follow the garbage collector's mood. */
  #take(size: number): Buffer {
    const index = this.#spare.findIndex((buf) => buf.length >= size);
    const found = this.#spare[index];
    if (found === undefined) return Buffer.allocUnsafeSlow(size + (size >> 3));
    this.#spare.splice(index, 1);
    return found;
  }

  /** Gives a body's buffer back once nothing looks at it any more. */
  release(buf: Buffer): void {
    if (this.#spare.length < 4 && buf.length >= 1 << 16) this.#spare.push(buf);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function limitTime(request: http.ClientRequest, { connectMs, silenceMs, totalMs }: Patience): void {
  const giveUp = (): void => void request.destroy(new SilentServer('no answer in time'));
  const total = setTimeout(giveUp, totalMs);
  request.once('close', () => clearTimeout(total));
  request.setTimeout(silenceMs, giveUp);
  request.once('socket', (socket) => {
    if (!socket.connecting) return;
    // The request's own clock starts when the connection stands.
    const connect = setTimeout(giveUp, connectMs);
    socket.once('connect', () => clearTimeout(connect));
    request.once('close', () => clearTimeout(connect));
  });
}
