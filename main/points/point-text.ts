import type { GrowingBytes } from './canonical-json.ts';
import { LONGEST_FLOAT, writeFloats } from './float-text.ts';
import { idText } from './point-id.ts';
import type { PointValues, VectorValues } from './point-values.ts';

/** Digits of a u32 and the comma behind it. */
const LONGEST_INDEX = 11;

/**
 * Appends a point as text, `{"id":…,"vector":…,"payload":…}`, as the scanner reads it and Qdrant takes it: an unnamed
 * dense vector alone as a list, otherwise vectors by name; floats in as many digits as tell any two apart; the payload,
 * which lies in `buf`, byte for byte. Without a payload or a shard key there is no such member.
 */
export function writePoint({ id, vectors, payload, shardKey }: PointValues, buf: Uint8Array, out: GrowingBytes): void {
  const name = id.kind === 2 ? `"${idText(id)}"` : idText(id);
  ascii(out, `{"id":${name},"vector":`);
  const [first] = vectors;
  if (first?.name === '' && first.kind === 'dense' && vectors.length === 1) writeVector(first, out);
  else {
    let separator = '{';
    for (const vector of vectors) {
      text(out, `${separator}${JSON.stringify(vector.name)}:`);
      writeVector(vector, out);
      separator = ',';
    }
    ascii(out, vectors.length === 0 ? '{}' : '}');
  }
  if (payload !== null) {
    ascii(out, ',"payload":');
    out.copy(buf, payload.start, payload.end);
  }
  if (shardKey !== null) text(out, `,"shard_key":${shardKey}`);
  ascii(out, '}');
}

function writeVector(vector: VectorValues, out: GrowingBytes): void {
  const { values } = vector;
  if (vector.kind === 'dense') {
    writeList(values, 0, values.length, out);
    return;
  }
  if (vector.kind === 'sparse') {
    ascii(out, '{"indices":[');
    out.reserve(vector.indices.length * LONGEST_INDEX);
    for (const [n, index] of vector.indices.entries()) ascii(out, n === 0 ? String(index) : `,${index}`);
    ascii(out, '],"values":');
    writeList(values, 0, values.length, out);
    ascii(out, '}');
    return;
  }
  ascii(out, '[');
  for (let from = 0; from < values.length; from += vector.size) {
    if (from > 0) ascii(out, ',');
    writeList(values, from, vector.size, out);
  }
  ascii(out, ']');
}

function writeList(values: Float32Array, from: number, count: number, out: GrowingBytes): void {
  out.reserve(count * LONGEST_FLOAT + 2);
  out.byte(0x5b);
  out.length = writeFloats(values, from, count, out.buf, out.length);
  out.byte(0x5d);
}

function ascii(out: GrowingBytes, characters: string): void {
  out.reserve(characters.length);
  out.length += out.buf.write(characters, out.length, 'latin1');
}

function text(out: GrowingBytes, characters: string): void {
  out.reserve(characters.length * 3);
  out.length += out.buf.write(characters, out.length);
}
