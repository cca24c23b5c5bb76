import { Fault } from '../../faults/fault.ts';
import { schemaFromParams, type VectorSchema } from '../../points/vector-schema.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import type { Control } from '../../qdrant/control.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import { readPages, samplePayloads, type Page, type ReadOptions } from '../../qdrant/reader.ts';
import { detectMappingKeys, type MappingKeys } from './file-mappings.ts';

type Measure = Awaited<ReturnType<Control['measure']>>;

/** A collection that is about to be read from its first point to its last. */
export interface Reading {
  /** Not an alias: one that moves meanwhile would mix two indexes, and knows nothing of the other aliases. */
  readonly collection: string;
  readonly qdrantVersion: string;
  readonly settings: CollectionSettings;
  readonly schema: VectorSchema;
  readonly before: Measure;
  readonly keys: MappingKeys;
}

const SAMPLE = 32;

/** Everything that must be known before the first point. Throws COLLECTION_HIDDEN_POINTS, COLLECTION_NOT_FOUND, QDRANT_*. */
export async function beginReading(
  control: Control,
  http: QdrantHttp,
  wanted: { readonly collection: string; readonly pathKey: string | null },
  signal: AbortSignal,
): Promise<Reading> {
  const [qdrantVersion, collection] = await Promise.all([control.version(), control.resolve(wanted.collection)]);
  const [settings, hidden, before, sample] = await Promise.all([
    control.settings(collection),
    control.deferredPoints(collection),
    control.measure(collection),
    samplePayloads(http, collection, SAMPLE, signal),
  ]);
  if (hidden > 0) throw new Fault('COLLECTION_HIDDEN_POINTS', { collection, points: hidden });
  const schema = schemaFromParams(settings.vectors, settings.sparse_vectors);
  return { collection, qdrantVersion, settings, schema, before, keys: detectMappingKeys(sample, wanted.pathKey) };
}

/** All pages of it, see `readPages`. COLLECTION_CHANGED also where what came is nothing that it could have had. */
export async function* pagesOf(
  control: Control,
  http: QdrantHttp,
  reading: Reading,
  options: Omit<ReadOptions, 'collection'>,
): AsyncGenerator<Page, void, undefined> {
  try {
    yield* readPages(http, { ...options, collection: reading.collection });
  } catch (error) {
    if (error instanceof Fault && error.code === 'QDRANT_REFUSED') await endReading(control, reading, () => 0);
    throw error;
  }
}

/** The counts before and after, where the index was written to while its points were read; else null. */
export async function endReading(
  control: Control,
  { collection, settings, before }: Reading,
  points: () => number,
): Promise<{ readonly before: number; readonly after: number } | null> {
  const after = await unchanged(control, collection, settings, before);
  // Strict mode may forbid exact counting: an estimate proves nothing.
  const moved = before.exact && after.exact && (before.count !== after.count || points() !== after.count);
  return moved ? { before: before.count, after: after.count } : null;
}

/**
 * The count now. COLLECTION_CHANGED when the index is not the one it was: gone, of other vectors, or with less than
 * half its points, which is what dropping and filling it again looks like (Qdrant gives a collection no identity).
 */
async function unchanged(
  control: Control,
  collection: string,
  settings: CollectionSettings,
  before: Measure,
): Promise<Measure> {
  const vectors = (of: CollectionSettings): string => JSON.stringify([of.vectors, of.sparse_vectors]);
  try {
    const [now, after] = await Promise.all([control.settings(collection), control.measure(collection)]);
    const lost = before.exact && after.exact && after.count * 2 < before.count;
    if (vectors(now) !== vectors(settings) || lost) throw new Fault('COLLECTION_CHANGED', { collection });
    return after;
  } catch (error) {
    if (error instanceof Fault && error.code === 'COLLECTION_NOT_FOUND')
      throw new Fault('COLLECTION_CHANGED', { collection }, { cause: error });
    throw error;
  }
}
