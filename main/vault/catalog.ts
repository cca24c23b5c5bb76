import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../faults/fault.ts';
import { codeOf, readFault } from '../files/file-faults.ts';
import { readWhole } from '../files/read-whole.ts';
import { readState, type BackupState, type StateDamage } from './backup-state.ts';
import { BACKUPS, COMPANIONS, LARGEST, SEGMENTS, isBackupName, isFolderName, manifestPath } from './layout.ts';
import { parseManifest, type Manifest } from './manifest.ts';

/** A backup as it lies in the vault. */
export interface StoredBackup {
  /** Absolute path of its collection's folder. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly manifestBytes: number;
  /** With `published`, whatever the file says: its manifest is there. */
  readonly state: BackupState;
  readonly stateDamage: StateDamage;
  /** The state does not say that it was published: the run that did so was killed right then. */
  readonly unmarked: boolean;
}

/** A manifest that cannot be read: what it needs is not known, so nothing in its folder may be deleted. */
export interface UnreadableBackup {
  readonly folder: string;
  readonly name: string;
  readonly fault: Fault;
}

export interface Catalog {
  /** Oldest first. */
  readonly backups: readonly StoredBackup[];
  readonly unreadable: readonly UnreadableBackup[];
  /** Absolute; of every collection. */
  readonly folders: readonly string[];
}

/** Everything that was published in a vault. Throws FILE_NOT_READABLE. */
export async function readCatalog(dir: string): Promise<Catalog> {
  const backups: StoredBackup[] = [];
  const unreadable: UnreadableBackup[] = [];
  const folders = (await list(dir)).filter(isFolderName).map((name) => join(dir, name));
  for (const folder of folders) {
    for (const name of await backupNames(folder)) {
      const path = manifestPath(folder, name);
      try {
        const bytes = await readWhole(path, LARGEST.manifest);
        const manifest = parseManifest(bytes, path);
        if (manifest.name !== name) throw new Fault('BACKUP_DAMAGED', { path, reason: 'manifest' });
        const { state, damage } = await readState(folder, name);
        backups.push({
          ...{ folder, manifest, manifestBytes: bytes.length, stateDamage: damage },
          state: { ...state, published: true },
          unmarked: !state.published,
        });
      } catch (error) {
        // Deleted in this moment.
        if (error instanceof Fault && error.code === 'FILE_NOT_FOUND') continue;
        unreadable.push({ folder, name, fault: Fault.from(error) });
      }
    }
  }
  backups.sort((a, b) => compareTimes(a.manifest, b.manifest));
  return { backups, unreadable, folders };
}

export function compareTimes(a: Manifest, b: Manifest): number {
  return Date.parse(a.created_at) - Date.parse(b.created_at) || (a.name < b.name ? -1 : 1);
}

/** Throws BACKUP_NOT_FOUND, or what is wrong with the backup of that name. */
export function findBackup(catalog: Catalog, name: string): StoredBackup {
  const found = catalog.backups.find(({ manifest }) => manifest.name === name);
  if (found !== undefined) return found;
  const broken = catalog.unreadable.find((one) => one.name === name);
  if (broken !== undefined) throw broken.fault.with({ backup: name });
  const latest = catalog.backups.slice(-5).reverse();
  const choices = latest.map(({ manifest }) => manifest.name).join(', ');
  throw new Fault('BACKUP_NOT_FOUND', { backup: name, ...(choices === '' ? {} : { choices }) });
}

/** The id that the manifests of a vault agree on. */
export async function idFromBackups(dir: string): Promise<string | null> {
  const { backups } = await readCatalog(dir);
  return backups.at(-1)?.manifest.vault_id ?? null;
}

/** What a backup consists of, in bytes. */
export function backupBytes({ manifest: { segments, companions }, manifestBytes }: StoredBackup): number {
  return [...segments, ...companions].reduce((sum, { bytes }) => sum + bytes, manifestBytes);
}

/** What goes when these backups go: their manifests, and what no other names; in the folders of `needed` no more than that. */
export function bytesFreed(catalog: Catalog, leaving: ReadonlySet<string>, needed: ReadonlySet<string>): number {
  const uses = usesOf(catalog, ({ manifest }) => !leaving.has(manifest.name), needed);
  const seen = new Set<string>();
  let freed = 0;
  for (const backup of catalog.backups) {
    if (!leaving.has(backup.manifest.name)) continue;
    freed += backup.manifestBytes;
    for (const { key, bytes } of filesOf(backup)) {
      if (uses.has(key) || seen.has(key)) continue;
      seen.add(key);
      freed += bytes;
    }
  }
  return freed;
}

/** By name: what goes when this backup alone goes. */
export function bytesOfItsOwn(catalog: Catalog): ReadonlyMap<string, number> {
  const uses = usesOf(catalog, () => true, new Set(catalog.unreadable.map(({ folder }) => folder)));
  return new Map(
    catalog.backups.map((backup) => {
      const own = filesOf(backup).filter(({ key }) => uses.get(key) === 1);
      return [backup.manifest.name, own.reduce((sum, { bytes }) => sum + bytes, backup.manifestBytes)];
    }),
  );
}

/** How many of these backups name a file. Of a folder of `stuck` no file ever goes. */
function usesOf(
  catalog: Catalog,
  of: (backup: StoredBackup) => boolean,
  stuck: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const backup of catalog.backups) {
    const counted = of(backup) ? 1 : 0;
    for (const { key } of filesOf(backup))
      if (counted > 0 || stuck.has(backup.folder)) uses.set(key, (uses.get(key) ?? 0) + (counted > 0 ? 1 : 2));
  }
  return uses;
}

function filesOf({ folder, manifest }: StoredBackup): { key: string; bytes: number }[] {
  const { segments, companions } = manifest;
  return [
    ...segments.map(({ sha256, bytes }) => ({ key: `${folder} ${SEGMENTS} ${sha256}`, bytes })),
    ...companions.map(({ sha256, bytes }) => ({ key: `${folder} ${COMPANIONS} ${sha256}`, bytes })),
  ];
}

/** Sum of all files in a vault. */
export async function vaultBytes(dir: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    sum += await stat(join(entry.parentPath, entry.name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return sum;
}

async function backupNames(folder: string): Promise<string[]> {
  const names = await list(join(folder, BACKUPS));
  return names
    .filter((name) => name.endsWith('.json') && !name.endsWith('.state.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .filter(isBackupName);
}

/** Names in a folder; none where there is no folder. */
export async function list(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw readFault(error, dir);
  }
}

/** `wanted`, or one that nobody has: two backups may be of one second, or of collections that are called the same on two servers. */
export function freeName({ backups, unreadable }: Catalog, wanted: string): string {
  const taken = new Set([...backups.map(({ manifest }) => manifest.name), ...unreadable.map(({ name }) => name)]);
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
  return name;
}
