import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../faults/fault.ts';
import { SilentServer, type Answer, type QdrantHttp } from './http.ts';
import { retryDelay } from './retry.ts';

export interface PointsRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly pieces: readonly Uint8Array[];
  readonly signal: AbortSignal;
  /** What a refused key lacks. */
  readonly right: 'read' | 'write';
  readonly collection: string;
  readonly onRetry?: (reason: string) => void;
}

/** Tries in all. With the delays of `retryDelay` a server may be away for about half a minute. */
const ATTEMPTS = 7;

/**
 * Sends a request that may be sent twice (scroll, retrieve, upsert of the same points) and returns its answer once it
 * is 200. Tries again after 429, 5xx, resets and silence; anything else is a Fault at once.
 */
export async function requestPoints(http: QdrantHttp, request: PointsRequest): Promise<Answer> {
  const { method, path, pieces, signal } = request;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    let fault: Fault;
    let retryAfter: string | undefined;
    try {
      const answer = await http.send(method, path, pieces, signal);
      if (answer.status === 200) return answer;
      fault = refusal(answer, request);
      if (answer.status !== 429 && answer.status < 500) throw fault;
      retryAfter = answer.headers['retry-after'];
    } catch (error) {
      if (signal.aborted || error instanceof Fault) throw error;
      fault = networkFault(error, http.address);
    }
    if (attempt >= ATTEMPTS) throw fault;
    request.onRetry?.(String(fault.params['reason'] ?? fault.code));
    await sleep(retryDelay(attempt, retryAfter ?? null, Date.now()), undefined, { signal });
  }
}

/** A non-200 answer as a Fault; `reason` is the server's own sentence, shortened. */
function refusal({ status, body }: Answer, { right, collection }: PointsRequest): Fault {
  const reason = serverSentence(body.buf.toString('utf8', 0, Math.min(body.length, 65_536)));
  if (status === 401 || status === 403) return new Fault('QDRANT_FORBIDDEN', { right, status });
  if (status === 404) return new Fault('COLLECTION_NOT_FOUND', { collection });
  return new Fault('QDRANT_REFUSED', { status, reason: reason ?? `status ${status}` });
}

function serverSentence(text: string): string | null {
  try {
    const parsed = JSON.parse(text) as { status?: { error?: unknown } };
    const sentence = parsed.status?.error;
    return typeof sentence === 'string' ? sentence.slice(0, 300) : null;
  } catch {
    return null;
  }
}

function networkFault(error: unknown, url: string): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason =
    error instanceof SilentServer ? 'it does not answer' : (NETWORK_WORDS[code] ?? 'the connection failed');
  return new Fault('QDRANT_UNREACHABLE', { url, reason }, { cause: error });
}

const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name cannot be looked up now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no network',
};
