import http from 'node:http';
import https from 'node:https';
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

/** A request ended by its own deadline, not by the network: nothing came or went for that long. */
export class SilentServer extends Error {
  override readonly name = 'SilentServer';
}

/** How long a connection may be silent. A slow drip is alive; a dead peer is not. */
const SILENCE_MS = 120_000;
const CONNECT_MS = 10_000;

/**
 * Plain HTTP to one Qdrant over a few kept-alive connections, bodies as bytes. The official client parses and
 * rebuilds every number; points go through here instead, as text. Errors are the network's own; the callers
 * translate them. Redirects are not followed: an API does not redirect, and a key must not travel.
 */
export class QdrantHttp {
  /** Where requests go, for messages. */
  readonly address: string;
  readonly #base: URL;
  readonly #apiKey: string | undefined;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #spare: Buffer[] = [];

  constructor(target: QdrantTarget, connections: number) {
    this.#base = new URL(target.url.endsWith('/') ? target.url : `${target.url}/`);
    this.address = this.#base.origin;
    this.#apiKey = target.apiKey;
    const secure = this.#base.protocol === 'https:';
    const options = { keepAlive: true, maxSockets: connections, noDelay: true };
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options);
    this.#request = secure ? https.request : http.request;
  }

  /** Sends JSON text, given as the pieces it is made of, and reads the whole answer. */
  send(method: string, path: string, pieces: readonly Uint8Array[], signal: AbortSignal): Promise<Answer> {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const headers: http.OutgoingHttpHeaders = { accept: 'application/json' };
    if (length > 0) Object.assign(headers, { 'content-type': 'application/json', 'content-length': length });
    if (this.#apiKey !== undefined) headers['api-key'] = this.#apiKey;
    return new Promise((resolve, reject) => {
      const request = this.#request(
        new URL(path, this.#base),
        { method, headers, agent: this.#agent, signal },
        (response) => {
          response.on('error', reject);
          this.#collect(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
            reject,
          );
        },
      );
      request.on('error', reject);
      request.on('socket', (socket) => {
        socket.setTimeout(socket.connecting ? CONNECT_MS : SILENCE_MS);
        if (socket.connecting) socket.once('connect', () => socket.setTimeout(SILENCE_MS));
      });
      request.on('timeout', () => request.destroy(new SilentServer('no answer in time')));
      for (const piece of pieces) request.write(piece);
      request.end();
    });
  }

  async #collect(response: http.IncomingMessage): Promise<Body> {
    const announced = Number(response.headers['content-length'] ?? Number.NaN);
    let buf = this.#take(Number.isSafeInteger(announced) ? announced + 1 : 1 << 16);
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (length + chunk.length + 1 > buf.length) {
        const larger = this.#take(Math.max(buf.length * 2, length + chunk.length + 1));
        buf.copy(larger, 0, 0, length);
        this.release(buf);
        buf = larger;
      }
      chunk.copy(buf, length);
      length += chunk.length;
    }
    if (!response.complete) throw Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' });
    buf[length] = 0;
    return { buf, length };
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
