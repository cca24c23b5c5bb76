/**
 * Messages of a client on their way to the endpoint and back. The endpoint is stateless, so nothing is kept here but which
 * requests are under way, and a session outlives the app that answers it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isJSONRPCResponse, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Announced } from './announced.ts';
import { clientIn, userAgent } from './client-name.ts';
import { Unavailable } from './finder.ts';
import type { Finder } from './finder.ts';
import type { Line } from './lines.ts';
import { cancelledId, errorAnswer, idKey, messageIn, requestId } from './messages.ts';
import type { Answer } from './messages.ts';
import { ConnectionLost, post } from './post.ts';
import { sentences } from './sentences.ts';

export interface BridgeParts {
  readonly find: Finder;
  /** Of the program, for the endpoint's records. */
  readonly version: string;
  /** To the client. */
  readonly send: (answer: Answer) => void;
  /** To the person, a sentence. */
  readonly tell: (sentence: string) => void;
}

/** The endpoint takes so many requests at once; the others wait for their turn here. */
const BUSY_TRIES = 60;
const BUSY_MS = 1000;
/** A token is renewed in two steps; who comes between them looks once more. */
const RENEWAL_MS = 250;
const NO_RECONNECTION = {
  ...{ maxRetries: 0, initialReconnectionDelay: 0, maxReconnectionDelay: 0, reconnectionDelayGrowFactor: 1 },
};

export class Bridge {
  readonly #parts: BridgeParts;
  readonly #pending = new Map<string, AbortController>();
  readonly #all = new Set<Promise<void>>();
  readonly #ended = new AbortController();
  #client: string | undefined;
  /** Of a client that began with `initialize`; the stateless revision says it in each message. */
  #protocolVersion: string | undefined;
  #told: string | null = null;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** Tells the person at once when there is nobody to send to. */
  async look(): Promise<void> {
    await this.#parts.find(null).catch((error: unknown) => this.#say(error));
  }

  /** What the client wrote. */
  take(line: Line): void {
    const incoming = messageIn(line);
    if ('answer' in incoming) {
      this.#parts.send(incoming.answer);
      return;
    }
    const work = this.#pass(incoming.message).finally(() => this.#all.delete(work));
    this.#all.add(work);
  }

  /** Resolves when all answers are out. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.all(this.#all);
  }

  /** Nothing more is sent or answered. Jobs on the other side go on. */
  end(): void {
    this.#ended.abort();
  }

  /** Never rejects. */
  async #pass(message: JSONRPCMessage): Promise<void> {
    this.#client = clientIn(message) ?? this.#client;
    const cancelled = cancelledId(message);
    if (cancelled !== null) {
      // The endpoint takes the end of the connection for what it is. It has no other way to tell which request is meant.
      this.#pending.get(idKey(cancelled))?.abort();
      return;
    }
    const id = requestId(message);
    const stop = new AbortController();
    if (id !== null) this.#pending.set(idKey(id), stop);
    try {
      await this.#deliver(message, id, AbortSignal.any([stop.signal, this.#ended.signal]));
    } catch (error) {
      if (stop.signal.aborted || this.#ended.signal.aborted) return;
      const answer = this.#answerTo(error, message, id);
      if (id !== null) this.#parts.send(answer);
    } finally {
      if (id !== null && this.#pending.get(idKey(id)) === stop) this.#pending.delete(idKey(id));
    }
  }

  /** Sends it, and again where that can do no harm. Throws what went wrong in the end. */
  async #deliver(message: JSONRPCMessage, id: RequestId | null, signal: AbortSignal): Promise<void> {
    let stale: Announced | null = null;
    for (let tries = 1; ; tries++) {
      const to: Announced = await this.#parts.find(stale);
      signal.throwIfAborted();
      try {
        await this.#exchange(to, message, id, signal);
        this.#told = null;
        return;
      } catch (error) {
        const wait = pauseBefore(error, message, tries);
        if (signal.aborted || wait === null) throw error;
        if (error instanceof ConnectionLost && !error.received) stale = to;
        await pause(wait, undefined, { signal });
      }
    }
  }

  /** One request, and all that comes back for it. */
  async #exchange(to: Announced, message: JSONRPCMessage, id: RequestId | null, signal: AbortSignal): Promise<void> {
    const seen = { stream: false, answer: false };
    const transport = new StreamableHTTPClientTransport(new URL(to.url), {
      fetch: async (url, init) => {
        const response = await post(url, init);
        seen.stream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
        return response;
      },
      requestInit: {
        headers: { authorization: `Bearer ${to.token}`, 'user-agent': userAgent(this.#client, this.#parts.version) },
      },
      // What the endpoint has begun to answer cannot be taken up again: it keeps no session.
      reconnectionOptions: NO_RECONNECTION,
      ...(this.#protocolVersion === undefined ? {} : { protocolVersion: this.#protocolVersion }),
    });
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    transport.onmessage = (received) => {
      if (signal.aborted || seen.answer) return;
      seen.answer = isJSONRPCResponse(received);
      if (seen.answer) this.#noteVersion(message, received);
      this.#parts.send(received);
      if (seen.answer) end();
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      await transport.start();
      await transport.send(message, { requestSignal: signal, onRequestStreamEnd: end });
      if (id !== null && seen.stream) await over;
    } finally {
      signal.removeEventListener('abort', end);
      await transport.close();
    }
    if (id !== null && !seen.answer && !signal.aborted) throw new ConnectionLost(undefined, true);
  }

  #noteVersion(asked: JSONRPCMessage, answer: JSONRPCMessage): void {
    if (!('method' in asked) || asked.method !== 'initialize' || !('result' in answer)) return;
    const version = (answer.result as Record<string, unknown>)['protocolVersion'];
    if (typeof version === 'string') this.#protocolVersion = version;
  }

  #answerTo(error: unknown, message: JSONRPCMessage, id: RequestId | null): Answer {
    if (error instanceof ConnectionLost) {
      const isOpen = error.received && isCall(message);
      return errorAnswer(id, isOpen ? sentences.unfinished : sentences.broken);
    }
    const status = statusOf(error);
    const refused = status === undefined || status === 401 ? undefined : refusalIn(error);
    if (status === 503) return errorAnswer(id, sentences.busy);
    if (refused !== undefined) return errorAnswer(id, refused.message, refused);
    return errorAnswer(id, this.#say(error));
  }

  /** The sentence, which the person is told too, once until something works again. */
  #say(error: unknown): string {
    const sentence = error instanceof Unavailable ? error.message : sentences.strange;
    if (sentence !== this.#told) this.#parts.tell(sentence);
    this.#told = sentence;
    return sentence;
  }
}

const isCall = (message: JSONRPCMessage): boolean => 'method' in message && message.method === 'tools/call';

const statusOf = (error: unknown): number | undefined => (error instanceof SdkHttpError ? error.status : undefined);

/** Milliseconds until it may be sent again; null: it may not. A call is never sent again once it may have been received. */
function pauseBefore(error: unknown, message: JSONRPCMessage, tries: number): number | null {
  const within = (most: number, ms: number): number | null => (tries < most ? ms : null);
  if (error instanceof ConnectionLost) {
    if (!error.received) return within(4, 0);
    return isCall(message) ? null : within(2, 0);
  }
  const status = statusOf(error);
  // The endpoint refused before it read the message.
  if (status === 401) return within(3, RENEWAL_MS);
  return status === 503 ? within(BUSY_TRIES, BUSY_MS) : null;
}

const refusal = z.object({ error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }) });

/** The error that came with a status of its own, and sometimes without the id. */
function refusalIn(error: unknown): { code: number; message: string; data?: unknown } | undefined {
  const text = error instanceof SdkHttpError ? (error.data as { text?: unknown }).text : undefined;
  if (typeof text !== 'string') return undefined;
  try {
    return refusal.safeParse(JSON.parse(text)).data?.error;
  } catch {
    return undefined;
  }
}
