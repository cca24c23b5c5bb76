import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../faults/fault.ts';
import { stampOf } from '../files/file-stamp.ts';
import { readFault } from '../files/file-faults.ts';
import { openFile } from '../files/open-file.ts';

const CHUNK = 1 << 20;

/** A file opened for reading, that can be read through more than once and tells whether it changed in between. */
export class FileSource {
  readonly path: string;
  /** Size on disk, in bytes. */
  readonly size: number;
  readonly compressed: boolean;
  readonly #handle: FileHandle;
  readonly #modified: number;
  #passes = 0;
  /** Bytes read from disk in the current pass. */
  consumed = 0;

  private constructor(path: string, handle: FileHandle, size: number, modified: number, compressed: boolean) {
    this.path = path;
    this.#handle = handle;
    this.size = size;
    this.#modified = modified;
    this.compressed = compressed;
  }

  /**
   * Throws what `openFile` throws, which explains `within`, BAD_ARCHIVE {reason: 'empty'}, and BAD_ARCHIVE {reason: 'changed'}
   * where its stamp is not `stamp`.
   */
  static async open(path: string, within?: string, stamp?: string): Promise<FileSource> {
    const handle = await openFile(path, within);
    try {
      if (stamp !== undefined && stampOf(await handle.stat({ bigint: true })) !== stamp)
        throw new Fault('BAD_ARCHIVE', { reason: 'changed' });
      const { size, mtimeMs } = await handle.stat();
      const magic = Buffer.alloc(2);
      const { bytesRead } = await handle.read(magic, 0, 2, 0);
      if (bytesRead === 0) throw new Fault('BAD_ARCHIVE', { reason: 'empty' });
      return new FileSource(path, handle, size, mtimeMs, magic[0] === 0x1f && magic[1] === 0x8b);
    } catch (error) {
      await handle.close();
      throw readFault(error, path);
    }
  }

  /** The uncompressed bytes from the beginning, a chunk at a time. Damage to the compression is BAD_ARCHIVE. */
  async *chunks(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    if (!this.compressed) {
      yield* this.#raw(signal);
      return;
    }
    const raw = Readable.from(this.#raw(signal), { objectMode: false, highWaterMark: CHUNK });
    const gunzip = createGunzip({ chunkSize: CHUNK });
    raw.on('error', (error) => gunzip.destroy(error));
    raw.pipe(gunzip);
    try {
      yield* gunzip as AsyncIterable<Buffer>;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'Z_BUF_ERROR') throw new Fault('BAD_ARCHIVE', { reason: 'truncated' }, { cause: error });
      if (code.startsWith('Z_')) throw new Fault('BAD_ARCHIVE', { reason: 'bad_gzip' }, { cause: error });
      throw error;
    } finally {
      raw.destroy();
      gunzip.destroy();
    }
  }

  /** The bytes as they lie on disk. */
  async *#raw(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    // A pass that was given up may still have a read under way when the next one begins: each has its own place.
    const pass = ++this.#passes;
    let position = 0;
    this.consumed = 0;
    for (;;) {
      signal.throwIfAborted();
      const chunk = Buffer.allocUnsafeSlow(CHUNK);
      let bytesRead: number;
      try {
        ({ bytesRead } = await this.#handle.read(chunk, 0, CHUNK, position));
      } catch (error) {
        throw readFault(error, this.path);
      }
      if (bytesRead === 0) return;
      position += bytesRead;
      if (pass === this.#passes) this.consumed = position;
      yield chunk.subarray(0, bytesRead);
    }
  }

  /** Was it written to since it was opened? */
  async changed(): Promise<boolean> {
    const { size, mtimeMs } = await this.#handle.stat();
    return size !== this.size || mtimeMs !== this.#modified;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
