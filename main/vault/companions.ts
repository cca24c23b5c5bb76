import { join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { makeFolder } from '../files/folder.ts';
import { readWhole } from '../files/read-whole.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { companionPath, COMPANIONS, LARGEST } from './layout.ts';
import type { CompanionRef } from './manifest.ts';
import { sha256Of } from './sha256.ts';

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
    const there = await readWhole(path, content.length).catch(() => null);
    if (there !== null && sha256Of(there) === sha256) continue;
    await writeWhole(path, content, { replace: true });
    bytesAdded += content.length;
  }
  return { refs, bytesAdded };
}

/** The content of one. Throws BACKUP_DAMAGED when it is not what was stored. */
export async function readCompanion(folder: string, { name, sha256, bytes }: CompanionRef): Promise<CompanionFile> {
  const path = companionPath(folder, sha256);
  const damaged = (reason: string, cause?: unknown): Fault => new Fault('BACKUP_DAMAGED', { path, reason }, { cause });
  if (bytes > LARGEST.companion) throw damaged('too_large');
  const content = await readWhole(path, LARGEST.companion).catch((error: unknown) => {
    throw damaged(error instanceof Fault && error.code === 'FILE_NOT_FOUND' ? 'missing' : 'unreadable', error);
  });
  if (content.length !== bytes || sha256Of(content) !== sha256) throw damaged('checksum');
  return { name, content };
}
