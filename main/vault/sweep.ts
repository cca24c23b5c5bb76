import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, readFault } from '../files/file-faults.ts';
import { removeFile, syncFolder } from '../files/folder.ts';
import { sweepPartials } from '../files/partial-files.ts';
import { readWhole } from '../files/read-whole.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { readState, writeState } from './backup-state.ts';
import { list, type Catalog, type StoredBackup } from './catalog.ts';
import {
  BACKUPS,
  COMPANIONS,
  companionPath,
  isBackupName,
  isSha256,
  LARGEST,
  manifestPath,
  SEGMENTS,
  segmentPath,
  statePath,
  sumsPath,
} from './layout.ts';
import { sumsText } from './manifest.ts';

const PARTS = [BACKUPS, SEGMENTS, COMPANIONS];

/** What lies in a collection's folder and is of no backup in the catalog. */
export interface Strays {
  /** Names of backups that left something, but whose manifest was never published or was being deleted. */
  readonly unfinished: readonly string[];
  /** Names of backups whose manifest somebody else took away. */
  readonly lost: readonly string[];
  readonly segments: readonly string[];
  readonly companions: readonly string[];
  /** Names in the folder that are none of ours, relative to it; `.` is the folder itself. */
  readonly foreign: readonly string[];
  /** Something may need the segments and companions that nobody knows of: none of them may go. */
  readonly needed: boolean;
  /** There are files of backups, and neither a backup nor a run that was killed: somebody took the manifests away. */
  readonly emptied: boolean;
}

export async function findStrays(folder: string, { backups, unreadable }: Catalog): Promise<Strays> {
  const strays = { unfinished: [] as string[], lost: [] as string[], segments: [] as string[] };
  const companions: string[] = [];
  const foreign: string[] = [];
  // What is behind a link is somebody else's, however much it looks like ours.
  if ((await kindOf(folder)) !== 'folder')
    return { ...strays, companions, foreign: ['.'], needed: true, emptied: false };
  const kinds = new Map<string, Kind>();
  for (const part of PARTS) kinds.set(part, await kindOf(join(folder, part)));
  const namesIn = (part: string): Promise<string[]> | string[] =>
    kinds.get(part) === 'folder' ? list(join(folder, part)) : [];

  const own = backups.filter((backup) => backup.folder === folder).map(({ manifest }) => manifest);
  const broken = unreadable.filter((one) => one.folder === folder);
  const known = new Set([...own, ...broken].map(({ name }) => name));
  const orphans = new Set<string>();
  const unlisted: string[] = [];
  for (const file of await namesIn(BACKUPS)) {
    const name = /^(.+?)(?:\.state\.json|\.sha256|\.json)$/.exec(file)?.[1];
    if (name === undefined || !isBackupName(name)) foreign.push(join(BACKUPS, file));
    else if (file === `${name}.json` && !known.has(name)) unlisted.push(name);
    else if (!known.has(name)) orphans.add(name);
  }
  // A manifest that came since the catalog was read is neither lost nor unfinished.
  for (const name of orphans) {
    if (unlisted.includes(name)) continue;
    const { state, damage } = await readState(folder, name);
    // It is written before the first segment and goes after the last: who has none did not lose it to a kill.
    if (damage === null && !state.published) strays.unfinished.push(name);
    else strays.lost.push(name);
  }
  const used = new Set(
    own.flatMap(({ segments, companions: theirs }) => [...segments, ...theirs]).map((it) => it.sha256),
  );
  for (const file of await namesIn(SEGMENTS)) {
    const sha256 = file.replace(/\.parquet$/, '');
    if (sha256 === file || !isSha256(sha256)) foreign.push(join(SEGMENTS, file));
    else if (!used.has(sha256)) strays.segments.push(sha256);
  }
  for (const file of await namesIn(COMPANIONS)) {
    if (!isSha256(file)) foreign.push(join(COMPANIONS, file));
    else if (!used.has(file)) companions.push(file);
  }
  for (const file of await list(folder)) if (!PARTS.includes(file) || kinds.get(file) === 'foreign') foreign.push(file);
  const unknown = strays.lost.length > 0 || broken.length > 0 || unlisted.length > 0;
  const nameless = known.size + unlisted.length + strays.unfinished.length === 0;
  return {
    ...{ ...strays, companions, foreign },
    needed: unknown || nameless || kinds.get(BACKUPS) !== 'folder',
    emptied: !unknown && nameless && strays.segments.length + companions.length > 0,
  };
}

type Kind = 'folder' | 'none' | 'foreign';

async function kindOf(path: string): Promise<Kind> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'foreign';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'none';
    throw readFault(error, path);
  }
}

/**
 * Removes what runs that were killed left in a collection's folder, and segments that no manifest names; the bytes that
 * this freed. Where a manifest cannot be read, or was taken away, nobody knows what it needs: then no segment goes. Only
 * under the vault's lock: `check` throws when it was lost, and is asked before each file.
 */
export async function sweepFolder(folder: string, catalog: Catalog, check: () => Promise<void>): Promise<number> {
  if ((await kindOf(folder)) !== 'folder') return 0;
  await check();
  for (const part of PARTS)
    if ((await kindOf(join(folder, part))) === 'folder') await sweepPartials(join(folder, part));
  const { unfinished, segments, companions, needed } = await findStrays(folder, catalog);
  // Else it would count as never published, should somebody take its manifest away.
  for (const { manifest, state, stateDamage, unmarked, folder: its } of catalog.backups)
    if (its === folder && unmarked && stateDamage === null) await writeState(folder, manifest.name, state);
  const files = [
    ...segments.map((sha256) => segmentPath(folder, sha256)),
    ...companions.map((sha256) => companionPath(folder, sha256)),
  ];
  let freed = 0;
  if (!needed && files.length > 0) {
    // A manifest that is gone must not come back after a power failure, its segments being gone.
    await syncFolder(join(folder, BACKUPS));
    for (const path of files) {
      await check();
      freed += await removed(path);
    }
  }
  for (const backup of catalog.backups) if (backup.folder === folder) await mendSums(backup, check);
  // Last: as long as they are there they say why nobody names those segments.
  for (const name of unfinished) {
    await check();
    freed += await removed(sumsPath(folder, name));
    freed += await removed(statePath(folder, name));
  }
  return freed;
}

/**
 * A list of checksums follows from its manifest: one that is gone or cut is written again, and any of a backup that was
 * found damaged. That it cannot be, as on a full disk, must not keep anybody from making room.
 */
async function mendSums({ folder, manifest, state }: StoredBackup, check: () => Promise<void>): Promise<void> {
  const path = sumsPath(folder, manifest.name);
  // A checksum is as long as any other.
  const { length } = sumsText(manifest, '');
  const found = await lstat(path).catch(() => null);
  if (found?.isFile() === true && found.size === length && state.verified_at !== null) return;
  const text = await readWhole(manifestPath(folder, manifest.name), LARGEST.manifest).catch(() => null);
  if (text === null) return;
  await check();
  await writeWhole(path, Buffer.from(sumsText(manifest, text)), { replace: true }).catch(() => undefined);
}

async function removed(path: string): Promise<number> {
  const size = await lstat(path).then(
    (found) => found.size,
    () => 0,
  );
  await removeFile(path);
  return size;
}
