import { lstat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { Fault, type Notice } from '../faults/fault.ts';
import { makeFolder, removeFile } from '../files/folder.ts';
import type { MoveOutcome, MoveTask } from '../jobs/tasks/move-vault.ts';
import { FileLock } from '../processes/file-lock.ts';
import { idFromBackups, readCatalog } from '../vault/catalog.ts';
import { LOCK_FILE, MOVE_FILE } from '../vault/layout.ts';
import { readMoveNote, removeMoveNote, writeMoveNote } from '../vault/move-note.ts';
import { checkPlace, isFolder, type Standing } from '../vault/move-place.ts';
import { removeEmpty, removeVaultFiles, vaultFiles } from '../vault/vault-files.ts';
import { lockVault, openVault, type WritableVault } from '../vault/vault.ts';
import type { Settings } from '../settings/settings.ts';
import { vaultKey, warnings, type VaultParts } from './job-parts.ts';
import type { JobHandle, MoveResult } from './types.ts';
import type { VaultPlaces } from './vault-places.ts';

/** So long others may take to finish what they do. */
const WAIT_MS = 5_000;

type Work = (task: MoveTask) => Promise<MoveOutcome>;

/** The move of the vault of the settings as a job of the service. */
export function startMove({ settings, handle }: VaultParts, places: VaultPlaces, to: string): JobHandle<MoveResult> {
  const target = resolve(to);
  let from = '';
  return handle<'move', MoveResult>({
    kind: 'move',
    title: target,
    prepare: (signal) => {
      if (!isAbsolute(to)) throw new Fault('USAGE', { field: 'vaultMove', reason: 'relative' });
      const around = async (work: Work): Promise<MoveOutcome> => {
        const moved = await moveTo(target, { settings, links: true, ended: (dir) => places.ended(dir), signal }, work);
        from = moved.from;
        return moved;
      };
      return Promise.resolve({ writes: null, after: () => vaultKey({ dir: settings.vaultFolder() }), around });
    },
    conclude: ({ backups, files, bytes, notices }, durationMs) => ({
      ...{ from, to: target, backups, files, bytes, durationMs },
      warnings: warnings(notices),
    }),
  });
}

export interface MoveMeans {
  readonly settings: Pick<Settings, 'vaultFolder' | 'vaultId' | 'moveVaultFolder'>;
  /** As in Copying. */
  readonly links: boolean;
  /** Until nobody of this process reads in a folder any more. */
  readonly ended: (dir: string) => Promise<void>;
  readonly signal: AbortSignal;
}

interface Moved extends MoveOutcome {
  readonly from: string;
}

/**
 * Moves the vault of the settings; `work` copies it. Both folders are locked from the first byte until the old one is empty.
 * Until the settings say where the vault is now, the old one is it, whole and untouched; from then on the new one is. A move
 * that was killed is gone on with, whatever it had come to. Throws USAGE, VAULT_GONE, VAULT_BUSY, NO_SPACE, FILE_NOT_READABLE,
 * WRITE_FAILED, CANCELLED: then nothing has changed.
 */
export async function moveTo(target: string, means: MoveMeans, work: Work): Promise<Moved> {
  const { settings, signal } = means;
  const from = settings.vaultFolder();
  const expected = settings.vaultId(from);
  const done = resolve(from) === target ? await readMoveNote(target) : null;
  if (done?.stage === 'removing') return { from: done.from, ...(await finishMove(done.from, target, signal)) };
  const wish = { purpose: 'move', signal, waitMs: WAIT_MS };
  // Nothing was ever backed up: only the settings change.
  const none = expected === null && (await openVault(from)) === null;
  const source = none ? null : await lockVault(from, { ...wish, create: false, expected, idFromBackups });
  try {
    const id = source?.id ?? null;
    await checkPlace(from, target, id);
    const isNew = !(await isFolder(target));
    await makeFolder(target);
    try {
      const lock = await FileLock.acquire(join(target, LOCK_FILE), wish);
      try {
        const standing = await checkPlace(from, target, id);
        return { from, ...(await underLocks({ ...means, from, target, source, lock, id, standing }, work)) };
      } finally {
        await lock.release();
      }
    } catch (error) {
      if (isNew) await removeEmpty(target);
      throw error;
    }
  } finally {
    await source?.release();
  }
}

interface Locked extends MoveMeans {
  readonly from: string;
  readonly target: string;
  readonly source: WritableVault | null;
  readonly lock: FileLock;
  readonly id: string | null;
  readonly standing: Standing;
}

async function underLocks(move: Locked, work: Work): Promise<MoveOutcome> {
  const { from, target, source, lock, id, standing, links, signal, settings } = move;
  let outcome: MoveOutcome;
  try {
    outcome = await work({ from, to: target, id, standing, links });
    signal.throwIfAborted();
    await source?.check();
    await lock.assertHeld();
    if (id !== null) await writeMoveNote(target, { vault_id: id, from, stage: 'removing' });
    settings.moveVaultFolder({ from, to: target, id });
  } catch (error) {
    await takeBack(move);
    throw Fault.from(error);
  }
  if (source === null) return outcome;
  await move.ended(from);
  const old = { from, held: source.held, release: source.release };
  return { ...outcome, notices: [...outcome.notices, ...(await removeOld(old, target))] };
}

/** Nothing of the copy stays, unless somebody else made it. Never throws: what stays is gone on with the next time. */
async function takeBack({ target, lock, standing }: Locked): Promise<void> {
  try {
    const copied = standing === 'copy' ? [] : await vaultFiles(target);
    const failure = await removeVaultFiles(target, copied, () => lock.assertHeld());
    if (failure === null) await removeMoveNote(target);
  } catch {
    // The note stays as well, and says what this is.
  }
}

interface OldPlace {
  readonly from: string;
  readonly held: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/**
 * Removes what lies in the new folder too from the old one, and the note that this remains to be done; what is to be said of
 * that. Never throws.
 */
async function removeOld({ from, held, release }: OldPlace, target: string): Promise<readonly Notice[]> {
  try {
    const files = [];
    for (const file of await vaultFiles(from)) {
      const there = await lstat(join(target, file.path)).catch(() => null);
      if (there?.size === file.bytes) files.push(file);
    }
    const failure = await removeVaultFiles(from, files, held);
    await removeFile(join(from, MOVE_FILE));
    if (failure !== null) throw Fault.from(failure);
    if ((await vaultFiles(from)).length > 0) return [{ code: 'VAULT_LEFT', params: { path: from } }];
    await release();
    await removeEmpty(from);
    await removeMoveNote(target);
    return [];
  } catch (error) {
    return [{ code: 'VAULT_LEFT', params: { path: from, reason: Fault.from(error).params['reason'] } }];
  }
}

/** The backups are there already, and a run that was killed could not remove the old ones any more. */
async function finishMove(from: string, target: string, signal: AbortSignal): Promise<MoveOutcome> {
  const wish = { purpose: 'move', signal, waitMs: WAIT_MS };
  const lock = await FileLock.acquire(join(target, LOCK_FILE), wish);
  try {
    const { backups } = await readCatalog(target);
    const counts = { backups: backups.length, files: 0, bytes: 0 };
    if (!(await isFolder(from))) {
      await removeMoveNote(target);
      return { ...counts, notices: [] };
    }
    const old = await FileLock.acquire(join(from, LOCK_FILE), wish);
    const place = { from, held: () => old.assertHeld(), release: () => old.release() };
    try {
      return { ...counts, notices: await removeOld(place, target) };
    } finally {
      await old.release();
    }
  } finally {
    await lock.release();
  }
}
