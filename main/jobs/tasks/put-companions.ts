import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '../../faults/fault.ts';
import { codeOf, readFault } from '../../files/file-faults.ts';
import { makeFolder } from '../../files/folder.ts';
import { writeWhole } from '../../files/temporary-file.ts';
import type { StoredBackup } from '../../vault/catalog.ts';
import { readCompanion, type CompanionFile } from '../../vault/companions.ts';

interface FileToPut {
  readonly path: string;
  readonly content: Buffer;
}

/** Those of a backup. Throws BACKUP_DAMAGED. */
export async function companionsOf({ folder, manifest }: StoredBackup): Promise<CompanionFile[]> {
  const files: CompanionFile[] = [];
  for (const ref of manifest.companions) files.push(await readCompanion(folder, ref));
  return files;
}

/**
 * Companion files and where they go. Looked at before anything is written: one that is there already with other content
 * is FILE_EXISTS; the same content is left as it is.
 */
export async function companionsToPut(companions: readonly CompanionFile[], folder: string): Promise<FileToPut[]> {
  const files: FileToPut[] = [];
  for (const { name, content } of companions) {
    // A name from a file that may be hostile: never out of the folder, nor a name that means something else there.
    if (name !== basename(name) || ['', '.', '..'].includes(name) || /[\\/:\0]/.test(name))
      throw new Fault('FILE_NOT_READABLE', {
        path: join(folder, 'companion'),
        reason: 'its name is not one of a file',
      });
    const path = join(folder, name);
    const there = await readFile(path).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw readFault(error, path);
    });
    const twice = files.some((other) => other.path === path);
    if (twice || (there !== null && !there.equals(content))) throw new Fault('FILE_EXISTS', { path });
    if (there === null) files.push({ path, content });
  }
  return files;
}

/** Puts them there and says where they are. */
export async function putCompanions(files: readonly FileToPut[]): Promise<string[]> {
  for (const { path, content } of files) {
    await makeFolder(join(path, '..'));
    await writeWhole(path, content, { replace: false });
  }
  return files.map(({ path }) => path);
}
