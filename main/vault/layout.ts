import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where everything of a vault lies. Names are safe on every file system that people use: ASCII, short, no reserved ones. */

export const VAULT_FILE = 'vault.json';
export const README_FILE = 'README.txt';
export const LOCK_FILE = 'lock';
/** Says that a folder is becoming the new place of a vault, or has become it. */
export const MOVE_FILE = 'move.json';
export const SEGMENTS = 'segments';
export const COMPANIONS = 'companions';
export const BACKUPS = 'backups';

/** In bytes; no file of the kind is as large, and a larger one is not read. */
export const LARGEST = {
  manifest: 256 << 20,
  sums: 64 << 20,
  companion: 64 << 20,
  /** State, `vault.json`, README. */
  other: 1 << 20,
} as const;

const LONGEST_PART = 60;

/** The folder of one collection of one Qdrant. `source` is the server's address, or `builtin`. */
export function folderName(source: string, collection: string): string {
  const hash = createHash('sha256').update(`${source}\0${collection}`).digest('hex').slice(0, 8);
  return `${safePart(collection)}-${hash}`;
}

/** `code-20261122T143805Z`: of the collection, and when reading began. */
export function backupName(collection: string, at: Date): string {
  const time = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `${safePart(collection)}-${time}`;
}

/** What an own backup's name looks like: what else lies in `backups` is none. */
export const isBackupName = (name: string): boolean => /^[A-Za-z0-9_][\w.-]{0,120}$/.test(name);
export const isFolderName = (name: string): boolean => /^[A-Za-z0-9_][\w.-]{0,80}-[0-9a-f]{8}$/.test(name);
export const isSha256 = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

export const segmentPath = (folder: string, sha256: string): string => join(folder, SEGMENTS, `${sha256}.parquet`);
export const companionPath = (folder: string, sha256: string): string => join(folder, COMPANIONS, sha256);
export const manifestPath = (folder: string, name: string): string => join(folder, BACKUPS, `${name}.json`);
export const sumsPath = (folder: string, name: string): string => join(folder, BACKUPS, `${name}.sha256`);
export const statePath = (folder: string, name: string): string => join(folder, BACKUPS, `${name}.state.json`);

/** The collection's name as a part of a file name. */
function safePart(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .slice(0, LONGEST_PART)
    .replaceAll(/^[_-]+|[_-]+$/g, '');
  return safe === '' ? 'index' : safe;
}
