/** Segments that are damaged, and what those who read them say. */
import { closeSync, openSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { Fault } from '../../main/faults/fault.ts';
import { checkSegment, sha256OfFile } from '../../main/vault/segment-check.ts';
import { SegmentKeys } from '../../main/vault/segment-keys.ts';
import { anyPoints, EVERY_KIND, pointTexts, segmentOnDisk, writeSegment } from './segments.ts';

/** A fault that says what is wrong, or the digest of the points that are all as they were stored. */
export async function outcome(path: string): Promise<Fault | string> {
  try {
    return (await checkSegment(path)).fingerprint.digest();
  } catch (error) {
    if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return error;
    throw error;
  }
}

/** Ids as the merge sees them, or the fault. */
export function keysOf(path: string): Fault | number {
  try {
    const keys = SegmentKeys.open(path);
    try {
      while (keys.next());
      return keys.row;
    } finally {
      keys.close();
    }
  } catch (error) {
    if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return error;
    throw error;
  }
}

/** Some points with and without each kind of vector, in two row groups: the same every time. */
export async function segmentOfEveryKind(): Promise<Buffer> {
  const points = fc.sample(fc.tuple(anyPoints, anyPoints), { seed: 5, numRuns: 3 }).flat(2).slice(0, 8);
  return (await writeSegment(EVERY_KIND, pointTexts(points), { sharded: true, flushEvery: 6 })).file;
}

interface Tally {
  readonly bytes: number;
  readonly flips: number;
  /** The others are what no point depends on: unused bits, names of encodings that nobody asks. */
  readonly found: number;
}

/** Flips bits of a segment, one at a time, and checks that each is found, or changes no point; the sum of the file always tells. */
export async function flipSegment(file: Buffer, bitsOf: (at: number) => readonly number[]): Promise<Tally> {
  const path = segmentOnDisk(file);
  const [sum, whole] = [await sha256OfFile(path), await outcome(path)];
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  const tally = { bytes: file.length, flips: 0, found: 0 };
  const fd = openSync(path, 'r+');
  try {
    for (const [at, byte] of file.entries()) {
      for (const bit of bitsOf(at)) {
        writeSync(fd, Uint8Array.of(byte ^ (1 << bit)), 0, 1, at);
        const result = await outcome(path);
        if (result instanceof Fault) tally.found++;
        else expect(result, `bit ${bit} at ${at}`).toBe(whole);
        keysOf(path);
        expect(await sha256OfFile(path)).not.toBe(sum);
        tally.flips++;
      }
      writeSync(fd, file, at, 1, at);
    }
  } finally {
    closeSync(fd);
  }
  return tally;
}
