import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault, type FaultCode, type Notice } from '../../faults/fault.ts';
import { codeOf, fileFault, readFault } from '../../files/file-faults.ts';
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
    // Most disks of Windows and macOS take these for one.
    const twice = files.some((other) => folded(other.path) === folded(path));
    if (twice || (there !== null && !there.equals(content))) throw new Fault('FILE_EXISTS', { path });
    if (there === null) files.push({ path, content });
  }
  return files;
}

const folded = (path: string): string => path.normalize('NFC').toLowerCase();

/** Puts them there and says where they are. By now the points are written: what fails is told, and hides nothing of that. */
export async function putCompanions(
  files: readonly FileToPut[],
): Promise<{ readonly put: readonly string[]; readonly notices: readonly Notice[] }> {
  const put: string[] = [];
  let first: Fault | null = null;
  for (const { path, content } of files) {
    try {
      await makeFolder(join(path, '..'));
      await writeWhole(path, content, { replace: false });
      put.push(path);
    } catch (error) {
      first ??= fileFault(error, path);
    }
  }
  if (first === null) return { put, notices: [] };
  const { path, reason = REASONS[first.code] } = first.params;
  return {
    put,
    notices: [{ code: 'COMPANIONS_NOT_RESTORED', params: { count: files.length - put.length, path, reason } }],
  };
}

const REASONS: Partial<Record<FaultCode, string>> = {
  NO_SPACE: 'the disk is full',
  FILE_EXISTS: 'there is a file of that name by now',
};
