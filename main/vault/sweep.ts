import { join } from 'node:path';
import { removeFile } from '../files/folder.ts';
import { sweepPartials } from '../files/partial-files.ts';
import { readState } from './backup-state.ts';
import { list, type Catalog } from './catalog.ts';
import { BACKUPS, COMPANIONS, companionPath, isSha256, SEGMENTS, segmentPath, statePath, sumsPath } from './layout.ts';

/** What lies in a collection's folder and is of no backup in the catalog. */
export interface Strays {
  /** Names of backups that left something, but whose manifest was never published or was being deleted. */
  readonly unfinished: readonly string[];
  /** Names of backups whose manifest somebody else took away. */
  readonly lost: readonly string[];
  readonly segments: readonly string[];
  readonly companions: readonly string[];
  /** Names in the folder that are none of ours, relative to it. */
  readonly foreign: readonly string[];
}

export async function findStrays(folder: string, { backups, unreadable }: Catalog): Promise<Strays> {
  const own = backups.filter((backup) => backup.folder === folder).map(({ manifest }) => manifest);
  const known = new Set([
    ...own.map(({ name }) => name),
    ...unreadable.filter((one) => one.folder === folder).map(({ name }) => name),
  ]);
  const orphans = new Set<string>();
  const foreign: string[] = [];
  for (const file of await list(join(folder, BACKUPS))) {
    const name = /^(.+?)(?:\.state\.json|\.sha256|\.json)$/.exec(file)?.[1];
    if (name === undefined) foreign.push(join(BACKUPS, file));
    else if (!known.has(name)) orphans.add(name);
  }
  const unfinished: string[] = [];
  const lost: string[] = [];
  for (const name of orphans) {
    const { state, damage } = await readState(folder, name, '');
    // One that cannot be read may have said so; none is written half.
    if (damage !== 'missing' && state.published) lost.push(name);
    else unfinished.push(name);
  }
  const used = new Set(own.flatMap(({ segments, companions }) => [...segments, ...companions]).map((it) => it.sha256));
  const segments: string[] = [];
  for (const file of await list(join(folder, SEGMENTS))) {
    const sha256 = file.replace(/\.parquet$/, '');
    if (sha256 === file || !isSha256(sha256)) foreign.push(join(SEGMENTS, file));
    else if (!used.has(sha256)) segments.push(sha256);
  }
  const companions: string[] = [];
  for (const file of await list(join(folder, COMPANIONS))) {
    if (!isSha256(file)) foreign.push(join(COMPANIONS, file));
    else if (!used.has(file)) companions.push(file);
  }
  for (const file of await list(folder)) if (![BACKUPS, SEGMENTS, COMPANIONS].includes(file)) foreign.push(file);
  return { unfinished, lost, segments, companions, foreign };
}

/**
 * Removes what runs that were killed left in a collection's folder, and segments that no manifest names. Where a manifest
 * cannot be read, or was taken away, nobody knows what it needs: then no segment goes. Only under the vault's lock.
 */
export async function sweepFolder(folder: string, catalog: Catalog): Promise<void> {
  for (const part of [BACKUPS, SEGMENTS, COMPANIONS]) await sweepPartials(join(folder, part));
  const strays = await findStrays(folder, catalog);
  for (const name of strays.unfinished) {
    await removeFile(sumsPath(folder, name));
    await removeFile(statePath(folder, name));
  }
  if (strays.lost.length > 0 || catalog.unreadable.some((one) => one.folder === folder)) return;
  for (const sha256 of strays.segments) await removeFile(segmentPath(folder, sha256));
  for (const sha256 of strays.companions) await removeFile(companionPath(folder, sha256));
}
