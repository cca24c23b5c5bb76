import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { GrowingBytes } from '../points/canonical-json.ts';
import { idText } from '../points/point-id.ts';
import type { PointValues, VectorValues } from '../points/point-values.ts';
import type { VectorSchema } from '../points/vector-schema.ts';
import { writeChunk } from './column-chunk.ts';
import { DenseColumn } from './dense-column.ts';
import { PayloadColumn } from './payload-column.ts';
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
  readonly #payloads = new PayloadColumn();
  /** Of the rows of a group, one behind the other. */
  readonly #hashes = new GrowingBytes(1 << 16);
  readonly #sha256 = createHash('sha256');
  readonly #group: Group;
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
      compressors: { GZIP: (bytes) => gzipSync(bytes, { level: 1 }) },
      statistics: false,
      createdBy: 'vectorkeep',
    });
    this.#group = new Group(this.#vectors, this.#sharded);
  }

  /** Takes a copy. `buf` is where the payload's span lies. Call `flush` when it says true. */
  add({ id, vectors, payload, shardKey }: PointValues, buf: Uint8Array, hash: Uint8Array): boolean {
    const group = this.#group;
    group.add(idText(id), shardKey);
    this.#hashes.copy(hash, 0, HASH_LENGTH);
    this.#payloads.add(buf, payload);
    group.bytes += HASH_LENGTH + (payload === null ? 0 : payload.end - payload.start);
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
    await this.#parquet.write({ columnData: group.columns(), rowGroupSize: group.rows });
    const written = this.#parquet.row_groups.at(-1);
    if (written === undefined) throw new Error('a row group was not written');
    const add = (chunk: ColumnChunk, at: number): void => {
      written.columns.splice(at, 0, chunk);
      written.total_byte_size += chunk.meta_data?.total_uncompressed_size ?? 0n;
      written.total_compressed_size =
        (written.total_compressed_size ?? 0n) + (chunk.meta_data?.total_compressed_size ?? 0n);
    };
    // In the order of the schema, wherever their bytes lie.
    add(this.#hashChunk(group.rows), 1);
    add(await this.#payloads.finish(this.#out), 2);
    for (const column of this.#dense.values()) add(await column.finish(this.#out), written.columns.length);
    this.#rows += group.rows;
    group.clear();
    this.#hashes.length = 0;
    await this.#pass();
  }

  #hashChunk(rows: number): ColumnChunk {
    const packed = this.#hashes.bytes();
    const page = {
      ...{ rows, values: rows, nulls: 0, encoding: 'PLAIN' as const, repetition: NOTHING, definition: NOTHING },
      ...{ packed: [packed], unpacked: packed.length },
    };
    return writeChunk(this.#out, { type: 'FIXED_LEN_BYTE_ARRAY', path: ['hash'], codec: 'UNCOMPRESSED' }, [page]);
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

const NOTHING = new Uint8Array(0);

/** Rows of the columns that the library writes. */
class Group {
  rows = 0;
  bytes = 0;
  /** One behind the other, and where each ends. */
  readonly #ids = new GrowingBytes();
  #idEnds: number[] = [];
  #shardKeys: (string | null)[] = [];
  readonly #sharded: boolean;
  readonly #lists = new Map<string, unknown[]>();
  readonly #vectors: readonly SegmentVector[];

  constructor(vectors: readonly SegmentVector[], sharded: boolean) {
    this.#sharded = sharded;
    this.#vectors = vectors.filter(({ kind }) => kind !== 'dense');
  }

  clear(): void {
    this.rows = this.bytes = 0;
    this.#ids.length = 0;
    this.#idEnds = [];
    this.#shardKeys = [];
    this.#lists.clear();
  }

  add(id: string, shardKey: string | null): void {
    this.rows++;
    this.#ids.reserve(id.length);
    this.#ids.length += this.#ids.buf.write(id, this.#ids.length, 'latin1');
    this.#idEnds.push(this.#ids.length);
    if (this.#sharded) this.#shardKeys.push(shardKey);
    this.bytes += id.length;
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

  #idRows(): Uint8Array[] {
    const ids = this.#ids.bytes();
    return this.#idEnds.map((end, row) => ids.subarray(this.#idEnds[row - 1] ?? 0, end));
  }

  columns(): Parameters<ParquetWriter['write']>[0]['columnData'] {
    return [
      { name: 'id', data: this.#idRows(), encoding: 'DELTA_BYTE_ARRAY' },
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
