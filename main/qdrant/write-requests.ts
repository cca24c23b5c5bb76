/**
 * The bodies of writing requests, put together as text around points that stay as they came. Facts:
 * `update_filter` exists from 1.16; a filter that no point matches lets an upsert only insert, without the race of
 * asking first (measured on 1.16.3: an existing point stays, a missing one is made).
 */

/** A point's parts as source text, each a view on somebody's buffer. null: the point has none. */
export interface PointText {
  readonly id: Uint8Array;
  readonly vector: Uint8Array | null;
  readonly payload: Uint8Array | null;
}

const bytes = (text: string): Buffer => Buffer.from(text);
const COMMA = bytes(',');
const POINTS = bytes('{"points":[');
const ID = bytes('{"id":');
const VECTOR = bytes(',"vector":');
const PAYLOAD = bytes(',"payload":');
const CLOSE = bytes('}');
const NO_VECTOR = bytes('{}');

/** `{"id":…,"vector":…,"payload":…}` from parts, for points that carry more than a target should get. */
export function pointPieces({ id, vector, payload }: PointText): Uint8Array[] {
  const pieces: Uint8Array[] = [ID, id, VECTOR, vector ?? NO_VECTOR];
  if (payload !== null) pieces.push(PAYLOAD, payload);
  pieces.push(CLOSE);
  return pieces;
}

/** Body of `PUT points`: `points` is `{…},{…}`. */
export function upsertBody(
  points: readonly Uint8Array[],
  options: { onlyNew: boolean; shardKey: string | null },
): Uint8Array[] {
  const shard = options.shardKey === null ? '' : `,"shard_key":${options.shardKey}`;
  const filter = options.onlyNew ? ',"update_filter":{"must":[{"has_id":[]}]}' : '';
  return [POINTS, ...points, bytes(`]${shard}${filter}}`)];
}

/** Body of `POST points` that asks which of these ids exist: `{"ids":[…]}`, nothing else of the points. */
export function existingBody(ids: readonly Uint8Array[], shardKey: string | null): Uint8Array[] {
  const shard = shardKey === null ? '' : `,"shard_key":${shardKey}`;
  return [bytes('{"ids":['), ...joined(ids), bytes(`],"with_payload":false,"with_vector":false${shard}}`)];
}

/**
 * Operations of `POST points/batch` that merge points into existing ones: the file's payload keys and vectors are
 * set, everything else stays. By Qdrant's own rule a payload key that the file has as null is taken away.
 */
export function mergeOperations({ id, vector, payload }: PointText, shardKey: string | null): Uint8Array[] {
  const shard = shardKey === null ? '' : `,"shard_key":${shardKey}`;
  const pieces: Uint8Array[] = [];
  if (payload !== null)
    pieces.push(bytes('{"set_payload":{"payload":'), payload, bytes(',"points":['), id, bytes(`]${shard}}}`));
  if (vector !== null) {
    if (pieces.length > 0) pieces.push(COMMA);
    pieces.push(bytes('{"update_vectors":{"points":[{"id":'), id, VECTOR, vector, bytes(`}]${shard}}}`));
  }
  return pieces;
}

/** Body of `POST points/batch` around operations that are separated by commas already. */
export function batchBody(operations: readonly Uint8Array[]): Uint8Array[] {
  return [bytes('{"operations":['), ...operations, bytes(']}')];
}

function joined(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [COMMA, part]));
}
