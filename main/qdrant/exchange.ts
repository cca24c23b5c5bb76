import { QdrantClient } from '@qdrant/js-client-rest';
import { Fault } from '../faults/fault.ts';
import type { Address } from './address.ts';
import { isExactObject, ownValue, parseExact, printExact, type ExactJson } from './exact-json.ts';
import { AnswerError, transience, translateRefusal, type RefusalContext } from './refusal.ts';
import { withRetry } from './retry.ts';

/** One control request: what it is called in a fault, what right it needs, and how patient we are. */
export interface Errand extends RefusalContext {
  readonly operation: string;
  /** Whether doing it twice does no harm; only then cut connections are tried again. */
  readonly repeatable?: boolean;
  /** Milliseconds for one attempt; default 30,000. Building an index over many points takes long. */
  readonly timeoutMs?: number;
}

export interface TextRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below the base, already percent-encoded, with query. */
  readonly path: string;
  readonly body?: ExactJson;
}

type ClientApi = ReturnType<QdrantClient['api']>;

/** Talks to one Qdrant. Everything thrown is a Fault. */
export interface Exchange {
  /** The base address, safe to show. */
  readonly url: string;
  /** Through the official client. `result` is what stands under that key of the answer. */
  ask<T>(errand: Errand, call: (api: ClientApi, init: RequestInit) => Promise<{ data: { result?: T } }>): Promise<T>;
  /** The same, when the whole answer matters. */
  askWhole<T>(errand: Errand, call: (api: ClientApi, init: RequestInit) => Promise<{ data: T }>): Promise<T>;
  /**
   * As text, where every digit counts (collection metadata, limits near 2^64) or where the wait that a server asks
   * for must be kept: on Node 20 the client rounds numbers, and it loses `Retry-After` everywhere.
   */
  exact(errand: Errand, request: TextRequest): Promise<ExactJson>;
}

/** `attempts`: how often a request that may pass is made in all; 1 for a live test that must answer at once. */
export function openExchange(address: Address, signal: AbortSignal | undefined, attempts = 6): Exchange {
  // The key goes as a plain header: the client prints a warning to the console when it is told a key for http.
  const client = new QdrantClient({
    url: `${address.scheme}://${address.host}`,
    port: address.port,
    prefix: address.prefix,
    headers: { ...address.headers },
    checkCompatibility: false,
    // Not finite: the client's own timer would replace our signal.
    timeout: Number.POSITIVE_INFINITY,
    maxConnections: 4,
  });
  const api = client.api();
  const secrets = Object.values(address.headers).map((value) => value.replace(/^Basic /, ''));

  async function run<T>(errand: Errand, work: (init: RequestInit) => Promise<T>): Promise<T> {
    const { timeoutMs = 30_000, repeatable = true } = errand;
    try {
      return await withRetry(
        () => {
          const limit = AbortSignal.timeout(timeoutMs);
          // A redirect could carry the key to another host: it is reported, never followed.
          return work({ redirect: 'manual', signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
        },
        {
          signal,
          attempts,
          transience: (error) => {
            // Once may have been enough when the connection broke; these two answers say that nothing was done.
            const undone = error instanceof AnswerError && (error.status === 429 || error.status === 503);
            return repeatable || undone ? transience(error) : { again: false };
          },
        },
      );
    } catch (error) {
      // A signal may carry any reason; only a deadline of the caller is not a wish to stop.
      const deadline = error instanceof Error && error.name === 'TimeoutError';
      if (signal?.aborted === true && !deadline) throw new Fault('CANCELLED', {}, { cause: error });
      throw translateRefusal(error, { ...errand, url: address.base, secrets });
    }
  }

  const askWhole: Exchange['askWhole'] = (errand, call) =>
    run(errand, async (init) => {
      const { data } = await call(api, init);
      if (typeof data !== 'object' || data === null) throw notQdrant(address, data);
      return data;
    });

  return {
    url: address.base,
    askWhole,
    ask: async (errand, call) => {
      const { result } = await askWhole(errand, call);
      if (result === undefined || result === null) throw notQdrant(address, undefined);
      return result;
    },
    exact: (errand, { method, path, body }) =>
      run(errand, async (init) => {
        const response = await fetch(`${address.base}${path}`, {
          ...init,
          method,
          headers: { ...address.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: printExact(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw answerError(response, text);
        return resultOf(text, address);
      }),
  };
}

function answerError(response: Response, text: string): AnswerError {
  return new AnswerError({
    status: response.status,
    text,
    retryAfter: response.headers.get('retry-after'),
    location: response.headers.get('location'),
  });
}

function resultOf(text: string, address: Address): ExactJson {
  let answer: ExactJson;
  try {
    answer = parseExact(text);
  } catch {
    throw notQdrant(address, text);
  }
  const result = isExactObject(answer) ? ownValue(answer, 'result') : undefined;
  if (result === undefined) throw notQdrant(address, undefined);
  return result;
}

function notQdrant(address: Address, data: unknown): Fault {
  const reason = typeof data !== 'string' ? 'shape' : /^\s*</.test(data) ? 'web_page' : 'not_json';
  return new Fault('NOT_QDRANT', { url: address.base, reason });
}
