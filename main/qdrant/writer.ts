import { Fault } from '../faults/fault.ts';
import { IdTable } from '../points/point-id.ts';
import type { PointScanner } from '../points/point-scanner.ts';
import { Batch, BATCH_BYTES, TextBatch, type BatchPoint } from './batch.ts';
import type { Answer, QdrantHttp } from './http.ts';
import { readIds } from './ids-answer.ts';
import { isTooLarge, pointsPath, requestPoints } from './points-api.ts';
import { settleWrites } from './settle-writes.ts';
import { batchBody, existingBody, mergeOperations, upsertBody } from './write-requests.ts';

/** `insert`: the target is known to be empty, so nothing is asked. The others say what happens to points that are there. */
export type WriteStrategy = 'insert' | 'skip' | 'overwrite' | 'merge';

export interface WriterOptions {
  readonly collection: string;
  readonly strategy: WriteStrategy;
  /** Of `insert`: leave alone what appears in the target meanwhile. */
  readonly onlyNew?: boolean;
  /** Only count what would happen. */
  readonly dryRun: boolean;
  /** The server can insert without replacing (`update_filter`, from 1.16). */
  readonly canInsertOnly: boolean;
  /** Shard keys of the target, as JSON text: points go to the one they name. Without any, the names mean nothing. */
  readonly shardKeys?: readonly string[];
  readonly signal: AbortSignal;
  readonly onRetry?: (reason: string) => void;
  /** Counted into; default: from nothing. */
  readonly counts?: WriteCounts;
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
/** Batches being filled, one a shard key: a collection may have thousands of keys. */
const OPEN_BATCHES = 4;

/**
 * Sends points in batches over two connections, without waiting for the server to apply each (`wait=false`): the
 * last word is `finish`, which does wait. Batches are cut by bytes and by count, one shard key each; a batch that the
 * server finds too large is sent in halves.
 */
export class PointWriter {
  readonly counts: WriteCounts;
  /** A request to write has begun: the server may have done it, whatever became of the answer. */
  sending = false;
  readonly #http: QdrantHttp;
  readonly #options: WriterOptions;
  readonly #open = new Map<string | null, Batch>();
  #openText = new TextBatch();
  readonly #ready: (Batch | TextBatch)[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  #failure: Error | null = null;
  #maxPoints = BATCH_POINTS;

  constructor(http: QdrantHttp, options: WriterOptions) {
    this.#http = http;
    this.#options = options;
    this.counts = options.counts ?? { new: 0, updated: 0, skipped: 0 };
  }

  /** Takes a copy of the point that the scanner stands behind. Call `drain` now and then. */
  add(scanner: PointScanner): void {
    const { start, end } = scanner.shardKey;
    const none = (this.#options.shardKeys ?? []).length === 0 || start < 0 || scanner.buf[start] === 0x6e;
    const key = none ? null : scanner.text(start, end);
    let batch = this.#open.get(key);
    if (batch === undefined) {
      if (this.#open.size >= OPEN_BATCHES) this.#closeFullest();
      batch = new Batch(key, this.#spare.pop());
      this.#open.set(key, batch);
    }
    batch.add(scanner);
    if (batch.bytes >= BATCH_BYTES || batch.points.length >= this.#maxPoints) {
      this.#open.delete(key);
      this.#ready.push(batch);
    }
  }

  /**
   * Takes `points` points that `isSentAsItLies` holds for, `{…},{…}` in pieces that nobody changes any more. Only for
   * `insert`: no other strategy goes without knowing them one by one.
   */
  addText(pieces: readonly Uint8Array[], points: number): void {
    const text = new TextBatch();
    text.add(pieces, points);
    if (points > this.#maxPoints) {
      text.forEach((scanner) => this.add(scanner));
      return;
    }
    if (this.#openText.count + points > this.#maxPoints) this.#closeText();
    this.#openText.add(pieces, points);
    if (this.#openText.bytes >= BATCH_BYTES) this.#closeText();
  }

  #closeText(): void {
    if (this.#openText.count > 0) this.#ready.push(this.#openText);
    this.#openText = new TextBatch();
  }

  #closeFullest(): void {
    let fullest: Batch | null = null;
    for (const batch of this.#open.values()) if (batch.bytes > (fullest?.bytes ?? 0)) fullest = batch;
    if (fullest === null) return;
    this.#open.delete(fullest.shardKey);
    this.#ready.push(fullest);
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
    this.#closeText();
    await this.drain();
    await this.settle();
    if (this.#failure !== null) throw this.#failure;
    const { dryRun, collection, signal, shardKeys = [] } = this.#options;
    if (!dryRun && this.counts.new + this.counts.updated > 0)
      await settleWrites(this.#http, collection, shardKeys, signal);
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
      const work = (batch instanceof Batch ? this.#send(batch) : this.#sendText(batch))
        .catch((error: unknown) => {
          this.#failure ??= Fault.from(error);
        })
        .finally(() => {
          this.#underWay.delete(work);
          if (batch instanceof Batch && this.#spare.length < WRITE_CONNECTIONS + 1) this.#spare.push(batch.buffer);
        });
      this.#underWay.add(work);
    }
  }

  async #sendText(text: TextBatch): Promise<void> {
    const onlyNew = this.#options.onlyNew === true;
    const taken = (count: number): void => void (this.counts.new += count);
    try {
      await this.#put(text.pieces, onlyNew, null);
      taken(text.count);
    } catch (error) {
      if (!isTooLarge(error) || text.count < 2) throw error;
      const batch = new Batch(null);
      text.forEach((scanner) => batch.add(scanner));
      await this.#inHalves(
        batch.points,
        (some) => this.#upsert(batch, some, onlyNew),
        (some) => taken(some.length),
      );
    }
  }

  async #send(batch: Batch): Promise<void> {
    const { strategy, dryRun, onlyNew = false } = this.#options;
    const { counts } = this;
    const { points } = batch;
    const there = strategy === 'insert' ? null : await this.#existing(batch);
    const isThere = ({ id }: BatchPoint): boolean => there?.has(id) === true;
    // Counted piece by piece: what was taken counts, even when the rest of the batch is not.
    const taken = (some: readonly BatchPoint[]): void => {
      for (const point of some) counts[!isThere(point) ? 'new' : strategy === 'skip' ? 'skipped' : 'updated']++;
    };
    if (dryRun) {
      taken(points);
      return;
    }
    if (strategy === 'insert' || strategy === 'overwrite') {
      await this.#halvedIfTooLarge(
        points,
        (some) => this.#upsert(batch, some, strategy === 'insert' && onlyNew),
        taken,
      );
      return;
    }
    const missing = points.filter((point) => !isThere(point));
    const existing = missing.length === 0 ? points : points.filter(isThere);
    await this.#halvedIfTooLarge(missing, (some) => this.#upsert(batch, some, true), taken);
    if (strategy === 'skip') taken(existing);
    else await this.#halvedIfTooLarge(existing, (some) => this.#merge(batch, some), taken);
  }

  async #upsert(batch: Batch, points: readonly BatchPoint[], onlyNew: boolean): Promise<void> {
    // A whole batch goes as it lies.
    const whole = points.length === batch.points.length;
    const pieces = whole ? [batch.text()] : commaSeparated(points.map((point) => [batch.whole(point)]));
    await this.#put(pieces, onlyNew, batch.shardKey);
  }

  async #put(pieces: readonly Uint8Array[], onlyNew: boolean, shardKey: string | null): Promise<void> {
    const options = { onlyNew: onlyNew && this.#options.canInsertOnly, shardKey };
    await this.#write('PUT', '', upsertBody(pieces, options));
  }

  async #merge(batch: Batch, points: readonly BatchPoint[]): Promise<void> {
    const operations = points
      .map((point) => mergeOperations(batch.parts(point), batch.shardKey))
      .filter((pieces) => pieces.length > 0);
    if (operations.length > 0) await this.#write('POST', '/batch', batchBody(commaSeparated(operations)));
  }

  /** What is refused for its size goes in two halves. `taken` is told of what went through. */
  async #halvedIfTooLarge(
    points: readonly BatchPoint[],
    send: (points: readonly BatchPoint[]) => Promise<void>,
    taken?: (points: readonly BatchPoint[]) => void,
  ): Promise<void> {
    if (points.length === 0) return;
    try {
      await send(points);
      taken?.(points);
    } catch (error) {
      if (!isTooLarge(error) || points.length < 2) throw error;
      await this.#inHalves(points, send, taken);
    }
  }

  async #inHalves(
    points: readonly BatchPoint[],
    send: (points: readonly BatchPoint[]) => Promise<void>,
    taken?: (points: readonly BatchPoint[]) => void,
  ): Promise<void> {
    const half = points.length >> 1;
    this.#maxPoints = Math.min(this.#maxPoints, half);
    await this.#halvedIfTooLarge(points.slice(0, half), send, taken);
    await this.#halvedIfTooLarge(points.slice(half), send, taken);
  }

  /** Which ids of a batch the target has. */
  async #existing(batch: Batch): Promise<IdTable> {
    const table = new IdTable();
    // Qdrant keeps one id under several shard keys as so many points. To skip means to make no second one.
    const elsewhere = this.#options.strategy === 'skip';
    await this.#halvedIfTooLarge(batch.points, async (some) => {
      const ids = some.map((point) => batch.parts(point).id);
      const { body } = await this.#request('POST', '', existingBody(ids, elsewhere ? null : batch.shardKey), 'read');
      try {
        readIds(body, table);
      } finally {
        this.#http.release(body.buf);
      }
    });
    return table;
  }

  async #write(method: 'PUT' | 'POST', path: string, pieces: readonly Uint8Array[]): Promise<void> {
    this.sending = true;
    const { body } = await this.#request(method, `${path}?wait=false`, pieces, 'write');
    this.#http.release(body.buf);
  }

  #request(
    method: 'PUT' | 'POST',
    path: string,
    pieces: readonly Uint8Array[],
    right: 'read' | 'write',
  ): Promise<Answer> {
    const { collection, signal, onRetry } = this.#options;
    return requestPoints(this.#http, {
      ...{ method, path: pointsPath(collection, path), pieces, signal, right, collection },
      ...(onRetry ? { onRetry } : {}),
    });
  }
}

function commaSeparated(groups: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  const comma = Buffer.from(',');
  return groups.flatMap((group, index) => (index === 0 ? [...group] : [comma, ...group]));
}
