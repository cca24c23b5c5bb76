import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault, type Notice } from '../faults/fault.ts';
import { removeFile, syncFolder } from '../files/folder.ts';
import { writeState } from './backup-state.ts';
import { bytesFreed, compareTimes, readCatalog, type Catalog, type StoredBackup } from './catalog.ts';
import { BACKUPS, companionPath, manifestPath, segmentPath } from './layout.ts';
import { FUTURE_MS, planRotation, SAFETY, type RotationPlan, type RotationPolicy } from './rotation.ts';
import { findStrays, sweepFolder } from './sweep.ts';
import type { WritableVault } from './vault.ts';
import { Verifier } from './verify.ts';

export interface PrunePlan extends RotationPlan {
  readonly bytesFreed: number;
  readonly notices: readonly Notice[];
}

/** What rotation would do now. Reads the backups that are to be the last good ones. Throws FILE_NOT_READABLE. */
export async function planPrune(catalog: Catalog, policy: RotationPolicy, now: number): Promise<PrunePlan> {
  const frozen = frozenFolders(catalog);
  const whole = await wholeBackups(catalog);
  const planned = (): RotationPlan =>
    planRotation(
      catalog.backups.map(({ folder, manifest, state }) => ({
        name: manifest.name,
        collection: folder,
        createdAt: Date.parse(manifest.created_at),
        reason: manifest.reason,
        pinned: state.pinned,
        verified: state.verified_at !== null && whole.has(manifest.name),
      })),
      policy,
      { now, frozen: new Set(frozen.keys()) },
    );
  let plan = planned();
  const sound = new Set<string>();
  for (let last = lastGood(catalog, plan, whole, sound); last !== null; last = lastGood(catalog, plan, whole, sound)) {
    if (await hasItsChecksums(last)) sound.add(last.manifest.name);
    else {
      whole.delete(last.manifest.name);
      plan = planned();
    }
  }
  const notices = [...frozen.values()].map(({ manifest }): Notice => ({
    code: 'ROTATION_FROZEN',
    params: {
      collection: manifest.collection,
      backup: manifest.name,
      before: manifest.shrank_from,
      after: manifest.total_vectors,
    },
  }));
  for (const { manifest } of fromTheFuture(catalog, now))
    notices.push({
      code: 'ROTATION_CLOCK',
      params: { collection: manifest.collection, backup: manifest.name, at: manifest.created_at },
    });
  return { ...plan, bytesFreed: bytesFreed(catalog, new Set(plan.remove), await foldersInNeed(catalog)), notices };
}

/** The newest good backup that stays of a collection others go from, unless that one was looked at; null: all were. */
function lastGood(
  { backups }: Catalog,
  { remove }: RotationPlan,
  whole: ReadonlySet<string>,
  sound: ReadonlySet<string>,
): StoredBackup | null {
  const going = new Set(remove);
  for (const folder of new Set(backups.filter(({ manifest }) => going.has(manifest.name)).map((one) => one.folder))) {
    const good = backups.filter(
      ({ folder: its, manifest, state }) =>
        its === folder && !going.has(manifest.name) && state.verified_at !== null && whole.has(manifest.name),
    );
    const last = good.findLast(({ manifest }) => manifest.reason !== SAFETY) ?? good.at(-1);
    if (last !== undefined && !sound.has(last.manifest.name)) return last;
  }
  return null;
}

/** A bit that flipped since it was verified leaves a file as long as it was. */
async function hasItsChecksums(backup: StoredBackup): Promise<boolean> {
  const verifier = new Verifier(dirname(backup.folder), { full: false, signal: new AbortController().signal });
  return verifier.requireContent(backup).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Fault && error.code === 'BACKUP_DAMAGED') return false;
      throw error;
    },
  );
}

/** Collections that lost half of their points and nobody has said yet that this is fine, each with the backup that shows it. */
function frozenFolders({ backups }: Catalog): Map<string, StoredBackup> {
  const frozen = new Map<string, StoredBackup>();
  for (const backup of backups) {
    const { reason, shrank_from: before } = backup.manifest;
    // A safety copy shows what somebody is about to put right.
    if (reason !== SAFETY && before !== null && !backup.state.accepted) frozen.set(backup.folder, backup);
  }
  return frozen;
}

/**
 * What a person accepts who says that the index may be as small as this backup shows it: all of its collection up to that
 * one that have shrunk. Pure.
 */
export function acceptedWith({ backups }: Catalog, { folder, manifest }: StoredBackup): StoredBackup[] {
  return backups.filter(
    (one) =>
      one.folder === folder &&
      (one.manifest.name === manifest.name ||
        (one.manifest.shrank_from !== null && !one.state.accepted && compareTimes(one.manifest, manifest) < 0)),
  );
}

/** The newest backup of each collection of which it lies in the future: which clock is wrong is for a person to see. */
function fromTheFuture({ backups }: Catalog, now: number): StoredBackup[] {
  const newest = new Map(backups.map((backup) => [backup.folder, backup]));
  return [...newest.values()].filter(({ manifest }) => Date.parse(manifest.created_at) > now + FUTURE_MS);
}

/** Names of backups whose files are there and as long as they were: one that lost some since must not be the last that stays. */
async function wholeBackups({ backups }: Catalog): Promise<Set<string>> {
  const sizes = new Map<string, Promise<number | null>>();
  const sizeOf = (path: string): Promise<number | null> => {
    const known = sizes.get(path) ?? sizeOfFile(path);
    sizes.set(path, known);
    return known;
  };
  const whole = new Set<string>();
  for (const { folder, manifest } of backups) {
    const files = [
      ...manifest.segments.map(({ sha256, bytes }) => ({ path: segmentPath(folder, sha256), bytes })),
      ...manifest.companions.map(({ sha256, bytes }) => ({ path: companionPath(folder, sha256), bytes })),
    ];
    const found = await Promise.all(files.map(async ({ path, bytes }) => (await sizeOf(path)) === bytes));
    if (found.every(Boolean)) whole.add(manifest.name);
  }
  return whole;
}

const sizeOfFile = (path: string): Promise<number | null> =>
  stat(path).then(
    (found) => (found.isFile() ? found.size : null),
    () => null,
  );

/** Folders of which no segment goes, whatever backups do. */
async function foldersInNeed(catalog: Catalog): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const folder of catalog.folders) if ((await findStrays(folder, catalog)).needed) found.add(folder);
  return found;
}

/**
 * Deletes backups: first what says that they count, then what only they needed. Killed at any step it leaves every other
 * backup whole, and the rest to be swept. The bytes that this freed.
 */
export async function deleteBackups(vault: WritableVault, catalog: Catalog, names: readonly string[]): Promise<number> {
  const leaving = catalog.backups.filter(({ manifest }) => names.includes(manifest.name));
  let freed = 0;
  for (const { folder, manifest, manifestBytes, state } of leaving) {
    await vault.check();
    await writeState(folder, manifest.name, { ...state, published: false });
    await removeFile(manifestPath(folder, manifest.name));
    freed += manifestBytes;
  }
  for (const folder of new Set(leaving.map((backup) => backup.folder))) await syncFolder(join(folder, BACKUPS));
  const left = await readCatalog(vault.dir);
  // In every folder: what a run left that was killed here is nobody's, and this one may have nothing to delete.
  for (const folder of left.folders) freed += await sweepFolder(folder, left, vault.check);
  return freed;
}
