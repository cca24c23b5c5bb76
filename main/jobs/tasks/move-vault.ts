import type { Notice } from '../../faults/fault.ts';
import { Fault } from '../../faults/fault.ts';
import { readCatalog } from '../../vault/catalog.ts';
import { copyVault, isSameVault } from '../../vault/move.ts';
import type { Standing } from '../../vault/move-place.ts';
import { writeMoveNote } from '../../vault/move-note.ts';
import { vaultFiles } from '../../vault/vault-files.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';

export interface MoveTask {
  /** Absolute. Whoever gives the task holds the locks of both. */
  readonly from: string;
  readonly to: string;
  /** Of the vault; null: there is none yet, and nothing to copy. */
  readonly id: string | null;
  /** What is in `to`. */
  readonly standing: Standing;
  /** As in Copying. */
  readonly links: boolean;
}

export interface MoveOutcome {
  readonly backups: number;
  readonly files: number;
  readonly bytes: number;
  readonly notices: readonly Notice[];
}

/**
 * Makes a whole copy of a vault, compared with it, in a folder that still says that it is no more than that. Killed at any
 * moment it leaves the vault as it is, and a copy that the next run goes on with.
 */
export async function copyForMove(
  { from, to, id, standing, links }: MoveTask,
  { signal, report }: TaskContext,
): Promise<MoveOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  if (id === null) return { backups: 0, files: 0, bytes: 0, notices: [] };
  const before = await vaultFiles(from);
  const bytes = before.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  const wish = {
    ...{ from, to, links, signal },
    passed: (more: number): void => meter.at(0, Math.min(bytes, (done += more))),
    readingBack: (): void => {
      done = 0;
      meter.begin('verifying', { bytes });
    },
  };
  if (standing === 'copy') {
    wish.readingBack();
    if (!(await isSameVault(wish))) throw new Fault('USAGE', { field: 'vaultMove', reason: 'not-empty', path: to });
    return { ...(await outcomeOf(from)), files: before.length, bytes, notices: [] };
  }
  await writeMoveNote(to, { vault_id: id, from, stage: 'copying' });
  meter.begin('reading', { bytes });
  const { damaged, ...copied } = await copyVault(wish);
  meter.begin('finishing');
  const notices: Notice[] = damaged > 0 ? [{ code: 'MOVED_DAMAGED', params: { count: damaged } }] : [];
  return { ...(await outcomeOf(to)), ...copied, notices };
}

const outcomeOf = async (dir: string): Promise<{ backups: number }> => {
  const { backups, unreadable } = await readCatalog(dir);
  return { backups: backups.length + unreadable.length };
};
