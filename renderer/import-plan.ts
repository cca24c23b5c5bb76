/** What an import would do, in words and numbers. Pure: the dialog shows what stands here. */
import type { ArchiveSummary, CollectionSummary, ConflictStrategy, ImportResult } from '../preload/api.ts';
import { formatCount, formatQuantity } from './format.ts';

export interface Target {
  readonly kind: 'existing' | 'new';
  readonly existing: string;
  readonly newName: string;
}

/** Where the file most likely belongs: the index it came from if it is there, else a new one of that name. */
export function firstTarget(
  summary: ArchiveSummary,
  collections: readonly CollectionSummary[],
  wanted: string | null,
): Target {
  const names = collections.map((collection) => collection.name);
  const source = summary.collection ?? '';
  const match = [wanted, source].find((name) => name !== null && names.includes(name));
  return {
    kind: match === undefined ? 'new' : 'existing',
    existing: match ?? names[0] ?? '',
    newName: freeName(source === '' ? 'imported' : source, names),
  };
}

/** `name`, or `name-2`, `name-3`… when it is taken. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

/** What is wrong with the name of a new index, or null. */
export function newNameProblem(name: string, taken: readonly string[]): string | null {
  if (name.trim() === '') return 'Give the new index a name.';
  if (name.trim() !== name) return 'The name must not begin or end with a space.';
  if (name.includes('/')) return 'The name must not contain a slash.';
  if (taken.includes(name))
    return 'There is already an index with this name. Choose another name, or import into that index.';
  return null;
}

export interface Strategy {
  readonly id: ConflictStrategy;
  readonly label: string;
  readonly hint: string;
  /** Counts of the dry run; null while they are not known. */
  readonly effect: string | null;
}

/** The three strategies in plain words, each with what it would do. `preview` is a dry run with *skip*. */
export function strategies(preview: ImportResult | null): readonly Strategy[] {
  const there = preview?.skipped ?? 0;
  const effect = (what: string): string | null =>
    preview === null ? null : `${formatCount(preview.new)} new, ${formatCount(there)} ${what}`;
  return [
    {
      id: 'skip',
      label: 'Keep what is there',
      hint: 'Only points that the index does not have yet are added.',
      effect: effect('already there'),
    },
    {
      id: 'overwrite',
      label: 'Replace with the file',
      hint: 'Points that are in both become exactly what the file says; what they hold now is lost.',
      effect: effect('replaced'),
    },
    {
      id: 'merge',
      label: 'Merge both',
      hint: 'Points that are in both take the file’s fields and vectors, and keep their other fields.',
      effect: effect('updated'),
    },
  ];
}

/** Both models when file and index name different ones, else null. */
export function differentModels(
  summary: ArchiveSummary,
  target: CollectionSummary | undefined,
): { readonly file: string; readonly index: string } | null {
  const index = target?.model ?? null;
  if (summary.model === null || index === null || summary.model === index) return null;
  return { file: summary.model, index };
}

/** What an import did, as the headline of its result card. */
export function importSentence(result: ImportResult): string {
  const into = `${result.createdCollection ? 'the new index' : 'the index'} “${result.collection}”`;
  const all = formatQuantity(result.totalVectors, 'point');
  const nothing = !result.dryRun && result.totalVectors > 0 && result.new + result.updated === 0;
  if (nothing && result.totalVectors === 1) return `Nothing to import: the point was in ${into} already`;
  if (nothing) return `Nothing to import: all ${all} were in ${into} already`;
  return result.dryRun ? `${all} compared with ${into}` : `${all} imported into ${into}`;
}
