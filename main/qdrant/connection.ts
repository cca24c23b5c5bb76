import net from 'node:net';
import tls from 'node:tls';
import { Fault } from '../faults/fault.ts';
import type { Address } from './address.ts';
import { notHttp, ResponseParser, type ResponseEvents } from './response-parser.ts';

/** How long one request may take, in milliseconds. */
export interface Patience {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** In all: a drip is alive, but a page that takes longer than this will not let the job end. */
  readonly totalMs: number;
}

/** Takes a response in as it comes. */
type ResponseSink = Omit<ResponseEvents, 'end'>;

/** A request ended by its own deadline, not by the network. Its name is the one that a fetch would give it. */
class SilentServer extends Error {
  override readonly name = 'TimeoutError';
}

/** Bytes are read into this again and again. A busy reader finds it full, an idle one 64 kB at once. */
const READ_BUFFER = 128 << 10;

interface UnderWay {
  readonly sink: ResponseSink;
  readonly done: (reusable: boolean) => void;
  readonly failed: (error: Error) => void;
}

/**
 * One connection to a server, one request at a time. Node's own client hands out a body as a new buffer for every 64 kB,
 * by way of two streams: of reading an index that was a fifth of the processor time, and half of the garbage. Here the
 * socket reads into one buffer, and the parser points into it.
 */
export class Connection {
  readonly #socket: net.Socket;
  readonly #parser = new ResponseParser({
    head: (status, headers) => this.#underWay?.sink.head(status, headers),
    body: (bytes) => this.#underWay?.sink.body(bytes),
    end: (reusable) => this.#answered(reusable),
  });
  readonly #secure: boolean;
  #underWay: UnderWay | null = null;
  #failure: Error | null = null;

  constructor({ scheme, host, port }: Address) {
    this.#secure = scheme === 'https';
    const name = host.replace(/^\[|\]$/g, '');
    const onread = {
      buffer: Buffer.allocUnsafeSlow(READ_BUFFER),
      callback: (length: number, bytes: Uint8Array): boolean => {
        this.#parse(bytes, length);
        return true;
      },
    };
    const options = { host: name, port, noDelay: true, keepAlive: true, onread };
    const servername = net.isIP(name) === 0 ? { servername: name } : {};
    this.#socket = this.#secure
      ? tls.connect({ ...options, ...servername, ALPNProtocols: ['http/1.1'] })
      : net.connect(options);
    this.#socket.on('error', (error) => (this.#failure ??= error));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => {
      const cut = Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' });
      this.#underWay?.failed(this.#failure ?? cut);
    });
  }

  get usable(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded && this.#underWay === null;
  }

  /** Sends a request and resolves when its response is in; true: the connection may be used again. Rejects with the network's own errors. */
  async exchange(
    head: string,
    pieces: readonly Uint8Array[],
    sink: ResponseSink,
    { signal, connectMs, silenceMs, totalMs }: Patience & { signal: AbortSignal },
  ): Promise<boolean> {
    signal.throwIfAborted();
    const socket = this.#socket;
    const giveUp = (): void => this.destroy(new SilentServer('no answer in time'));
    const aborted = (): void => this.destroy(new DOMException('This operation was aborted', 'AbortError'));
    const total = setTimeout(giveUp, totalMs);
    const connect = socket.connecting ? setTimeout(giveUp, connectMs) : undefined;
    if (socket.connecting) socket.once(this.#secure ? 'secureConnect' : 'connect', () => clearTimeout(connect));
    socket.setTimeout(silenceMs);
    socket.on('timeout', giveUp);
    signal.addEventListener('abort', aborted, { once: true });
    socket.ref();
    try {
      return await new Promise<boolean>((done, failed) => {
        this.#underWay = { sink, done, failed };
        socket.cork();
        socket.write(head, 'latin1');
        for (const piece of pieces) socket.write(piece);
        socket.uncork();
      });
    } finally {
      this.#underWay = null;
      clearTimeout(total);
      clearTimeout(connect);
      signal.removeEventListener('abort', aborted);
      socket.off('timeout', giveUp);
      socket.setTimeout(0);
      // An idle connection keeps nobody from ending.
      socket.unref();
    }
  }

  destroy(error?: Error): void {
    this.#failure ??= error ?? null;
    this.#socket.destroy();
  }

  #parse(bytes: Uint8Array, length: number): void {
    try {
      if (this.#underWay === null) throw notHttp('an answer that nobody asked for');
      this.#parser.push(Buffer.from(bytes.buffer, bytes.byteOffset, length));
    } catch (error) {
      this.destroy(error instanceof Error ? error : notHttp('unreadable'));
    }
  }

  #answered(reusable: boolean): void {
    // A server may answer before it has the whole request, and need not read the rest.
    const whole = reusable && this.#socket.writableLength === 0;
    this.#underWay?.done(whole);
    this.#underWay = null;
    if (!whole) this.destroy();
  }

  /** The end of the connection is the end of a body that told no length; of any other it is a cut. */
  #ended(): void {
    if (this.#underWay !== null) this.#parser.close();
    this.#socket.destroy();
  }
}

/** Some connections to one server, made when they are needed and kept for the next request. */
export class ConnectionPool {
  readonly #address: Address;
  readonly #most: number;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(address: Address, most: number) {
    this.#address = address;
    this.#most = most;
  }

  /** A connection of one's own until it is given back. Waits while all are in use. */
  async take(signal: AbortSignal): Promise<Connection> {
    for (;;) {
      if (signal.aborted) {
        // Its turn may have come with the end of its wish: the next one's.
        this.#waiting.shift()?.();
        signal.throwIfAborted();
      }
      if (this.#closed) throw new Fault('CANCELLED', { reason: 'the connections are closed' });
      const idle = this.#idle.pop();
      if (idle?.usable === true) return idle;
      if (idle !== undefined) this.#all.delete(idle);
      else if (this.#all.size < this.#most) {
        const made = new Connection(this.#address);
        this.#all.add(made);
        return made;
      } else await this.#turn(signal);
    }
  }

  giveBack(connection: Connection, reusable: boolean): void {
    if (reusable && connection.usable && !this.#closed) this.#idle.push(connection);
    else {
      connection.destroy();
      this.#all.delete(connection);
    }
    this.#waiting.shift()?.();
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#all) connection.destroy();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when a connection may be free, or nobody wants it any more. */
  async #turn(signal: AbortSignal): Promise<void> {
    let wake = (): void => undefined;
    const turn = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.push(wake);
    signal.addEventListener('abort', wake);
    await turn;
    signal.removeEventListener('abort', wake);
    const at = this.#waiting.indexOf(wake);
    if (at >= 0) this.#waiting.splice(at, 1);
  }
}
