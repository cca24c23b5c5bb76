import { PATIENT, type QdrantHttp } from './http.ts';
import { pointsPath, requestPoints } from './points-api.ts';

/**
 * Resolves when the server has applied every write that it acknowledged before, of anybody: a write to every shard that
 * changes nothing, waited for, since shards apply in order. Without it, points of a run that was just killed may still
 * be on their way, and a count would miss them.
 */
export async function settleWrites(
  http: QdrantHttp,
  collection: string,
  shardKeys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const shards = shardKeys.length === 0 ? '' : `,"shard_key":[${shardKeys.join(',')}]`;
  const nothing = Buffer.from(`{"payload":{"_":0},"filter":{"must":[{"has_id":[]}]}${shards}}`);
  const path = pointsPath(collection, '/payload?wait=true');
  const { body } = await requestPoints(http, {
    method: 'POST',
    path,
    pieces: [nothing],
    signal,
    right: 'write',
    collection,
    patience: PATIENT,
  });
  http.release(body.buf);
}
