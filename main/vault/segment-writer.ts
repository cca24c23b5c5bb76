import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { GrowingBytes } from '../points/canonical-json.ts';
import { idText } from '../points/point-id.ts';
import type { Span } from '../points/point-scanner.ts';
import type { PointValues, VectorValues } from '../points/point-values.ts';
import type { VectorSchema } from '../points/vector-schema.ts';
import { DenseColumn } from './dense-column.ts';
import {
  HASH_LENGTH,
  segmentSchema,
  segmentVectors,
  type SegmentOptions,
  type SegmentVector,
} from './segment-columns.ts';

/** Points that are kept in memory until they are a row group, in bytes of what they hold. */
const GROUP_BYTES = 4 << 20;
const GROUP_ROWS = 16_384;

export interface WrittenSegment {
  readonly rows: number;
  readonly bytes: number;
  /** Hexadecimal, of the whole file: its name. */
  readonly sha256: string;
}

/** Writes points, in the order they come, as a Parquet file. `write` gets its bytes one behind the other. */
export class SegmentWriter {
  readonly #write: (bytes: Buffer) => Promise<void>;
  readonly #sharded: boolean;
  readonly #out = new ByteWriter(1 << 20);
  readonly #parquet: ParquetWriter;
  readonly #vectors: readonly SegmentVector[];
  readonly #dense = new Map<string, DenseColumn>();
  readonly #sha256 = createHash('sha256');
  #group: Group;
  #rows = 0;
  #bytes = 0;

  constructor(schema: VectorSchema, write: (bytes: Buffer) => Promise<void>, { sharded = false }: SegmentOptions = {}) {
    this.#write = write;
    this.#sharded = sharded;
    this.#vectors = segmentVectors(schema);
    for (const { name, kind, size, column } of this.#vectors)
      if (kind === 'dense') this.#dense.set(name, new DenseColumn(column, size));
    this.#parquet = new ParquetWriter({
      writer: this.#out,
      schema: segmentSchema(this.#vectors, { sharded }),
      codec: 'GZIP',
      compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 1, chunkSize: Math.max(1024, bytes.length) }) },
      statistics: false,
      createdBy: 'vectorkeep',
    });
    this.#group = new Group(this.#vectors, this.#sharded);
  }

  /** Takes a copy. `buf` is where the payload's span lies. Call `flush` when it says true. */
  add({ id, vectors, payload, shardKey }: PointValues, buf: Uint8Array, hash: Uint8Array): boolean {
    const group = this.#group;
    group.add(idText(id), hash, { buf, payload }, shardKey);
    for (const column of this.#vectors) {
      const vector = vectors.find(({ name }) => name === column.name);
      if (column.kind === 'dense') this.#dense.get(column.name)?.add(vector?.values ?? null);
      else group.addVector(column, vector);
      group.bytes += (vector?.values.length ?? 0) * 4;
    }
    return group.bytes >= GROUP_BYTES || group.rows >= GROUP_ROWS;
  }

  /** Writes what was gathered as a row group. */
  async flush(): Promise<void> {
    const group = this.#group;
    if (group.rows === 0) return;
    this.#group = new Group(this.#vectors, this.#sharded);
    this.#rows += group.rows;
    await this.#parquet.write({ columnData: group.columns(), rowGroupSize: group.rows });
    const written = this.#parquet.row_groups.at(-1);
    if (written === undefined) throw new Error('a row group was not written');
    for (const column of this.#dense.values()) {
      const chunk = await column.finish(this.#out);
      written.columns.push(chunk);
      written.total_byte_size += chunk.meta_data?.total_uncompressed_size ?? 0n;
      written.total_compressed_size =
        (written.total_compressed_size ?? 0n) + (chunk.meta_data?.total_compressed_size ?? 0n);
    }
    await this.#pass();
  }

  async finish(): Promise<WrittenSegment> {
    await this.flush();
    await this.#parquet.finish();
    await this.#pass();
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#sha256.digest('hex') };
  }

  /** Hands on what has gathered in the library's buffer, and begins it again. */
  async #pass(): Promise<void> {
    const bytes = Buffer.from(this.#out.buffer, 0, this.#out.index);
    this.#sha256.update(bytes);
    this.#bytes += bytes.length;
    await this.#write(bytes);
    this.#out.index = 0;
  }
}

/** Rows of the columns that the library writes. */
class Group {
  rows = 0;
  bytes = 0;
  readonly #ids: string[] = [];
  /** One behind the other: a buffer for each would be thousands that only a full collection takes away. */
  readonly #hashes = new GrowingBytes(1 << 16);
  readonly #payloads = new GrowingBytes(1 << 20);
  /** Where each payload ends in there; -1: the point has none. */
  readonly #ends: number[] = [];
  readonly #shardKeys: (string | null)[] = [];
  readonly #sharded: boolean;
  readonly #lists = new Map<string, unknown[]>();
  readonly #vectors: readonly SegmentVector[];

  constructor(vectors: readonly SegmentVector[], sharded: boolean) {
    this.#sharded = sharded;
    this.#vectors = vectors.filter(({ kind }) => kind !== 'dense');
  }

  /** Takes copies: the buffer is another page's soon. */
  add(
    id: string,
    hash: Uint8Array,
    { buf, payload }: { readonly buf: Uint8Array; readonly payload: Span | null },
    shardKey: string | null,
  ): void {
    this.rows++;
    this.#shardKeys.push(shardKey);
    this.#ids.push(id);
    this.#hashes.copy(hash, 0, HASH_LENGTH);
    if (payload !== null) this.#payloads.copy(buf, payload.start, payload.end);
    this.#ends.push(payload === null ? -1 : this.#payloads.length);
    this.bytes += id.length + HASH_LENGTH + (payload === null ? 0 : payload.end - payload.start);
  }

  /** `vector` undefined: the point has none. */
  addVector({ kind, column }: SegmentVector, vector: VectorValues | undefined): void {
    if (kind === 'sparse') {
      const sparse = vector?.kind === 'sparse' ? vector : null;
      this.#push(`${column}.indices`, sparse && Array.from(sparse.indices, BigInt));
      this.#push(`${column}.values`, sparse && Array.from(sparse.values));
    } else this.#push(column, vector?.kind === 'multi' ? rowsOf(vector) : null);
  }

  #push(key: string, row: unknown): void {
    const list = this.#lists.get(key) ?? [];
    list.push(row);
    this.#lists.set(key, list);
  }

  #hashRows(): Uint8Array[] {
    const bytes = this.#hashes.bytes();
    return this.#ids.map((_, row) => bytes.subarray(row * HASH_LENGTH, (row + 1) * HASH_LENGTH));
  }

  #payloadRows(): (Uint8Array | null)[] {
    const bytes = this.#payloads.bytes();
    let start = 0;
    return this.#ends.map((end) => {
      if (end < 0) return null;
      const payload = bytes.subarray(start, end);
      start = end;
      return payload;
    });
  }

  columns(): Parameters<ParquetWriter['write']>[0]['columnData'] {
    return [
      { name: 'id', data: this.#ids, encoding: 'DELTA_BYTE_ARRAY' },
      { name: 'hash', data: this.#hashRows(), encoding: 'PLAIN', codec: 'UNCOMPRESSED' },
      { name: 'payload', data: this.#payloadRows(), encoding: 'PLAIN' },
      ...(this.#sharded ? [{ name: 'shard_key', data: this.#shardKeys, encoding: 'PLAIN' as const }] : []),
      ...this.#vectors.flatMap(({ kind, column }) =>
        (kind === 'sparse' ? ['.indices', '.values'] : ['']).map((part) => ({
          name: `${column}${part}`,
          data: this.#lists.get(`${column}${part}`) ?? [],
          encoding: 'PLAIN' as const,
        })),
      ),
    ];
  }
}

function rowsOf({ values, size }: Extract<VectorValues, { kind: 'multi' }>): number[][] {
  return Array.from({ length: values.length / size }, (_, row) =>
    Array.from(values.subarray(row * size, (row + 1) * size)),
  );
}
