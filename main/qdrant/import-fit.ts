import type { CollectionSettings } from './collection-settings.ts';
import { ownValue, type Json, type JsonObject } from './exact-json.ts';

/** One way in which the vectors of a file and of a target collection differ. */
export interface Mismatch {
  /** '' for the unnamed vector. */
  readonly vector: string;
  readonly what: 'missing' | 'kind' | 'multivector' | 'size' | 'distance' | 'datatype';
  readonly file: string | number | null;
  readonly target: string | number | null;
  /** True: points must not be written. False: worth a warning. */
  readonly fatal: boolean;
  /** The target holds values less finely than the file does. */
  readonly lossy: boolean;
}

interface VectorShape {
  readonly kind: 'dense' | 'sparse';
  readonly comparator: string | null;
  readonly size: number | null;
  readonly distance: string | null;
  readonly datatype: string;
}

/** The finer first; turbo4 (from 1.19) loses something on every write. */
const DATATYPES = ['float32', 'float16', 'uint8', 'turbo4'];

/**
 * Whether points of a file fit a collection: every vector the file names must be there, of the same kind, size and
 * distance. More vectors in the target are fine, since a point may lack vectors; what a file does not say is not compared.
 */
export function compareForImport(file: CollectionSettings, target: CollectionSettings): Mismatch[] {
  const targetShapes = shapes(target);
  return [...shapes(file)].flatMap(([vector, want]) => compareVector(vector, want, targetShapes.get(vector)));
}

function compareVector(vector: string, want: VectorShape, have: VectorShape | undefined): Mismatch[] {
  const fatal = { vector, fatal: true, lossy: false };
  if (have === undefined) return [{ ...fatal, what: 'missing', file: want.kind, target: null }];
  if (want.kind !== have.kind) return [{ ...fatal, what: 'kind', file: want.kind, target: have.kind }];
  const found: Mismatch[] = [];
  if (want.comparator !== have.comparator) {
    found.push({ ...fatal, what: 'multivector', file: want.comparator, target: have.comparator });
  }
  if (want.size !== have.size) found.push({ ...fatal, what: 'size', file: want.size, target: have.size });
  if (want.distance !== null && want.distance !== have.distance) {
    found.push({ ...fatal, what: 'distance', file: want.distance, target: have.distance });
  }
  const lossy = have.datatype === 'turbo4' || DATATYPES.indexOf(have.datatype) > DATATYPES.indexOf(want.datatype);
  if (lossy || want.datatype !== have.datatype) {
    found.push({ vector, what: 'datatype', file: want.datatype, target: have.datatype, fatal: false, lossy });
  }
  return found;
}

function shapes(settings: CollectionSettings): Map<string, VectorShape> {
  const { vectors } = settings;
  const found = new Map<string, VectorShape>();
  if (typeof ownValue(vectors, 'size') === 'number') found.set('', denseShape(vectors));
  else for (const [name, params] of Object.entries(vectors)) found.set(name, denseShape(objectOf(params)));
  for (const name of Object.keys(settings.sparse_vectors)) {
    // Index datatypes of sparse vectors concern the search index; the vectors themselves stay float32.
    found.set(name, { kind: 'sparse', comparator: null, size: null, distance: null, datatype: 'float32' });
  }
  return found;
}

function denseShape(params: JsonObject): VectorShape {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);
  const size = ownValue(params, 'size');
  return {
    kind: 'dense',
    comparator: text(ownValue(objectOf(ownValue(params, 'multivector_config')), 'comparator')),
    size: typeof size === 'number' ? size : null,
    distance: text(ownValue(params, 'distance')),
    datatype: text(ownValue(params, 'datatype')) ?? 'float32',
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
