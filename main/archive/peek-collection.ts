import { PointScanner } from '../points/point-scanner.ts';
import { readArchiveText } from './archive-reader.ts';
import type { FileSource } from './file-source.ts';
import { parseMetadata } from './header.ts';

/** Ends the pass early; never seen outside. */
class Found extends Error {
  readonly collection: string | null;
  constructor(collection: string | null) {
    super();
    this.collection = collection;
  }
}

/**
 * The collection that a file names, or null. Our own files say it in their first bytes; where the description follows the
 * points, everything before it is read. Throws BAD_ARCHIVE for what is met on the way.
 */
export async function peekCollection(source: FileSource, signal: AbortSignal): Promise<string | null> {
  try {
    await readArchiveText(source.chunks(signal), new PointScanner(), {
      section: (key, text, offset) => {
        if (key === 'metadata') throw new Found(parseMetadata(text, offset).collection ?? null);
      },
      companion: () => undefined,
      point: () => undefined,
      breathe: () => undefined,
    });
  } catch (error) {
    if (error instanceof Found) return error.collection;
    throw error;
  }
  return null;
}
