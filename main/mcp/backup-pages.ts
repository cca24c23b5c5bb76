/** Pages of a long list of backups. A cursor is the place of a backup in time, so it outlives the backup itself. Pure. */
import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import type { BackupSummary } from '../service/types.ts';

type Placed = Pick<BackupSummary, 'backupName' | 'createdAt'>;

const place = z.tuple([z.string(), z.string()]);

/** Those that come after the cursor in a list that is newest first. Throws USAGE for what is no cursor. */
export function olderThan<T extends Placed>(backups: readonly T[], cursor: string): T[] {
  const [createdAt, backupName] = read(cursor);
  const at = backups.findIndex((each) => each.backupName === backupName && each.createdAt === createdAt);
  return at < 0 ? backups.filter((each) => each.createdAt < createdAt) : backups.slice(at + 1);
}

/** The first of them, and the cursor of the next page where there is one. */
export function pageOf<T extends Placed>(
  backups: readonly T[],
  limit: number,
): { readonly backups: T[]; readonly nextCursor?: string } {
  const page = backups.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined || backups.length <= limit) return { backups: page };
  const cursor = Buffer.from(JSON.stringify([last.createdAt, last.backupName])).toString('base64url');
  return { backups: page, nextCursor: cursor };
}

function read(cursor: string): [string, string] {
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (error) {
    throw new Fault('USAGE', { field: 'cursor', reason: 'foreign' }, { cause: error });
  }
}
