import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { faultOf, temporaryFolder, validateFile, writeArchive } from './archives.ts';

/** A whole export of two points, small enough to be broken at every byte. */
export async function smallExport(compress: boolean): Promise<Buffer> {
  const points = [
    '{"id":1,"vector":[0.5,-1.25],"payload":{"path":"src/é.ts","n":12}}',
    '{"id":"550e8400-e29b-41d4-a716-446655440000","vector":[3,4]}',
  ];
  const header = {
    dimensions: 2,
    files: '{"src/é.ts":{"points":1}}',
    config: '{"vectors":{"size":2,"distance":"Dot"}}',
  };
  const path = join(temporaryFolder(), 'x');
  await writeArchive(path, points, { compress, page: 1, headerEstimate: 0, header });
  return readFileSync(path);
}

/** Every byte of an export; of its hole, where one white space or zero is like the next, some. */
export function placesIn(whole: Buffer): number[] {
  const hole = /[\0 ]{40,}/.exec(whole.toString('latin1'));
  return Array.from(whole.keys()).filter((at) => {
    const inside = hole !== null && at > hole.index + 5 && at < hole.index + hole[0].length - 5;
    return !inside || at % 97 === 0;
  });
}

interface Tally {
  /** Refused. */
  found: number;
  /** Every value is what it was: white space, unused fields of the compression, empty members. */
  harmless: number;
  /** Plain files only: what stands around points and metadata says something else. */
  unseen: number;
}

/** Flips bits of a small export, one at a time, and checks that each is found or may stay. */
export async function flipBits(compress: boolean, bitsOf: (at: number) => readonly number[]): Promise<Tally> {
  const whole = await smallExport(compress);
  const meaning = (bytes: Buffer): { vectors: unknown } =>
    JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()) as { vectors: unknown };
  const meant = meaning(whole);
  const text = whole.toString('latin1');
  const tally: Tally = { found: 0, harmless: 0, unseen: 0 };
  const path = join(temporaryFolder(), 'x');
  writeFileSync(path, whole);
  const file = openSync(path, 'r+');
  try {
    for (const at of placesIn(whole)) {
      for (const bit of bitsOf(at)) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        writeSync(file, bytes, at, 1, at);
        const fault = await faultOf(validateFile(path));
        if (fault !== undefined) {
          expect(fault.code).toBe('BAD_ARCHIVE');
          tally.found++;
          continue;
        }
        const now = meaning(bytes);
        expect(now.vectors).toEqual(meant.vectors);
        if (JSON.stringify(now) === JSON.stringify(meant)) tally.harmless++;
        else {
          expect(compress, `bit ${bit} at ${at}`).toBe(false);
          expect(mayDiffer(text, at), `bit ${bit} at ${at}: ${text.slice(at - 10, at + 10)}`).toBe(true);
          tally.unseen++;
        }
      }
      writeSync(file, whole, at, 1, at);
    }
  } finally {
    closeSync(file);
  }
  console.log(`${compress ? 'compressed' : 'plain'}, flipped bits: ${JSON.stringify(tally)}`);
  return tally;
}

/**
 * A plain file has checksums over points and metadata. The minor version, the file mappings and the summary's time may
 * differ unseen, and so may the summary's own keys, which then are unknown ones.
 */
function mayDiffer(text: string, at: number): boolean {
  const around = at < text.indexOf('"metadata"') || at > text.indexOf(',\n"summary"');
  return around || (at > text.indexOf('"files"') && at < text.indexOf('"vectors":['));
}
