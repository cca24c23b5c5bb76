import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { Fault } from '../faults/fault.ts';

const gzipAsync = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzipAsync = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);

/**
 * How a member is compressed. `fast` is level 1: on the digits of vectors the higher levels buy 10% and cost five times
 * the time. `digits` looks for no repetitions at all: on vectors 14% larger and half the time, on any other text bad.
 */
const WAYS = {
  small: { level: 6 },
  fast: { level: 1 },
  digits: { level: 1, strategy: zlib.constants.Z_HUFFMAN_ONLY },
} as const;
export type Compression = keyof typeof WAYS;

/**
 * One member of a gzip file, made off the calling thread, and taken apart again to see that it holds `text`. Throws
 * WRITE_FAILED when it does not.
 */
export async function gzipMember(text: Uint8Array, way: Compression): Promise<Buffer> {
  const member = await gzipAsync(text, { ...WAYS[way], memLevel: 9, chunkSize: chunkFor(text.length >> 1) });
  const back = await gunzipAsync(member, {
    chunkSize: chunkFor(text.length + 1),
    maxOutputLength: Math.max(text.length, 1),
  }).catch(() => null);
  if (back?.equals(text) !== true) throw new Fault('WRITE_FAILED', { reason: 'compressing it gave something else' });
  return member;
}

const chunkFor = (size: number): number => Math.max(1024, Math.min(8 << 20, size));

/** The smallest filler: header, an extra field with its own 4-byte header, an empty deflate block, checksum and size. */
const SMALLEST = 26;
const LARGEST = 22 + 0xffff;

/** Can a hole of this size be closed with empty members? */
export function canFill(size: number): boolean {
  return size === 0 || size >= SMALLEST;
}

/**
 * Empty gzip members of exactly `size` bytes in all (RFC 1952: members follow one another; each may carry an extra
 * field). Every decompressor passes over them; they close the gap between a header whose length is known only at
 * the end and points that are already on disk.
 */
export function fillerMembers(size: number): Buffer {
  const members: Buffer[] = [];
  let left = size;
  while (left > 0) {
    let length = Math.min(left, LARGEST);
    if (left - length > 0 && left - length < SMALLEST) length -= SMALLEST;
    members.push(filler(length));
    left -= length;
  }
  return Buffer.concat(members);
}

function filler(length: number): Buffer {
  const member = Buffer.alloc(length);
  const extra = length - 22;
  member.set([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255]);
  member.writeUInt16LE(extra, 10);
  member.write('VK', 12, 'latin1');
  member.writeUInt16LE(extra - 4, 14);
  member.set([3, 0], 12 + extra);
  return member;
}
