/** Points as text through the scanner into a segment, as a backup takes them. */
import { PointHasher } from '../../main/points/point-hash.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';
import { PointValuesReader } from '../../main/points/point-values.ts';
import { VectorShapes } from '../../main/points/vector-shapes.ts';
import type { VectorSchema } from '../../main/points/vector-schema.ts';
import { SegmentWriter, type WrittenSegment } from '../../main/vault/segment-writer.ts';

export interface TakenPoint {
  readonly hash: string;
}

export async function writeSegment(
  schema: VectorSchema,
  points: readonly string[],
): Promise<{ file: Buffer; written: WrittenSegment; hashes: string[] }> {
  const pieces: Buffer[] = [];
  const writer = new SegmentWriter(schema, (bytes) => {
    pieces.push(Buffer.from(bytes));
    return Promise.resolve();
  });
  const hashes: string[] = [];
  const scanner = new PointScanner(new VectorShapes());
  const reader = new PointValuesReader();
  const hasher = new PointHasher();
  for (const point of points) {
    const buf = Buffer.from(`${point}\0`);
    scanner.load(buf, 0, buf.length - 1, 0);
    scanner.scanPoint();
    const values = reader.read(scanner);
    const hash = hasher.hash(values, buf);
    hashes.push(hash.toString('hex'));
    if (writer.add(values, buf, hash)) await writer.flush();
  }
  const written = await writer.finish();
  return { file: Buffer.concat(pieces), written, hashes };
}
