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

const HEADER = '\x1f\x8b\x08\0\0\0\0\0\0\xff';
/** An empty block that is the last one. */
const LAST = '\x03\0';

/**
 * One gzip member, made off the calling thread, of `count` streams of the same length that stand one behind the other in
 * `body`. Runs and Huffman coding are tried, stream by stream; one that is noise, as the lower bytes of embeddings are, is
 * stored as it is. So it takes a third of the time to compress, and to take apart again.
 */
export async function gzipStreams(body: Buffer, count: number): Promise<Buffer> {
  const length = body.length / count;
  const streams = Array.from({ length: count }, (_, n) => body.subarray(n * length, (n + 1) * length));
  const parts = await Promise.all(
    streams.map(async (stream) => {
      if (bitsOf(stream) >= NOISE) return { stream, packed: null };
      return { stream, packed: await deflateRaw(stream, { ...RUNS, chunkSize: Math.max(1024, stream.length) }) };
    }),
  );
  const size = parts.reduce((sum, { stream, packed }) => sum + (packed?.length ?? storedSize(stream.length)), 0);
  const out = Buffer.allocUnsafeSlow(HEADER.length + size + LAST.length + 8);
  let pos = out.write(HEADER, 0, 'latin1');
  for (const { stream, packed } of parts) pos = packed === null ? store(stream, out, pos) : pos + packed.copy(out, pos);
  pos += out.write(LAST, pos, 'latin1');
  out.writeUInt32LE(zlib.crc32(body), pos);
  out.writeUInt32LE(body.length, pos + 4);
  return out;
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

/** Bytes that a stream takes when it is stored: five before each block. */
const storedSize = (length: number): number => length + 5 * Math.ceil(length / STORED);

/** Writes a stream as stored blocks; returns the index behind them. */
function store(stream: Buffer, out: Buffer, pos: number): number {
  for (let from = 0; from < stream.length; from += STORED) {
    const length = Math.min(STORED, stream.length - from);
    out[pos] = 0;
    out.writeUInt16LE(length, pos + 1);
    out.writeUInt16LE(length ^ 0xffff, pos + 3);
    stream.copy(out, pos + 5, from, from + length);
    pos += 5 + length;
  }
  return pos;
}
