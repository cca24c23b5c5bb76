import { NO_ID, type PointId } from '../points/point-id.ts';
import { PointScanner } from '../points/point-scanner.ts';
import type { Body } from './http.ts';
import { scanPage } from './page-scanner.ts';

/** Fetches ids alone, from an offset (source text; null for the beginning), a page of the server's choosing. */
export type FetchIds = (offset: string | null) => Promise<Body>;

/** Where a page begins and how many points it should hold. */
export interface PageStart {
  /** Source text of the first id. */
  readonly offset: string;
  readonly count: number;
}

/** Fewer ids than this at hand, and the next are asked for. */
const LOW = 4096;

/**
 * Looks ahead along the ids of a collection, which cost the server next to nothing without vectors and payload, so that
 * pages that do not yet have a predecessor can be asked for. What it says is a forecast: points come and go meanwhile, and
 * the reader goes by what each page itself says follows.
 */
export class OffsetsAhead {
  readonly #fetch: FetchIds;
  readonly #release: (body: Body) => void;
  #ids: string[] = [];
  #next: string | null;
  #started = false;
  #coming: Promise<void> | null = null;

  /** Begins at `offset`; null: at the first point. */
  constructor(fetch: FetchIds, release: (body: Body) => void, offset: string | null) {
    this.#fetch = fetch;
    this.#release = release;
    this.#next = offset;
    this.#more();
  }

  /** The next page of about `count` points; null when there are no more points ahead. */
  async take(count: number): Promise<PageStart | null> {
    while (this.#ids.length <= count && (this.#next !== null || this.#coming !== null)) {
      this.#more();
      await this.#coming;
    }
    const offset = this.#ids[0];
    if (offset === undefined) return null;
    const page = { offset, count: Math.min(count, this.#ids.length) };
    this.#ids.splice(0, page.count);
    if (this.#ids.length < LOW) this.#more();
    return page;
  }

  #more(): void {
    if (this.#coming !== null || (this.#started && this.#next === null)) return;
    const coming = this.#load().then(() => {
      this.#coming = null;
    });
    // A failure stays, and is seen by whoever takes the next page.
    coming.catch(() => undefined);
    this.#coming = coming;
  }

  async #load(): Promise<void> {
    this.#started = true;
    const body = await this.#fetch(this.#next);
    const scanner = new PointScanner();
    const last: PointId = { ...NO_ID };
    const ids: string[] = [];
    const page = scanPage(scanner, body, last, () => ids.push(scanner.text(scanner.idText.start, scanner.idText.end)));
    this.#release(body);
    this.#ids.push(...ids);
    this.#next = page.next;
  }
}
