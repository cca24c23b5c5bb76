import { Fault } from '../faults/fault.ts';
import { NO_ID, type PointId } from '../points/point-id.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import type { Body, QdrantHttp } from './http.ts';
import { peekNextOffset, scanPage, type ScannedPage } from './page-scanner.ts';
import { isTooLarge, requestPoints } from './points-api.ts';

/** A page of points as they came. `buf` is used again for a later page: call `release` when done with it. */
export interface Page {
  /** `{…},{…},…`: the text between the brackets of the answer's points. */
  readonly text: Buffer;
  readonly count: number;
  release(): void;
}

export interface ReadOptions {
  readonly collection: string;
  /** Checks every point; its spans are valid inside `each`. */
  readonly scanner: PointScanner;
  readonly each?: () => void;
  readonly signal: AbortSignal;
  /** Called when a request is tried again, for the progress display and for tests. */
  readonly onRetry?: (reason: string) => void;
}

/** About this much text in a page: large enough that requests do not count, small enough that three are nothing. */
const PAGE_BYTES = 4 << 20;
const FIRST_LIMIT = 64;
const MAX_LIMIT = 4096;

/**
 * All points of a collection in id order, with vectors and payload, a page at a time. The next page is asked for as
 * soon as its offset is known, while the one at hand is scanned and written: the server and we work at the same time.
 *
 * Throws QDRANT_* and COLLECTION_NOT_FOUND; a strict-mode limit on the page size is found out and kept to.
 */
export async function* readPages(http: QdrantHttp, options: ReadOptions): AsyncGenerator<Page, void, undefined> {
  const { scanner, each } = options;
  const limit = new PageLimit();
  const last: PointId = { ...NO_ID };
  let inFlight: Promise<Body> | null = fetchPage(http, options, limit, null);
  try {
    while (inFlight !== null) {
      const body: Body = await inFlight;
      inFlight = null;
      const hint = peekNextOffset(body);
      if (typeof hint === 'string') inFlight = ignoreUntilAwaited(fetchPage(http, options, limit, hint));
      const page: ScannedPage = scanPage(scanner, body, last, each);
      if (page.next !== (hint ?? null)) {
        // Only a server that formats its answers unlike any known one comes here: trust the scan, not the hint.
        await inFlight?.catch(() => undefined);
        inFlight = page.next === null ? null : fetchPage(http, options, limit, page.next);
      }
      limit.learn(page.count, body.length);
      if (page.count > 0) {
        yield {
          text: body.buf.subarray(page.start, page.end),
          count: page.count,
          release: () => http.release(body.buf),
        };
      } else if (page.next !== null) {
        throw new Fault('QDRANT_REFUSED', { reason: 'an empty page claims that more follow' });
      }
    }
  } finally {
    // Stopped early: the request under way must not surface as an unhandled rejection.
    inFlight?.catch(() => undefined);
  }
}

/** Payloads of the first points, parsed; for finding out which key holds what, never for copying. */
export async function samplePayloads(
  http: QdrantHttp,
  collection: string,
  count: number,
  signal: AbortSignal,
): Promise<unknown[]> {
  const body = await scroll(http, { collection, signal }, new PageLimit(count), '"with_vector":false');
  try {
    const answer = JSON.parse(body.buf.toString('utf8', 0, body.length)) as {
      result?: { points?: { payload?: unknown }[] };
    };
    return (answer.result?.points ?? []).map((point) => point.payload);
  } catch (error) {
    throw new Fault('NOT_QDRANT', { url: http.address, reason: 'not_json' }, { cause: error });
  } finally {
    http.release(body.buf);
  }
}

function fetchPage(http: QdrantHttp, options: ReadOptions, limit: PageLimit, offset: string | null): Promise<Body> {
  return scroll(http, options, limit, `${offset === null ? '' : `"offset":${offset},`}"with_vector":true`);
}

async function scroll(
  http: QdrantHttp,
  { collection, signal, onRetry }: Pick<ReadOptions, 'collection' | 'signal' | 'onRetry'>,
  limit: PageLimit,
  rest: string,
): Promise<Body> {
  const path = `collections/${encodeURIComponent(collection)}/points/scroll`;
  for (;;) {
    const asked = limit.value;
    const pieces = [Buffer.from(`{"limit":${asked},"with_payload":true,${rest}}`)];
    try {
      const { body } = await requestPoints(http, {
        ...{ method: 'POST', path, pieces, signal, right: 'read', collection },
        ...(onRetry ? { onRetry } : {}),
      });
      return body;
    } catch (error) {
      // Strict mode caps the page: what it allows is not announced reliably, so go down until it is taken.
      if (!isTooLarge(error) || asked < 2) throw error;
      limit.cap(asked);
    }
  }
}

/** How many points to ask for: steered towards PAGE_BYTES by the size of the points seen. */
class PageLimit {
  value: number;
  #max = MAX_LIMIT;

  constructor(first = FIRST_LIMIT) {
    this.value = first;
  }

  learn(count: number, bytes: number): void {
    if (count === 0) return;
    const wanted = Math.floor(PAGE_BYTES / (bytes / count));
    this.value = Math.max(1, Math.min(this.#max, wanted));
  }

  cap(refused: number): void {
    this.#max = Math.max(1, Math.floor(refused / 2));
    this.value = Math.min(this.value, this.#max);
  }
}

/** A request that runs ahead may fail before anyone awaits it; the failure is seen when it is awaited. */
function ignoreUntilAwaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
