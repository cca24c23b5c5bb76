import { Fault } from '../../faults/fault.ts';
import { findBackup, type StoredBackup } from '../../vault/catalog.ts';
import { Verifier } from '../../vault/verify.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import { catalogIn, type VaultPlace } from './vault-place.ts';

/** The checksums of everything that is about to be read. Throws BACKUP_DAMAGED. */
export async function checkWhole(
  dir: string,
  backup: StoredBackup,
  signal: AbortSignal,
  meter: ProgressMeter,
): Promise<void> {
  const { segments, companions } = backup.manifest;
  const total = [...segments, ...companions].reduce((sum, { bytes }) => sum + bytes, 0);
  meter.begin('verifying', { bytes: total });
  let read = 0;
  const passed = (bytes: number): void => meter.at(0, (read += bytes));
  await new Verifier(dir, { full: false, signal, passed }).requireContent(backup);
}

/**
 * Without the lock a rotation may delete a backup while it is read, and a move take the whole vault away: of that one nobody
 * says that it is damaged.
 */
export async function goneMeanwhile(place: VaultPlace, backup: string, error: unknown): Promise<Fault> {
  const fault = Fault.from(error);
  if (fault.code !== 'BACKUP_DAMAGED') return fault;
  try {
    findBackup(await catalogIn(place), backup);
    return fault;
  } catch (gone) {
    const now = Fault.from(gone);
    const { written, sending, total, created, safety } = fault.params;
    return ['BACKUP_NOT_FOUND', 'VAULT_GONE'].includes(now.code)
      ? now.with({ written, sending, total, created, safety })
      : fault;
  }
}
