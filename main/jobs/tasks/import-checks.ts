import type { ArchiveMetadata } from '../../archive/header.ts';
import type { ArchiveContents } from '../../archive/validate-archive.ts';
import { Fault, type Notice } from '../../faults/fault.ts';
import type { VectorSchema } from '../../points/vector-schema.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import type { Control } from '../../qdrant/control.ts';
import { compareForImport, type Mismatch } from '../../qdrant/import-fit.ts';
import { settingsFromFile } from '../../qdrant/settings-from-file.ts';

/** Settings from the file; the vectors from the points themselves where it does not describe them. */
export function settingsOf(contents: ArchiveContents): CollectionSettings {
  const settings = settingsFromFile(contents.metadata.config);
  const described = Object.keys(settings.vectors).length + Object.keys(settings.sparse_vectors).length > 0;
  return described ? settings : { ...settings, ...vectorsFromSchema(contents.schema) };
}

/** Without a distance: what is not said is not compared, and a new index gets the usual one, cosine. */
function vectorsFromSchema(schema: VectorSchema): Pick<CollectionSettings, 'vectors' | 'sparse_vectors'> {
  const params = (size: number | null, multi: boolean): CollectionSettings['vectors'] => ({
    size: size ?? 1,
    ...(multi ? { multivector_config: { comparator: 'max_sim' } } : {}),
  });
  const dense = [...schema].filter(([, spec]) => spec.kind !== 'sparse');
  const unnamed = schema.get('');
  const vectors =
    unnamed !== undefined && dense.length === 1
      ? params(unnamed.size, unnamed.kind === 'multi')
      : Object.fromEntries(dense.map(([name, { size, kind }]) => [name, params(size, kind === 'multi')]));
  const sparse = [...schema].filter(([, spec]) => spec.kind === 'sparse').map(([name]) => [name, {}]);
  return { vectors, sparse_vectors: Object.fromEntries(sparse) as CollectionSettings['sparse_vectors'] };
}

/** Is there a collection of this name, or an alias that stands for one? */
export async function isThere(control: Control, name: string): Promise<boolean> {
  try {
    await control.status(name);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'COLLECTION_NOT_FOUND') return false;
    throw error;
  }
}

/** Throws SCHEMA_MISMATCH with the first reason; returns notices about what would lose precision. */
export function checkFit(file: CollectionSettings, target: CollectionSettings, collection: string): Notice[] {
  const mismatches = compareForImport(file, target);
  const fatal = mismatches.find((mismatch) => mismatch.fatal);
  if (fatal !== undefined) {
    const { vector, what } = fatal;
    throw new Fault('SCHEMA_MISMATCH', {
      collection,
      reason: sentence(fatal),
      vector,
      what,
      file: fatal.file,
      target: fatal.target,
    });
  }
  return mismatches
    .filter(({ lossy }) => lossy)
    .map(({ vector, file: from, target: to }): Notice => ({
      code: 'LOSSY_DATATYPE',
      params: { vector: vector === '' ? 'vectors' : `"${vector}"`, file: from, target: to },
    }));
}

function sentence({ vector, what, file, target }: Mismatch): string {
  const which = vector === '' ? 'its vector' : `its vector "${vector}"`;
  switch (what) {
    case 'missing':
      return `${which} does not exist there`;
    case 'size':
      return `${which} has ${String(file)} dimensions, there it has ${String(target)}`;
    case 'distance':
      return `${which} is compared by ${String(file)}, there by ${String(target)}`;
    case 'multivector':
    case 'kind':
    case 'datatype':
      return `${which} is ${file === null ? 'single' : String(file)}, there ${target === null ? 'single' : String(target)}`;
  }
}

/** A different model is refused unless allowed; one that is not known is a warning. */
export function checkModel(file: string | null, target: string | null, collection: string, allow: boolean): Notice[] {
  if (file === null || target === null) {
    return [{ code: 'MODEL_UNKNOWN', params: { of: file === null ? 'file' : 'index' } }];
  }
  if (file === target) return [];
  if (!allow) throw new Fault('MODEL_MISMATCH', { collection, file, target });
  return [{ code: 'MODEL_DIFFERS', params: { file, target } }];
}

const MODEL_KEYS = ['model', 'embedding_model', 'embeddingModel', 'model_name'];

/** The model a file names; else what the collection's own metadata says (Qdrant has a place for that from 1.16 on). */
export function modelIn({ model, config }: Pick<ArchiveMetadata, 'model' | 'config'>): string | null {
  if (typeof model === 'string' && model !== '') return model;
  return modelInMetadata((config as { metadata?: unknown } | null | undefined)?.metadata);
}

/** A model named in a collection's metadata. */
export function modelInMetadata(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null) return null;
  for (const key of MODEL_KEYS) {
    const value = (metadata as Record<string, unknown>)[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
