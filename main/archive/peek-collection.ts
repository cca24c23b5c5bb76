import { PointScanner } from '../points/point-scanner.ts';
import { readArchiveText } from './archive-reader.ts';
import type { FileSource } from './file-source.ts';
import { parseMetadata } from './header.ts';

/** Ends the pass early; never seen outside. */
class Found extends Error {
  readonly collection: string | null | undefined;
  constructor(collection: string | null | undefined) {
    super();
    this.collection = collection;
  }
}

/**
 * The collection that a file names, or null. Our own files say it in their first bytes; where the description follows the
 * points, everything before it is read, or `atMost` points: then undefined, not known yet. Throws BAD_ARCHIVE for what is met on the way.
 */
export async function peekCollection(
  source: FileSource,
  signal: AbortSignal,
  atMost = Number.POSITIVE_INFINITY,
): Promise<string | null | undefined> {
  let points = 0;
  try {
    await readArchiveText(source.chunks(signal), new PointScanner(), {
      section: (key, text, offset) => {
        if (key === 'metadata') throw new Found(parseMetadata(text, offset).collection ?? null);
      },
      companion: () => undefined,
      point: () => {
        if (++points > atMost) throw new Found(undefined);
      },
      breathe: () => undefined,
    });
  } catch (error) {
    if (error instanceof Found) return error.collection;
    throw error;
  }
  return null;
}
