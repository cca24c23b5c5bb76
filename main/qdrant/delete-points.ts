import type { QdrantHttp } from './http.ts';
import { isTooLarge, pointsPath, requestPoints } from './points-api.ts';

export interface PointsToDelete {
  readonly collection: string;
  /** All of the collection's as JSON text, since with custom sharding none is looked into unasked; else none. */
  readonly shardKeys: readonly string[];
  /** Source texts: a number, or a UUID in quotes. A thousand or so. */
  readonly ids: readonly string[];
}

/** Removes some points. Acknowledged, not yet applied: see settleWrites. */
export async function deletePoints(
  http: QdrantHttp,
  { collection, shardKeys, ids }: PointsToDelete,
  signal: AbortSignal,
): Promise<void> {
  const where = shardKeys.length === 0 ? '' : `,"shard_key":[${shardKeys.join(',')}]`;
  try {
    const { body } = await requestPoints(http, {
      ...{ method: 'POST', path: pointsPath(collection, '/delete?wait=false'), signal, right: 'write', collection },
      pieces: [Buffer.from(`{"points":[${ids.join(',')}]${where}}`)],
    });
    http.release(body.buf);
  } catch (error) {
    // Strict mode limits batches without saying how large they may be.
    if (!isTooLarge(error) || ids.length < 2) throw error;
    const half = ids.length >> 1;
    await deletePoints(http, { collection, shardKeys, ids: ids.slice(0, half) }, signal);
    await deletePoints(http, { collection, shardKeys, ids: ids.slice(half) }, signal);
  }
}
