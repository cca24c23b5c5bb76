import type { RestoreResult } from '../service/types.ts';
import { firstOf, type Lines } from './backup-reports.ts';
import type { Places } from './common-options.ts';
import { count, duration, plain, points, shellWords } from './output.ts';

const DIFFERS = { missing: 'not in the index', different: 'different', extra: 'not in the backup' } as const;

/** What a restore did, how the index differs from the backup now, and how to undo it. */
export function restoreReport(result: RestoreResult, paths: string | undefined, places: Places): Lines {
  return [
    sentence(result, paths),
    ...(result.dryRun ? ['Nothing was written'] : checkLines(result, paths)),
    ...differenceLines(result, paths),
    ...(result.companions.length === 0
      ? []
      : ['Companion files:', ...result.companions.map((path) => `  ${plain(path)}`)]),
    ...(result.dryRun ? [] : [`In ${duration(result.durationMs)}`]),
    ...undoLines(result, places),
  ];
}

function sentence(result: RestoreResult, paths: string | undefined): string {
  const { totalVectors, updated, skipped, removed, dryRun, createdCollection } = result;
  const into = `into ${createdCollection ? 'the new index ' : ''}${plain(result.collection)}`;
  if (totalVectors === 0 && paths !== undefined && removed === 0)
    return `Nothing to restore ${into}: no file of the backup matches ${plain(paths)}`;
  if (result.new + updated + removed === 0 && totalVectors > 0)
    return totalVectors === 1
      ? `Nothing to restore ${into}: the point ${dryRun ? 'is' : 'was'} there already`
      : `Nothing to restore ${into}: all ${points(totalVectors)} ${dryRun ? 'are' : 'were'} there already`;
  return (
    `${dryRun ? 'Would restore' : 'Restored'} ${plain(result.backupName)} ${into}: ${points(totalVectors)}, ` +
    `${count(result.new)} new, ${count(updated)} updated, ${count(skipped)} skipped, ${count(removed)} removed`
  );
}

/** Where only some files were restored, only those were compared. */
const ofFiles = (paths: string | undefined): string => (paths === undefined ? '' : `, as far as ${plain(paths)} goes`);

function checkLines({ verified, differences }: RestoreResult, paths: string | undefined): Lines {
  if (verified === null) return [];
  if (!verified) return ['NOT VERIFIED: read back, the index is not as it should be after this restore'];
  return [
    `${differences.count === 0 ? 'Read back: just as in the backup' : 'Read back: as it should be after this restore'}${ofFiles(paths)}`,
  ];
}

function differenceLines(
  { differences: { count: total, points: named }, dryRun }: RestoreResult,
  paths: string | undefined,
): Lines {
  if (total === 0) return [];
  const now = `The index${dryRun ? ' now' : ''} differs from the backup in ${points(total)}${ofFiles(paths)}`;
  if (named.length === 0) return [now];
  const lines = named.map(({ point, what }) => `${point}  ${DIFFERS[what]}`);
  return [`${now}:`, ...firstOf(lines, total)];
}

/** How to bring back what was there before; nothing where no copy of it was needed. */
export function undoLines(
  { safetyBackup, collection, dryRun }: Pick<RestoreResult, 'safetyBackup' | 'collection' | 'dryRun'>,
  places: Places,
): Lines {
  if (safetyBackup === null || dryRun) return [];
  const words = [
    'vectorkeep',
    'restore',
    safetyBackup,
    '--on-conflict',
    'exact',
    '--to',
    collection,
    ...places.vault,
    ...places.qdrant,
  ];
  return [`What was there before is kept as ${plain(safetyBackup)}. To undo:`, `  ${shellWords(words)}`];
}
