import type { SchemaElement } from 'hyparquet';
import type { VectorSchema } from '../points/vector-schema.ts';

const UNNAMED = 'vector';
const NAMED = 'vector:';
const SPARSE = 'sparse:';

/** What a segment says of a vector, in the order of its columns. */
export interface SegmentVector {
  readonly name: string;
  readonly kind: 'dense' | 'multi' | 'sparse';
  /** Dimensions of a dense vector or of each row; 0 for sparse. */
  readonly size: number;
  /** Its column, or for sparse the beginning of the names of both. */
  readonly column: string;
}

/**
 * The unnamed vector is `vector`, others `vector:name`; sparse ones, whose columns end in `.indices` and `.values`, begin
 * with `sparse:`, since another vector may have a name with that end.
 */
export function segmentVectors(schema: VectorSchema): SegmentVector[] {
  const vectors = [...schema].map(([name, { kind, size }]) => ({
    name,
    kind,
    size: size ?? 0,
    column: kind === 'sparse' ? `${SPARSE}${name}` : name === '' ? UNNAMED : `${NAMED}${name}`,
  }));
  // Dense columns are encoded by ourselves and stand behind the library's; within each kind by name.
  const last = (kind: string): number => (kind === 'dense' ? 1 : 0);
  return vectors.sort((a, b) => last(a.kind) - last(b.kind) || (a.name < b.name ? -1 : 1));
}

const SHARD_KEY: SchemaElement = {
  name: 'shard_key',
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
};

/** Length of the `hash` column, in bytes. */
export const HASH_LENGTH = 16;

export interface SegmentOptions {
  /** The collection has shards by key: a column says in which one a point lies. */
  readonly sharded?: boolean;
}

/** The Parquet schema: `id`, `hash`, `payload`, `shard_key` where asked for, then the vectors. */
export function segmentSchema(
  vectors: readonly SegmentVector[],
  { sharded = false }: SegmentOptions = {},
): SchemaElement[] {
  const columns = vectors.reduce((sum, { kind }) => sum + (kind === 'sparse' ? 2 : 1), sharded ? 4 : 3);
  return [
    { name: 'point', num_children: columns },
    { name: 'id', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'hash', type: 'FIXED_LEN_BYTE_ARRAY', type_length: HASH_LENGTH, repetition_type: 'REQUIRED' },
    { name: 'payload', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ...(sharded ? [SHARD_KEY] : []),
    ...vectors.flatMap(({ kind, column }) => {
      if (kind === 'sparse')
        return [...list(`${column}.indices`, number('INT64')), ...list(`${column}.values`, number('FLOAT'))];
      return list(column, kind === 'dense' ? number('FLOAT') : list('element', number('FLOAT'), 'REQUIRED'));
    }),
  ];
}

const number = (type: 'FLOAT' | 'INT64'): SchemaElement[] => [{ name: 'element', type, repetition_type: 'REQUIRED' }];

function list(
  name: string,
  element: SchemaElement[],
  repetition: 'OPTIONAL' | 'REQUIRED' = 'OPTIONAL',
): SchemaElement[] {
  return [
    { name, repetition_type: repetition, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}

/**
 * What a schema read from a file says of the vectors, sizes being 0. It is not checked: whoever asks compares the
 * schema of what is answered with the one that was read.
 */
export function vectorsOfSchema(schema: readonly SchemaElement[]): { vectors: SegmentVector[]; sharded: boolean } {
  const sharded = schema[4]?.name === 'shard_key' && schema[4].num_children === undefined;
  const vectors: SegmentVector[] = [];
  for (let at = sharded ? 5 : 4; at < schema.length;) {
    const column = schema[at]?.name ?? '';
    const element = schema[at + 2];
    const kind = element?.type === 'INT64' ? 'sparse' : element?.type === 'FLOAT' ? 'dense' : 'multi';
    const stem = kind === 'sparse' ? column.slice(0, -'.indices'.length) : column;
    const begins = kind === 'sparse' ? SPARSE : NAMED;
    vectors.push({ name: stem.slice(begins.length), kind, size: 0, column: stem });
    at += kind === 'dense' ? 3 : kind === 'sparse' ? 6 : 5;
  }
  return { vectors, sharded };
}
