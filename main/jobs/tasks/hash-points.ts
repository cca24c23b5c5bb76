import { Fingerprint, PointHasher } from '../../points/point-hash.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import { PointValuesReader, type PointValues } from '../../points/point-values.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import { readPages } from '../../qdrant/reader.ts';
import type { ProgressMeter } from '../progress-meter.ts';

/** An index that is read from its first point to its last. */
export interface HashedIndex {
  readonly collection: string;
  readonly scanner: PointScanner;
  readonly signal: AbortSignal;
  readonly meter: ProgressMeter;
}

/** `each` is told of every point in id order; what it gets is good during the call. Throws as `readPages`. */
export async function hashPoints(
  http: QdrantHttp,
  { collection, scanner, signal, meter }: HashedIndex,
  each: (point: PointValues, hash: Uint8Array) => void,
): Promise<void> {
  scanner.wantsFloats = true;
  const values = new PointValuesReader();
  const hasher = new PointHasher();
  const hashed = (): void => {
    const point = values.read(scanner);
    each(point, hasher.hash(point, scanner.buf));
  };
  let points = 0;
  for await (const page of readPages(http, { collection, scanner, each: hashed, signal })) {
    points += page.count;
    page.release();
    meter.at(points, 0);
  }
}

/** The fingerprint of all points of an index, the same as a backup of it has; null: it has none. Throws as `readPages`. */
export async function fingerprintOf(http: QdrantHttp, index: Omit<HashedIndex, 'scanner'>): Promise<string | null> {
  const all = new Fingerprint();
  const scanner = new PointScanner(new VectorShapes());
  await hashPoints(http, { ...index, scanner }, (_, hash) => all.add(hash));
  return all.digestOrNull();
}
