/** What a restore would do and has done, in words. Pure: the dialog shows what stands here. */
import type { BackupSummary, RestoreResult, RestoreStrategy } from '../preload/api.ts';
import { formatQuantity } from './format.ts';
import { freeName } from './import-plan.ts';

/** The name a lost index comes back under, or one beside the index that is there. */
export function proposedName(collection: string, taken: readonly string[]): string {
  return taken.includes(collection) ? freeName(`${collection}-restored`, taken) : collection;
}

/** What is wrong with a pattern for files, or null. */
export function patternProblem(pattern: string): string | null {
  if (pattern.trim() === '') return 'Say which files, for example src/** for all in the folder src.';
  return null;
}

export interface RestoreChoice {
  readonly id: RestoreStrategy;
  readonly label: string;
  readonly hint: string;
}

export const RESTORE_CHOICES: readonly RestoreChoice[] = [
  {
    id: 'skip',
    label: 'Keep what is there',
    hint: 'Only points that the index no longer has come back. Nothing is overwritten or removed.',
  },
  {
    id: 'overwrite',
    label: 'Replace with the backup',
    hint: 'Points of the backup become exactly what they were. Points that only the index has stay.',
  },
  {
    id: 'merge',
    label: 'Merge both',
    hint: 'Points of the backup get its fields and vectors back, and keep the other fields they have now.',
  },
  {
    id: 'exact',
    label: 'Make it exactly like the backup',
    hint: 'As “Replace”, and points that the backup does not have are removed from the index.',
  },
];

/** Whether anything would be written at all. */
export function changesNothing({ new: added, updated, removed, createdCollection }: RestoreResult): boolean {
  return added + updated + removed === 0 && !createdCollection;
}

/** What becomes of what is there now. */
export function safetySentence(preview: RestoreResult, isNew: boolean): string {
  if (isNew) return 'not needed: a new index, nothing is overwritten';
  if (preview.updated + preview.removed === 0) return 'not needed: nothing is overwritten or removed';
  return 'will be made before anything is changed; Undo restore stays for 24 hours';
}

/** Models of both where they are known and not the same, else null. */
export function otherModel(
  backup: Pick<BackupSummary, 'model'>,
  index: string | null,
): { readonly backup: string; readonly index: string } | null {
  if (backup.model === null || index === null || backup.model === index) return null;
  return { backup: backup.model, index };
}

/** What a restore did, as the headline of its result card. */
export function restoreSentence(result: RestoreResult): string {
  const into = `${result.createdCollection ? 'the new index' : 'the index'} “${result.collection}”`;
  const all = formatQuantity(result.totalVectors, 'point');
  if (changesNothing(result)) return `Nothing to restore: ${into} had all ${all} already`;
  return `${all} restored into ${into}`;
}

/** Whether it is what it should be now; null where that was not looked at. */
export function verifiedSentence({ verified, differences }: RestoreResult): string | null {
  if (verified === null) return null;
  if (!verified) return `Read back, and ${formatQuantity(differences.count, 'point')} are not as they should be.`;
  if (differences.count === 0) return 'Read back and compared: it is what the backup says, point for point.';
  const differ = differences.count === 1 ? 'point differs' : 'points differ';
  return `Read back and compared. ${formatQuantity(differences.count, differ, differ)} from the backup, as you chose.`;
}

const WHAT: Record<RestoreResult['differences']['points'][number]['what'], string> = {
  missing: 'is missing',
  different: 'is different',
  extra: 'is not in the backup',
};

/** "Point 17 is different" */
export function differenceSentence({ point, what }: RestoreResult['differences']['points'][number]): string {
  return `Point ${point} ${WHAT[what]}`;
}
