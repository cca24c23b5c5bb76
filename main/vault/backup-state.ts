import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { readWhole } from '../files/read-whole.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { LARGEST, statePath } from './layout.ts';
import { readSigned, signed } from './signed-json.ts';

const backupState = z.object({
  pinned: z.boolean(),
  /** ISO 8601 UTC of the last full read that found the backup whole; null: it was found damaged since. */
  verified_at: z.string().nullable(),
  /** A person said that the index may be as small as this backup shows it. */
  accepted: z.boolean(),
  /** Its manifest was written, and is not about to be deleted: should it be gone, somebody else took it. */
  published: z.boolean(),
});

/** What changes about a backup; everything else of it never does. */
export type BackupState = z.infer<typeof backupState>;

export type StateDamage = 'missing' | 'state' | null;

/**
 * `damage`: what the file said is lost. Then the backup counts as pinned, so that nothing goes that was to be kept, and as
 * not verified, since it may have been found damaged.
 */
export async function readState(folder: string, name: string): Promise<{ state: BackupState; damage: StateDamage }> {
  const unknown = { pinned: true, verified_at: null, accepted: false, published: true };
  try {
    const parsed = backupState.safeParse(readSigned(await readWhole(statePath(folder, name), LARGEST.other)));
    return parsed.success ? { state: parsed.data, damage: null } : { state: unknown, damage: 'state' };
  } catch (error) {
    return { state: unknown, damage: error instanceof Fault && error.code === 'FILE_NOT_FOUND' ? 'missing' : 'state' };
  }
}

export async function writeState(folder: string, name: string, state: BackupState): Promise<void> {
  await writeWhole(statePath(folder, name), Buffer.from(signed(state)), { replace: true });
}
