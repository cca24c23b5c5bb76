import type { QdrantHttp } from './http.ts';
import { isTooLarge, pointsPath, requestPoints } from './points-api.ts';

/**
 * Removes some points by the source texts of their ids (a number, or a UUID in quotes), a thousand or so. Acknowledged, not
 * yet applied: see settleWrites.
 */
export async function deletePoints(
  http: QdrantHttp,
  collection: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    const { body } = await requestPoints(http, {
      ...{ method: 'POST', path: pointsPath(collection, '/delete?wait=false'), signal, right: 'write', collection },
      pieces: [Buffer.from(`{"points":[${ids.join(',')}]}`)],
    });
    http.release(body.buf);
  } catch (error) {
    // Strict mode limits batches without saying how large they may be.
    if (!isTooLarge(error) || ids.length < 2) throw error;
    const half = ids.length >> 1;
    await deletePoints(http, collection, ids.slice(0, half), signal);
    await deletePoints(http, collection, ids.slice(half), signal);
  }
}
