import { addressOf } from './address.ts';
import { ConnectionPool, type Patience } from './connection.ts';
import type { QdrantTarget } from './target.ts';

/** A body whose bytes are `buf[0..length)`; `buf[length]` is 0, as the scanner wants it. */
export interface Body {
  readonly buf: Buffer;
  readonly length: number;
}

export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
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
  readonly #host: string;
  readonly #patience: Patience;
  readonly #connections: ConnectionPool;
  /** The smallest first. */
  readonly #spare: Buffer[] = [];

  constructor(target: QdrantTarget, connections: number, patience: Partial<Patience> = {}) {
    const address = addressOf(target);
    this.address = address.base;
    this.#headers = address.headers;
    this.#host = new URL(address.base).host;
    this.#patience = { ...USUAL, ...patience };
    this.#connections = new ConnectionPool(address, connections);
  }

  /** What must not be repeated in a message, even where a proxy prints the request that it did not like. */
  get secrets(): readonly string[] {
    return Object.values(this.#headers).map((value) => value.replace(/^Basic /, ''));
  }

  /** Sends JSON text, given as the pieces it is made of, to `path` below the base, and reads the whole answer. */
  async send(
    method: string,
    path: string,
    pieces: readonly Uint8Array[],
    signal: AbortSignal,
    patience: Partial<Patience> = {},
  ): Promise<Answer> {
    const connection = await this.#connections.take(signal);
    let reusable = false;
    const answer = new AnswerBuffer(
      (size) => this.#take(size),
      (buf) => this.release(buf),
    );
    try {
      const head = this.#head(method, path, pieces);
      reusable = await connection.exchange(head, pieces, answer, { ...this.#patience, ...patience, signal });
      return answer.whole();
    } finally {
      this.#connections.giveBack(connection, reusable);
    }
  }

  #head(method: string, path: string, pieces: readonly Uint8Array[]): string {
    let length = 0;
    for (const piece of pieces) length += piece.length;
    const { pathname, search } = new URL(`${this.address}/${path}`);
    const headers: Record<string, string | number> = { host: this.#host, ...this.#headers, accept: 'application/json' };
    if (length > 0) Object.assign(headers, { 'content-type': 'application/json', 'content-length': length });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}connection: keep-alive\r\n\r\n`;
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
    if (buf.length < 1 << 16) return;
    this.#spare.push(buf);
    this.#spare.sort((a, b) => a.length - b.length);
    // The small ones would rarely do.
    if (this.#spare.length > MOST_SPARE) this.#spare.shift();
  }

  close(): void {
    this.#connections.close();
  }
}

const MOST_SPARE = 4;

/** One answer as it comes in, in one buffer. */
class AnswerBuffer {
  readonly #take: (size: number) => Buffer;
  readonly #release: (buf: Buffer) => void;
  #status = 0;
  #headers: Answer['headers'] = {};
  #buf: Buffer = Buffer.alloc(1);
  #length = 0;

  constructor(take: (size: number) => Buffer, release: (buf: Buffer) => void) {
    this.#take = take;
    this.#release = release;
  }

  head(status: number, headers: Answer['headers']): void {
    const announced = Number(headers['content-length'] ?? Number.NaN);
    this.#status = status;
    this.#headers = headers;
    this.#buf = this.#take(announced < LARGEST_BELIEVED ? announced + 1 : 1 << 16);
  }

  body(bytes: Buffer): void {
    if (this.#length + bytes.length + 1 > this.#buf.length) {
      const larger = this.#take(Math.max(this.#buf.length * 2, this.#length + bytes.length + 1));
      this.#buf.copy(larger, 0, 0, this.#length);
      this.#release(this.#buf);
      this.#buf = larger;
    }
    bytes.copy(this.#buf, this.#length);
    this.#length += bytes.length;
  }

  whole(): Answer {
    this.#buf[this.#length] = 0;
    return { status: this.#status, headers: this.#headers, body: { buf: this.#buf, length: this.#length } };
  }
}
