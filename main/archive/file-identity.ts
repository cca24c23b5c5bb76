import { createHash } from 'node:crypto';
import { openFile } from '../files/open-file.ts';

/** So much of either end is looked at. An export tells its moment at the beginning and its checksum at the end. */
const END_BYTES = 65_536;

/**
 * Tells whether a file is the one of another time, wherever it lies now: its size and a digest of both its ends. null for
 * what cannot be read: whoever reads it next says why. `within` as for `openFile`.
 */
export async function fileIdentity(path: string, within?: string): Promise<string | null> {
  try {
    const handle = await openFile(path, within);
    try {
      const found = await handle.stat();
      const hash = createHash('sha256');
      const ends = Buffer.alloc(END_BYTES);
      for (const position of [0, Math.max(0, found.size - END_BYTES)]) {
        const { bytesRead } = await handle.read(ends, 0, END_BYTES, position);
        hash.update(ends.subarray(0, bytesRead));
      }
      return `${found.size}-${hash.digest('hex')}`;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}
