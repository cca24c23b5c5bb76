import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { openFile } from '../files/open-file.ts';
import { idText } from '../points/point-id.ts';
import { Fingerprint, PointHasher } from '../points/point-hash.ts';
import { damaged, Flaw } from './segment-file.ts';
import { readSegment } from './segment-reader.ts';

export interface CheckedSegment {
  readonly rows: number;
  /** Of all its points, dead or not. */
  readonly fingerprint: Fingerprint;
}

/**
 * Decodes every point of a segment and compares its hash with the one beside it. Throws BACKUP_DAMAGED, {row, point}
 * naming the first that is not as it was stored.
 */
export async function checkSegment(path: string, { signal }: { signal?: AbortSignal } = {}): Promise<CheckedSegment> {
  const hasher = new PointHasher();
  const fingerprint = new Fingerprint();
  for await (const batch of readSegment(path, signal === undefined ? {} : { signal })) {
    for (const point of batch) {
      const hash = hasher.hash(point, point.buf);
      if (!hash.equals(point.hash))
        throw damaged(path, new Flaw('its hash is another', 'point'), { row: point.row, point: idText(point.id) });
      fingerprint.add(hash);
    }
  }
  return { rows: fingerprint.count, fingerprint };
}

const PIECE = 1 << 20;

/** sha256 of a file, hexadecimal, a megabyte in memory. Throws BACKUP_DAMAGED {missing, unreadable}. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  let file: FileHandle | null = null;
  try {
    file = await openFile(path);
    const { size } = await file.stat();
    const piece = Buffer.allocUnsafeSlow(Math.max(1, Math.min(size, PIECE)));
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return sum.digest('hex');
      sum.update(piece.subarray(0, bytesRead));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw damaged(path, error);
  } finally {
    await file?.close();
  }
}
