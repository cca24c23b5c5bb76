import { Fault } from '../faults/fault.ts';
import type { Patience } from './connection.ts';
import type { Answer, Body, QdrantHttp } from './http.ts';
import { AnswerError, transience, translateRefusal } from './refusal.ts';
import { withRetry, type Transience } from './retry.ts';

export interface PointsRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly pieces: readonly Uint8Array[];
  readonly signal: AbortSignal;
  /** What a refused key lacks. */
  readonly right: 'read' | 'write';
  readonly collection: string;
  readonly patience?: Partial<Patience>;
  readonly onRetry?: (reason: string) => void;
}

/** Tries in all. With the delays of `retryDelay` a server may be away for about a quarter of a minute. */
const ATTEMPTS = 7;
/** Qdrant counts points against its rate limits: what is larger than the limit itself never gets through, in any time. */
const NEEDS_SPLITTING = /larger than rate limiter capacity/i;

/** An answer that says it is good but is not what Qdrant sends: cut off on its way, or another server's. */
class BrokenAnswer extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super('not an answer of Qdrant');
    this.fault = fault;
  }
}

/**
 * Sends a request that may be sent twice (scroll, retrieve, upsert of the same points) and returns its answer once it
 * is a JSON object with status 200. Tries again after 429, 5xx, any failure of the network (a server that was there a
 * moment ago comes back) and broken answers. Throws Faults; CANCELLED's reason when the signal is aborted.
 */
export async function requestPoints(http: QdrantHttp, request: PointsRequest): Promise<Answer> {
  const { method, path, pieces, signal, right, collection, patience } = request;
  const context = { url: http.address, right, collection, secrets: http.secrets };
  try {
    return await withRetry(
      async () => {
        const answer = await http.send(method, path, pieces, signal, patience);
        check(answer, http.address);
        return answer;
      },
      {
        signal,
        attempts: ATTEMPTS,
        transience: mayPass,
        onWait: (_, error) => request.onRetry?.(translate(error, context).code),
      },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw translate(error, context);
  }
}

function mayPass(error: unknown): Transience {
  // Of our own making: the connections were closed.
  if (error instanceof Fault) return { again: false };
  if (error instanceof AnswerError) return NEEDS_SPLITTING.test(error.text) ? { again: false } : transience(error);
  return { again: true };
}

function translate(error: unknown, context: Parameters<typeof translateRefusal>[1]): Fault {
  if (error instanceof Fault) return error;
  return error instanceof BrokenAnswer ? error.fault : translateRefusal(error, context);
}

function check({ status, headers, body }: Answer, url: string): void {
  if (status !== 200) {
    const text = body.buf.toString('utf8', 0, Math.min(body.length, 65_536));
    const retryAfter = headers['retry-after'] ?? null;
    throw new AnswerError({ status, text, retryAfter, location: headers.location ?? null });
  }
  const first = firstByte(body);
  if (first !== 0x7b) {
    const reason = first === 0x3c ? 'web_page' : 'not_json';
    throw new BrokenAnswer(new Fault('NOT_QDRANT', { url, reason }));
  }
  // Whoever walks the text finds every other damage; a cut is worth another try, and nearly always shows here.
  if (lastByte(body) !== 0x7d) {
    throw new BrokenAnswer(new Fault('QDRANT_REFUSED', { url, reason: 'its answer was cut off' }));
  }
}

function firstByte({ buf, length }: Body): number {
  let at = 0;
  while (at < length && (buf[at] ?? 0) <= 0x20) at++;
  return at < length ? (buf[at] ?? 0) : 0;
}

function lastByte({ buf, length }: Body): number {
  let at = length - 1;
  while (at >= 0 && (buf[at] ?? 0) <= 0x20) at--;
  return at >= 0 ? (buf[at] ?? 0) : 0;
}

/** Whether a refusal is about the size of a request: strict mode, rate limits and proxies limit it without announcing it. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'QDRANT_REFUSED') return false;
  const { status } = error.params;
  const reason = String(error.params['reason']);
  if (status === 429) return NEEDS_SPLITTING.test(reason);
  return status === 413 || (status === 400 && /limit|too large|larger than|batch ?size/i.test(reason));
}

/** Path of the points of a collection, or of an operation on them (`/batch`). */
export const pointsPath = (collection: string, operation = ''): string =>
  `collections/${encodeURIComponent(collection)}/points${operation}`;
