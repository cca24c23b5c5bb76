import { closeSync, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { Fault, type FaultParams } from '../faults/fault.ts';
import { segmentSchema, vectorsOfSchema, type SegmentVector } from './segment-columns.ts';
import { passThrift } from './segment-thrift.ts';

const readAsync = promisify(read);

const MAGIC = 0x31524150;
/** A footer has some hundred bytes for each column of each row group. */
const LONGEST_FOOTER = 64 << 20;
/** What one column may take in one row group. One point may be as large as a request to Qdrant, and a group ends with it. */
const LARGEST_CHUNK = 256 << 20;
/** Larger than any group that is written, small enough for arrays by row. */
const MOST_ROWS = 1 << 18;

/** The bytes of one column in one row group. */
export interface SegmentChunk {
  readonly start: number;
  readonly length: number;
  readonly packed: boolean;
}

export interface SegmentGroup {
  /** Number of its first row in the segment. */
  readonly first: number;
  readonly rows: number;
  /** In the order of the columns, sparse vectors having two. */
  readonly chunks: readonly SegmentChunk[];
}

/** Something that no whole segment has; `reason` is one of BACKUP_DAMAGED. */
export class Flaw extends Error {
  readonly reason: string;

  constructor(message: string, reason = 'content') {
    super(message);
    this.reason = reason;
  }
}

/** An error of a file that cannot be what was written once, as BACKUP_DAMAGED. */
export function damaged(path: string, error: unknown, params: FaultParams = {}): Fault {
  if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Fault('BACKUP_DAMAGED', { reason: reasonOf(error), path, detail, ...params }, { cause: error });
}

function reasonOf(error: unknown): string {
  if (error instanceof Flaw) return error.reason;
  if (error instanceof Fault && error.code === 'FILE_NOT_FOUND') return 'missing';
  if (error instanceof Fault && error.code === 'FILE_NOT_READABLE') return 'unreadable';
  if (!(error instanceof Error && 'syscall' in error)) return 'content';
  return 'code' in error && error.code === 'ENOENT' ? 'missing' : 'unreadable';
}

/** A segment that is open for reading; what its footer says was checked against the size of the file. */
export class SegmentFile {
  readonly path: string;
  readonly rows: number;
  readonly vectors: readonly SegmentVector[];
  /** It has a column `shard_key`. */
  readonly sharded: boolean;
  readonly groups: readonly SegmentGroup[];
  readonly #fd: number;

  /** Throws BACKUP_DAMAGED {missing, unreadable, truncated, too_large, content}. */
  static open(path: string): SegmentFile {
    let fd = -1;
    try {
      // A pipe has no end and a device no length: neither is even opened.
      if (!statSync(path).isFile()) throw new Flaw('it is not an ordinary file', 'unreadable');
      fd = openSync(path, 'r');
      return new SegmentFile(path, fd);
    } catch (error) {
      if (fd >= 0) closeSync(fd);
      throw damaged(path, error);
    }
  }

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
    const { size } = fstatSync(fd);
    if (size < 12 || this.readNow(0, 4).readUInt32LE(0) !== MAGIC) throw new Flaw('no Parquet file');
    const tail = this.readNow(size - 8, 8);
    const length = tail.readUInt32LE(0);
    if (tail.readUInt32LE(4) !== MAGIC || length > size - 12 || length > LONGEST_FOOTER)
      throw new Flaw('the end of the file is missing', 'truncated');
    const end = size - 8 - length;
    const footer = this.readNow(end, length + 8);
    if (passThrift(footer, 0) !== length) throw new Flaw('the footer has another length');
    const metadata = parquetMetadata(footer, { geoparquet: false });
    const { vectors, sharded } = vectorsOfSchema(metadata.schema);
    const expected = segmentSchema(vectors, { sharded });
    if (!sameSchema(metadata.schema, expected)) throw new Flaw('it has other columns');
    this.vectors = vectors;
    this.sharded = sharded;
    const columns = expected.filter(({ type }) => type !== undefined).length;
    this.groups = groupsOf(metadata, columns, end);
    this.rows = this.groups.reduce((sum, { rows }) => sum + rows, 0);
    if (BigInt(this.rows) !== metadata.num_rows) throw new Flaw('the number of rows is another');
  }

  /** Bytes at once: for a thread that has nothing else to do. Throws when there are fewer. */
  readNow(start: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let got = 0; got < length;) {
      const more = readSync(this.#fd, bytes, got, length - got, start + got);
      if (more === 0) throw new Flaw('the file ends early', 'truncated');
      got += more;
    }
    return bytes;
  }

  async read(start: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let got = 0; got < length;) {
      const { bytesRead } = await readAsync(this.#fd, bytes, got, length - got, start + got);
      if (bytesRead === 0) throw new Flaw('the file ends early', 'truncated');
      got += bytesRead;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function sameSchema(found: readonly SchemaElement[], expected: readonly SchemaElement[]): boolean {
  const told = ({ name, type, type_length, repetition_type, converted_type, num_children }: SchemaElement): string =>
    JSON.stringify([name, type, type_length, repetition_type, converted_type, num_children]);
  return (
    found.length === expected.length &&
    found.every((element, n) => {
      const other = expected[n];
      return other !== undefined && told(element) === told(other);
    })
  );
}

function groupsOf(metadata: FileMetaData, columns: number, end: number): SegmentGroup[] {
  let first = 0;
  return metadata.row_groups.map((group) => {
    const rows = whole(group.num_rows, MOST_ROWS);
    if (group.columns.length !== columns) throw new Flaw('a row group has other columns');
    const chunks = group.columns.map(({ meta_data: meta, file_path }): SegmentChunk => {
      if (meta === undefined || file_path !== undefined) throw new Flaw('a column lies elsewhere');
      if (meta.codec !== 'GZIP' && meta.codec !== 'UNCOMPRESSED') throw new Flaw('a column has another codec');
      const start = whole(meta.dictionary_page_offset ?? meta.data_page_offset, end);
      const length = whole(meta.total_compressed_size, LARGEST_CHUNK);
      if (start < 4 || start + length > end) throw new Flaw('a column lies outside the file');
      return { start, length, packed: meta.codec === 'GZIP' };
    });
    first += rows;
    return { first: first - rows, rows, chunks };
  });
}

/** A number of a footer that must be between none and `most`. */
function whole(value: unknown, most: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > most) throw new Flaw('a number is out of bounds');
  return number;
}
