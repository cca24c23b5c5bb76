import { Fault } from '../faults/fault.ts';
import { INCOMPLETE } from '../points/json-scanner.ts';
import { IdTable } from '../points/point-id.ts';
import { PointScanner } from '../points/point-scanner.ts';
import { Batch, BATCH_BYTES, type BatchPoint } from './batch.ts';
import type { QdrantHttp } from './http.ts';
import { requestPoints } from './points-api.ts';
import { batchBody, existingBody, mergeOperations, upsertBody } from './write-requests.ts';

/** `insert`: the target is known to be empty, so nothing is asked. The others say what happens to points that are there. */
export type WriteStrategy = 'insert' | 'skip' | 'overwrite' | 'merge';

export interface WriterOptions {
  readonly collection: string;
  readonly strategy: WriteStrategy;
  /** Only count what would happen. */
  readonly dryRun: boolean;
  /** The server can insert without replacing (`update_filter`, from 1.16). */
  readonly canInsertOnly: boolean;
  readonly signal: AbortSignal;
  readonly onRetry?: (reason: string) => void;
}

export interface WriteCounts {
  new: number;
  updated: number;
  skipped: number;
}

/** Connections, and requests under way, at once: measured, a third only adds waiting in the server. */
export const WRITE_CONNECTIONS = 2;
/** A merge is two operations a point; beyond this many points a batch only waits longer. */
const BATCH_POINTS = 1000;

/**
 * Sends points in batches over two connections, without waiting for the server to apply each (`wait=false`): the
 * last word is `finish`, which does wait. Batches are cut by bytes and by count, one shard key each; a batch that the
 * server finds too large is sent in halves.
 */
export class PointWriter {
  readonly counts: WriteCounts = { new: 0, updated: 0, skipped: 0 };
  readonly #http: QdrantHttp;
  readonly #options: WriterOptions;
  readonly #open = new Map<string | null, Batch>();
  readonly #ready: Batch[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  #failure: Error | null = null;
  #maxPoints = BATCH_POINTS;

  constructor(http: QdrantHttp, options: WriterOptions) {
    this.#http = http;
    this.#options = options;
  }

  /** Takes a copy of the point that the scanner stands behind. Call `drain` now and then. */
  add(scanner: PointScanner): void {
    const { start, end } = scanner.shardKey;
    const key = start < 0 || scanner.buf[start] === 0x6e ? null : scanner.text(start, end);
    let batch = this.#open.get(key);
    if (batch === undefined) {
      batch = new Batch(key, this.#spare.pop());
      this.#open.set(key, batch);
    }
    batch.add(scanner);
    if (batch.bytes >= BATCH_BYTES || batch.points.length >= this.#maxPoints) {
      this.#open.delete(key);
      this.#ready.push(batch);
    }
  }

  /** Resolves when no full batch is left waiting. Throws what stopped the writing. */
  async drain(): Promise<void> {
    for (;;) {
      this.#startReady();
      if (this.#ready.length === 0 || this.#failure !== null) break;
      await Promise.race(this.#underWay);
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Sends what is left and waits until the server has applied everything. */
  async finish(): Promise<WriteCounts> {
    this.#ready.push(...this.#open.values());
    this.#open.clear();
    await this.drain();
    await this.settle();
    if (this.#failure !== null) throw this.#failure;
    if (!this.#options.dryRun && this.counts.new + this.counts.updated > 0) await this.#flush();
    return this.counts;
  }

  /** Waits for requests under way, whatever becomes of them: after this the counts do not change. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  #startReady(): void {
    while (this.#failure === null && this.#underWay.size < WRITE_CONNECTIONS) {
      const batch = this.#ready.shift();
      if (batch === undefined) return;
      const work = this.#send(batch)
        .catch((error: unknown) => {
          this.#failure ??= Fault.from(error);
        })
        .finally(() => {
          this.#underWay.delete(work);
          if (this.#spare.length < WRITE_CONNECTIONS + 1) this.#spare.push(batch.buffer);
        });
      this.#underWay.add(work);
    }
  }

  async #send(batch: Batch): Promise<void> {
    const { strategy, dryRun } = this.#options;
    if (strategy === 'insert') {
      if (!dryRun) await this.#upsertAll(batch);
      this.counts.new += batch.points.length;
      return;
    }
    const there = await this.#existing(batch);
    const existing = batch.points.filter(({ id }) => there.has(id));
    const missing = existing.length === 0 ? batch.points : batch.points.filter(({ id }) => !there.has(id));
    if (!dryRun) {
      if (strategy === 'overwrite') await this.#upsertAll(batch);
      else {
        await this.#upsert(batch, missing, true);
        if (strategy === 'merge') await this.#merge(batch, existing);
      }
    }
    this.counts.new += missing.length;
    if (strategy === 'skip') this.counts.skipped += existing.length;
    else this.counts.updated += existing.length;
  }

  /** The whole batch in one piece, as it lies. */
  async #upsertAll(batch: Batch): Promise<void> {
    const pieces = upsertBody([batch.text()], { onlyNew: false, shardKey: batch.shardKey });
    await this.#halvedIfTooLarge(batch.points, (points) =>
      points === batch.points ? this.#write('PUT', '', pieces) : this.#upsert(batch, points, false),
    );
  }

  async #upsert(batch: Batch, points: readonly BatchPoint[], onlyNew: boolean): Promise<void> {
    if (points.length === 0) return;
    const options = { onlyNew: onlyNew && this.#options.canInsertOnly, shardKey: batch.shardKey };
    await this.#halvedIfTooLarge(points, async (some) => {
      const pieces = commaSeparated(some.map((point) => [batch.whole(point)]));
      await this.#write('PUT', '', upsertBody(pieces, options));
    });
  }

  async #merge(batch: Batch, points: readonly BatchPoint[]): Promise<void> {
    await this.#halvedIfTooLarge(points, async (some) => {
      const operations = some
        .map((point) => mergeOperations(batch.parts(point), batch.shardKey))
        .filter((pieces) => pieces.length > 0);
      if (operations.length > 0) await this.#write('POST', '/batch', batchBody(commaSeparated(operations)));
    });
  }

  /** Strict mode and proxies limit batches without announcing it: what is refused for its size goes in two halves. */
  async #halvedIfTooLarge(
    points: readonly BatchPoint[],
    send: (points: readonly BatchPoint[]) => Promise<void>,
  ): Promise<void> {
    try {
      await send(points);
    } catch (error) {
      if (!isTooLarge(error) || points.length < 2) throw error;
      const half = points.length >> 1;
      this.#maxPoints = Math.min(this.#maxPoints, Math.max(1, half));
      await this.#halvedIfTooLarge(points.slice(0, half), send);
      await this.#halvedIfTooLarge(points.slice(half), send);
    }
  }

  async #existing(batch: Batch): Promise<IdTable> {
    const table = new IdTable();
    const ids = batch.points.map((point) => batch.parts(point).id);
    const { body } = await this.#request('POST', '', existingBody(ids), 'read');
    const scanner = new PointScanner();
    scanner.load(body.buf, 0, body.length, 0);
    try {
      scanner.expect(0x7b, 'an object');
      do {
        if (scanner.keyText() !== 'result') scanner.value(0);
        else {
          scanner.list(() => {
            scanner.scanPoint();
            table.add(scanner.id);
          });
        }
      } while (scanner.more(0x7d));
    } catch (error) {
      if (error === INCOMPLETE || error instanceof Fault)
        throw new Fault('QDRANT_REFUSED', { reason: 'its answer could not be read' }, { cause: error });
      throw error;
    } finally {
      this.#http.release(body.buf);
    }
    return table;
  }

  /** A write to every shard that changes nothing, waited for: shards apply in order, so all before it is applied. */
  async #flush(): Promise<void> {
    const nothing = '{"payload":{"_":0},"filter":{"must":[{"has_id":[]}]}}';
    await this.#request('POST', '/payload?wait=true', [Buffer.from(nothing)], 'write');
  }

  async #write(method: 'PUT' | 'POST', path: string, pieces: readonly Uint8Array[]): Promise<void> {
    const { body } = await this.#request(method, `${path}?wait=false`, pieces, 'write');
    this.#http.release(body.buf);
  }

  #request(
    method: 'PUT' | 'POST',
    path: string,
    pieces: readonly Uint8Array[],
    right: 'read' | 'write',
  ): ReturnType<typeof requestPoints> {
    const { collection, signal, onRetry } = this.#options;
    const url = `collections/${encodeURIComponent(collection)}/points${path}`;
    return requestPoints(this.#http, {
      method,
      path: url,
      pieces,
      signal,
      right,
      collection,
      ...(onRetry ? { onRetry } : {}),
    });
  }
}

function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Fault) || error.code !== 'QDRANT_REFUSED') return false;
  const { status, reason } = error.params;
  return status === 413 || (status === 400 && /limit|too large|larger than|batch ?size/i.test(String(reason)));
}

function commaSeparated(groups: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  const comma = Buffer.from(',');
  return groups.flatMap((group, index) => (index === 0 ? [...group] : [comma, ...group]));
}
