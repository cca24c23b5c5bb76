import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ArchiveWriter, type WrittenArchive } from '../../main/archive/archive-writer.ts';
import { FileSource } from '../../main/archive/file-source.ts';
import type { HeaderParts } from '../../main/archive/header.ts';
import { validateArchive, type ArchiveContents } from '../../main/archive/validate-archive.ts';
import { Fault } from '../../main/faults/fault.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';

/** In memory where there is such a place: thousands of small files are synced here. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(base, 'vectorkeep-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const never = new AbortController().signal;

/** Validates a file. Throws as the product does. */
export async function validateFile(path: string): Promise<ArchiveContents> {
  const source = await FileSource.open(path);
  try {
    return await validateArchive(source, { signal: never });
  } finally {
    await source.close();
  }
}

/** Validates bytes as the content of a file. */
export async function validateBytes(content: string | Uint8Array, name = 'file.json'): Promise<ArchiveContents> {
  const folder = mkdtempSync(join(base, 'vectorkeep-test-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, content);
    return await validateFile(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What it throws, which must be a Fault; undefined when it does not throw. */
export async function faultOf(attempt: Promise<unknown>): Promise<Fault | undefined> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  return undefined;
}

/** `{"version":"1.0","metadata":{…},"vectors":[…]}` around the text of points. */
export const exportOf = (points: string, metadata = '{}'): string =>
  `{"version":"1.0","metadata":${metadata},"vectors":[${points}]}`;

export const header = (totalVectors: number, more: Partial<HeaderParts> = {}): HeaderParts => ({
  exportedAt: '2026-01-02T03:04:05.000Z',
  model: 'some-model',
  dimensions: {},
  totalVectors,
  collection: 'code',
  qdrantVersion: '1.16.3',
  generator: 'vectorkeep test',
  config: '{}',
  files: '{}',
  companions: null,
  ...more,
});

export interface Writing {
  readonly compress: boolean;
  /** Points to an append. */
  readonly page?: number;
  readonly headerEstimate?: number;
  readonly header?: Partial<HeaderParts>;
}

/** Writes points as an export does. */
export async function writeArchive(path: string, points: readonly string[], how: Writing): Promise<WrittenArchive> {
  const { compress, page = 3, headerEstimate = 100 } = how;
  const writer = await ArchiveWriter.create({ path, compress, replace: true, headerEstimate });
  for (let i = 0; i < points.length; i += page) {
    // In either way that an export may choose.
    await writer.append(Buffer.from(points.slice(i, i + page).join(',')), i % 2 === 0 ? 'fast' : 'digits');
  }
  const written = await writer.finish(header(points.length, how.header), '2026-01-02T03:05:00.000Z');
  await writer.publish();
  return written;
}

/** A scanner that stands before this text, with the zero behind it that it wants. */
export function scannerAt(text: string | Uint8Array): PointScanner {
  const bytes = Buffer.from(text);
  const scanner = new PointScanner();
  scanner.load(Buffer.concat([bytes, Buffer.alloc(1)]), 0, bytes.length, 0);
  return scanner;
}

/** Does something as a user who owns nothing; as who we are, where we are not root, who may do everything. */
export async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0 || process.seteuid === undefined) return act();
  process.seteuid(65534);
  try {
    return await act();
  } finally {
    process.seteuid(0);
  }
}
