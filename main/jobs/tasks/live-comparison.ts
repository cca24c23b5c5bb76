import { idText, type PointId } from '../../points/point-id.ts';
import type { Fingerprint } from '../../points/point-hash.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import type { PointValues } from '../../points/point-values.ts';
import { decodeString } from '../../points/json-text.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import type { StoredBackup } from '../../vault/catalog.ts';
import { Comparison, type OnDifference } from '../../vault/compare.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import { hashPoints } from './hash-points.ts';

export interface LiveComparison {
  readonly collection: string;
  readonly backup: StoredBackup;
  /** Payload key of the path of a point's file; null: nobody asks. */
  readonly pathKey: string | null;
  /** Gets every point of the index. */
  readonly fingerprint?: Fingerprint;
  /** Told of each point of the index that differs or is not in the backup, with its path, and of each that is missing (path null). */
  readonly onDifference?: (what: Parameters<OnDifference>[0], id: PointId, at: Place) => void;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

/** Where a point is that differs. */
export interface Place {
  readonly path: string | null;
  /** In the backup. */
  readonly source: number;
  readonly row: number;
  /** The one that the backup has; null: it has no such point. */
  readonly hash: Uint8Array | null;
  /** As the index has it, and where its payload lies; null: it has no such point. */
  readonly live: { readonly point: PointValues; readonly buf: Uint8Array } | null;
}

/** Reads an index from its first point to its last beside a backup. */
export async function compareWithIndex(http: QdrantHttp, wish: LiveComparison): Promise<Comparison> {
  const { collection, backup, pathKey, fingerprint, onDifference, signal, meter } = wish;
  const scanner = new PointScanner(new VectorShapes(), { pathKey });
  const pathHere = (): string | null =>
    scanner.path.start < 0 ? null : decodeString(scanner.text(scanner.path.start + 1, scanner.path.end - 1));
  let point: PointValues | null = null;
  const comparison = new Comparison(backup, (what, id, source, row, hash) => {
    const live = what === 'missing' || point === null ? null : { point, buf: scanner.buf };
    onDifference?.(what, id, { path: live === null ? null : pathHere(), source, row, hash, live });
  });
  try {
    await hashPoints(http, { collection, scanner, signal, meter }, (seen, hash) => {
      point = seen;
      fingerprint?.add(hash);
      comparison.see(seen.id, hash);
    });
    await comparison.finish(signal);
    return comparison;
  } finally {
    comparison.close();
  }
}

/** An id as it stands in a request: a number, or a UUID in quotes. */
export const idInRequest = (id: PointId): string => (id.kind === 1 ? idText(id) : `"${idText(id)}"`);
