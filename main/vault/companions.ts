import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { makeFolder } from '../files/folder.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { companionPath, COMPANIONS } from './layout.ts';
import type { CompanionRef } from './manifest.ts';

/** A file of the indexer that travels with a backup. */
export interface CompanionFile {
  readonly name: string;
  readonly content: Buffer;
}

/** Puts them into the collection's folder, each content once. */
export async function storeCompanions(
  folder: string,
  files: readonly CompanionFile[],
): Promise<{ refs: CompanionRef[]; bytesAdded: number }> {
  let bytesAdded = 0;
  const refs: CompanionRef[] = [];
  if (files.length > 0) await makeFolder(join(folder, COMPANIONS));
  for (const { name, content } of files) {
    const sha256 = sha256Of(content);
    refs.push({ name, sha256, bytes: content.length });
    const path = companionPath(folder, sha256);
    const there = await readFile(path).catch(() => null);
    if (there !== null && sha256Of(there) === sha256) continue;
    await writeWhole(path, content, { replace: true });
    bytesAdded += content.length;
  }
  return { refs, bytesAdded };
}

/** The content of one. Throws BACKUP_DAMAGED when it is not what was stored. */
export async function readCompanion(folder: string, { name, sha256 }: CompanionRef): Promise<CompanionFile> {
  const path = companionPath(folder, sha256);
  const content = await readFile(path).catch((error: unknown) => {
    throw new Fault('BACKUP_DAMAGED', { path, reason: 'missing' }, { cause: error });
  });
  if (sha256Of(content) !== sha256) throw new Fault('BACKUP_DAMAGED', { path, reason: 'checksum' });
  return { name, content };
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
