/** What kind of vector stands under a name. */
export type VectorKind = 'dense' | 'multi' | 'sparse';

export interface VectorSpec {
  readonly kind: VectorKind;
  /** Dimensions of a dense vector, or of each row of a multivector; null where not known (and for sparse). */
  readonly size: number | null;
}

/** Vectors of a collection by name; the unnamed vector has the name "". */
export type VectorSchema = ReadonlyMap<string, VectorSpec>;

/**
 * The schema from the `vectors` and `sparse_vectors` of a collection's settings, as Qdrant writes them:
 * one unnamed `{size, distance, …}` or an object of them by name.
 */
export function schemaFromParams(vectors: unknown, sparseVectors: unknown): VectorSchema {
  const schema = new Map<string, VectorSpec>();
  if (isRecord(vectors)) {
    if (typeof vectors['size'] === 'number') schema.set('', denseSpec(vectors));
    else {
      for (const [name, params] of Object.entries(vectors)) if (isRecord(params)) schema.set(name, denseSpec(params));
    }
  }
  if (isRecord(sparseVectors)) {
    for (const name of Object.keys(sparseVectors)) schema.set(name, { kind: 'sparse', size: null });
  }
  return schema;
}

/** The `dimensions` of the export format: a number for one unnamed vector, name -> size when vectors are named. */
export function dimensionsOf(schema: VectorSchema): number | Record<string, number> {
  const unnamed = schema.get('');
  if (unnamed !== undefined && unnamed.kind !== 'sparse') return unnamed.size ?? 0;
  const named: [string, number][] = [];
  for (const [name, spec] of schema) if (spec.kind !== 'sparse') named.push([name, spec.size ?? 0]);
  return Object.fromEntries(named);
}

/** The dense part of a schema from an export's `dimensions`; multivectors cannot be told apart here, so kinds stay open. */
export function sizesFromDimensions(
  dimensions: number | Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  return typeof dimensions === 'number' ? new Map([['', dimensions]]) : new Map(Object.entries(dimensions));
}

function denseSpec(params: Record<string, unknown>): VectorSpec {
  const kind = params['multivector_config'] === undefined || params['multivector_config'] === null ? 'dense' : 'multi';
  return { kind, size: typeof params['size'] === 'number' ? params['size'] : null };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
