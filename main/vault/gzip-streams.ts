import { promisify } from 'node:util';
import zlib from 'node:zlib';

const { Z_RLE, Z_FULL_FLUSH } = zlib.constants;
const deflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);

/** Of this many bytes a stream is judged. */
const SAMPLE = 4096;
/** Bits a byte, of eight, from which on a stream is noise: Huffman coding would save less than its tables and time cost. */
const NOISE = 7.8;
/** What a stored block of deflate holds at most. */
const STORED = 65_535;

/** Runs look back by one byte, so the window may be the smallest: it is made anew for each stream. */
const RUNS = { level: 1, memLevel: 8, windowBits: 9, strategy: Z_RLE, finishFlush: Z_FULL_FLUSH };

const HEADER = Buffer.from('\x1f\x8b\x08\0\0\0\0\0\0\xff', 'latin1');
/** An empty block that is the last one. */
const LAST = '\x03\0';

/**
 * One gzip member, made off the calling thread, of `count` streams of the same length that stand one behind the other in
 * `body`. Runs and Huffman coding are tried, stream by stream; one that is noise, as the lower bytes of embeddings are, is
 * stored as it is. So it takes a third of the time to compress, and to take apart again. The pieces stand one behind the
 * other; those of noise are views of `body`.
 */
export async function gzipStreams(body: Buffer, count: number): Promise<Uint8Array[]> {
  const length = body.length / count;
  const streams = Array.from({ length: count }, (_, n) => body.subarray(n * length, (n + 1) * length));
  const parts = await Promise.all(
    streams.map(async (stream) => {
      const bits = bitsOf(stream);
      if (bits >= NOISE) return stored(stream);
      // What it will take, so that it comes in one piece and no large one is made for nothing.
      const chunkSize = 1024 + Math.ceil(stream.length * Math.min(1, (bits / 8) * 1.1));
      return [await deflateRaw(stream, { ...RUNS, chunkSize })];
    }),
  );
  const end = Buffer.alloc(LAST.length + 8);
  end.write(LAST, 0, 'latin1');
  end.writeUInt32LE(zlib.crc32(body), LAST.length);
  end.writeUInt32LE(body.length, LAST.length + 4);
  return [HEADER, ...parts.flat(), end];
}

/** Entropy of a sample, in bits a byte. */
function bitsOf(stream: Uint8Array): number {
  const counts = new Uint32Array(256);
  const sample = Math.min(SAMPLE, stream.length);
  // From all over: a page may hold vectors of several kinds.
  const step = Math.max(1, Math.floor(stream.length / SAMPLE));
  for (let n = 0; n < sample; n++) {
    const byte = stream[n * step] as number;
    counts[byte] = (counts[byte] as number) + 1;
  }
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / sample) * Math.log2(count / sample);
  return bits;
}

/** A stream as stored blocks, each behind its five bytes. */
function stored(stream: Buffer): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < stream.length; from += STORED) {
    const block = stream.subarray(from, from + STORED);
    const head = Buffer.alloc(5);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    pieces.push(head, block);
  }
  return pieces;
}
