import { createHash, hash } from 'node:crypto';
import { canonicalJson, GrowingBytes } from './canonical-json.ts';
import type { PointId } from './point-id.ts';
import type { PointValues, VectorValues } from './point-values.ts';

/** Bytes of a point hash: half a sha256, which neither accident nor malice meets twice among the points of an index. */
export const HASH_BYTES = 16;

const KIND = { dense: 1, multi: 2, sparse: 3, shardKey: 4 } as const;

/**
 * The hash of a point: over its id, the 32-bit floats of each vector by name, the key of its
 * shard where it has one, and its payload in canonical form. Two
 * points have the same when Qdrant would answer every question the same for both. Little endian throughout; the layout is
 * told in docs/vault-format.md.
 */
export class PointHasher {
  readonly #out = new GrowingBytes();
  readonly #hash = Buffer.alloc(HASH_BYTES);

  /** `buf` is where the payload's span lies. Good until the next. */
  hash({ id, vectors, payload, shardKey }: PointValues, buf: Uint8Array): Buffer {
    const out = this.#out;
    out.length = 0;
    putId(out, id);
    for (const vector of vectors) putVector(out, vector);
    if (shardKey !== null) putText(out, KIND.shardKey, shardKey);
    out.byte(0);
    if (payload !== null) {
      const before = out.length;
      canonicalJson(buf, payload.start, out);
      // An empty payload and none are the same to Qdrant.
      if (out.length - before === 2) out.length = before;
    }
    return halfSha256(out.bytes(), this.#hash);
  }
}

/** The first half of the sha256 of some bytes, into `out`: as text it costs two thirds of what a buffer for each does. */
export function halfSha256(bytes: Uint8Array, out: Buffer): Buffer {
  out.write(hash('sha256', bytes, 'binary'), 'binary');
  return out;
}

function putId(out: GrowingBytes, { kind, w0, w1, w2, w3 }: PointId): void {
  out.byte(kind);
  if (kind === 2) {
    putWord(out, w0);
    putWord(out, w1);
  }
  putWord(out, w2);
  putWord(out, w3);
}

function putVector(out: GrowingBytes, vector: VectorValues): void {
  putText(out, KIND[vector.kind], vector.name);
  if (vector.kind === 'multi') putWord(out, vector.size);
  putWord(out, vector.values.length);
  if (vector.kind === 'sparse') putBytes(out, vector.indices);
  putBytes(out, vector.values);
}

function putText(out: GrowingBytes, kind: number, text: string): void {
  const length = Buffer.byteLength(text);
  out.byte(kind);
  putWord(out, length);
  out.reserve(length);
  out.length += out.buf.write(text, out.length);
}

function putWord(out: GrowingBytes, word: number): void {
  out.reserve(4);
  out.buf.writeUInt32LE(word >>> 0, out.length);
  out.length += 4;
}

function putBytes(out: GrowingBytes, { buffer, byteOffset, byteLength }: Float32Array | Uint32Array): void {
  out.append(new Uint8Array(buffer, byteOffset, byteLength));
}

/**
 * What many points are together, whatever their order: the sum of their hashes in 256 buckets, by the first byte of the
 * hash. Equal for two sides that hold the same points; the buckets that differ tell where to look when they are not.
 */
export class Fingerprint {
  /** Eight words of 16 bits a bucket, little endian, so that sums stay exact. */
  readonly #sums = new Float64Array(256 * 8);
  readonly #counts = new Float64Array(256);
  count = 0;

  add(hash: Uint8Array): void {
    const bucket = hash[0] as number;
    for (let word = 0; word < 8; word++)
      this.#sums[bucket * 8 + word] =
        (this.#sums[bucket * 8 + word] as number) + (hash[word * 2] as number) + (hash[word * 2 + 1] as number) * 256;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.count++;
  }

  /** 64 hexadecimal digits. */
  digest(): string {
    const all = createHash('sha256');
    all.update(new Uint8Array(this.#sums.buffer)).update(new Uint8Array(this.#counts.buffer));
    return all.digest('hex');
  }

  /** The same; null of no points at all. */
  digestOrNull(): string | null {
    return this.count === 0 ? null : this.digest();
  }
}
