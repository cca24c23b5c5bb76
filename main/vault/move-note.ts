import { join } from 'node:path';
import { z } from 'zod';
import { removeFile, syncFolder } from '../files/folder.ts';
import { readWhole } from '../files/read-whole.ts';
import { writeWhole } from '../files/temporary-file.ts';
import { LARGEST, MOVE_FILE } from './layout.ts';
import { readSigned, signed } from './signed-json.ts';

const FORMAT = 'vectorkeep-move';

const moveNote = z.object({
  format: z.literal(FORMAT),
  /** Of the vault that is moved. */
  vault_id: z.string(),
  /** Where it came from, absolute. */
  from: z.string(),
  /** `copying`: not all is here yet, and the vault is where it was. `removing`: all is here; what is left there may go. */
  stage: z.enum(['copying', 'removing']),
});
export type MoveNote = Omit<z.infer<typeof moveNote>, 'format'>;

/** The note in a folder; null: there is none, or none that can be read. */
export async function readMoveNote(dir: string): Promise<MoveNote | null> {
  const bytes = await readWhole(join(dir, MOVE_FILE), LARGEST.other).catch(() => null);
  const parsed = bytes === null ? null : moveNote.safeParse(readSigned(bytes));
  return parsed?.success === true ? parsed.data : null;
}

export async function writeMoveNote(dir: string, note: MoveNote): Promise<void> {
  const { vault_id, from, stage } = note;
  const text = signed({ format: FORMAT, vault_id, from, stage });
  await writeWhole(join(dir, MOVE_FILE), Buffer.from(text), { replace: true });
}

export async function removeMoveNote(dir: string): Promise<void> {
  await removeFile(join(dir, MOVE_FILE));
  await syncFolder(dir);
}
