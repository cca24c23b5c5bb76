import { Fault } from '../faults/fault.ts';
import { NO_ID, type PointId } from '../points/point-id.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import type { Body, QdrantHttp } from './http.ts';
import { OffsetsAhead } from './offsets.ts';
import { scanPage } from './page-scanner.ts';
import { isTooLarge, requestPoints } from './points-api.ts';

/** A page of points as they came. `buf` is used again for a later page: call `release` when done with it. */
export interface Page {
  /** `{…},{…},…`: the text between the brackets of the answer's points. */
  readonly text: Buffer;
  readonly count: number;
  /** How many bytes of the text are vectors. */
  readonly vectorBytes: number;
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

/** About this much text in a page: large enough that requests do not count, small enough that a few are nothing. */
const PAGE_BYTES = 2 << 20;
const FIRST_LIMIT = 64;
const MAX_LIMIT = 4096;
const IDS_LIMIT = 8192;
/** Pages asked for before they are needed. With two the server is at work on one while the other travels. */
const AHEAD = 2;

/**
 * All points of a collection in id order, with vectors and payload, a page at a time. Where pages begin is forecast from the
 * ids, so that several can be on their way while the one at hand is scanned and written. Each page says itself what follows
 * it; when that is not what was forecast (the index is being written to), the forecast is made anew from there.
 *
 * Throws QDRANT_* and COLLECTION_NOT_FOUND; a strict-mode limit on the page size is found out and kept to.
 */
export async function* readPages(http: QdrantHttp, options: ReadOptions): AsyncGenerator<Page, void, undefined> {
  const limit = new PageLimit();
  const idsLimit = new PageLimit(IDS_LIMIT);
  const forecast = (from: string | null): OffsetsAhead =>
    new OffsetsAhead(
      (offset) => scroll(http, options, { limit: idsLimit, count: IDS_LIMIT }, `${offsetText(offset)}${IDS_ONLY}`),
      (body) => http.release(body.buf),
      from,
    );
  const last: PointId = { ...NO_ID };
  let ahead = forecast(null);
  let queue: { readonly offset: string; readonly body: Promise<Body> }[] = [];
  const refill = async (): Promise<void> => {
    while (queue.length < AHEAD) {
      const start = await ahead.take(limit.value);
      if (start === null) return;
      const { offset, count } = start;
      const body = scroll(http, options, { limit, count }, `${offsetText(offset)}${WHOLE_POINTS}`);
      // It may fail before its turn comes; the failure is seen then.
      body.catch(() => undefined);
      queue.push({ offset, body });
    }
  };
  await refill();
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    const body = await head.body;
    await refill();
    const page = scanPage(options.scanner, body, last, options.each);
    limit.learn(page.count, body.length);
    if (page.count > 0) {
      yield {
        text: body.buf.subarray(page.start, page.end),
        count: page.count,
        vectorBytes: page.vectorBytes,
        release: () => http.release(body.buf),
      };
    } else if (page.next !== null) {
      throw new Fault('QDRANT_REFUSED', { reason: 'an empty page claims that more follow' });
    }
    if (page.next === null) return;
    if (page.next !== queue[0]?.offset) {
      queue = [];
      ahead = forecast(page.next);
      await refill();
    }
  }
}

const IDS_ONLY = '"with_payload":false,"with_vector":false';
const WHOLE_POINTS = '"with_payload":true,"with_vector":true';
const offsetText = (offset: string | null): string => (offset === null ? '' : `"offset":${offset},`);

/** Payloads of the first points, parsed; for finding out which key holds what, never for copying. */
export async function samplePayloads(
  http: QdrantHttp,
  collection: string,
  count: number,
  signal: AbortSignal,
): Promise<unknown[]> {
  const body = await scroll(
    http,
    { collection, signal },
    { limit: new PageLimit(count), count },
    '"with_payload":true,"with_vector":false',
  );
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

async function scroll(
  http: QdrantHttp,
  { collection, signal, onRetry }: Pick<ReadOptions, 'collection' | 'signal' | 'onRetry'>,
  wanted: { readonly limit: PageLimit; readonly count: number },
  rest: string,
): Promise<Body> {
  const path = `collections/${encodeURIComponent(collection)}/points/scroll`;
  for (;;) {
    const asked = Math.min(wanted.count, wanted.limit.value);
    const pieces = [Buffer.from(`{"limit":${asked},${rest}}`)];
    try {
      const { body } = await requestPoints(http, {
        ...{ method: 'POST', path, pieces, signal, right: 'read', collection },
        ...(onRetry ? { onRetry } : {}),
      });
      return body;
    } catch (error) {
      // Strict mode caps the page: what it allows is not announced reliably, so go down until it is taken.
      if (!isTooLarge(error) || asked < 2) throw error;
      wanted.limit.cap(asked);
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
