/** The three questions of a restore, and the dry run that puts numbers to the answers. */
import { useState } from 'preact/hooks';
import type { BackupSummary, CollectionSummary, Input, RestoreResult, RestoreStrategy } from '../preload/api.ts';
import { ask } from './client.ts';
import { newNameProblem } from './import-plan.ts';
import { useQuestion, type Jobs, type Runner } from './live.ts';
import { otherModel, patternProblem, proposedName } from './restore-plan.ts';
import { restoreResultOf } from './results.ts';

interface PlanInput {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Backups of the same index, newest first. */
  readonly candidates: readonly BackupSummary[];
  readonly first: BackupSummary;
  readonly jobs: Jobs;
}

/** The answers as they stand. */
export interface RestoreAnswers {
  readonly some: boolean;
  readonly pattern: string;
  readonly backupName: string;
  readonly isNew: boolean;
  readonly newName: string;
  readonly existing: string;
  readonly strategy: RestoreStrategy;
  /** Folder for companion files; null: they stay in the vault. */
  readonly companionsTo: string | null;
  readonly modelsAllowed: boolean;
}

export interface RestorePlan {
  readonly answers: RestoreAnswers;
  readonly answer: (change: Partial<RestoreAnswers>) => void;
  readonly backup: BackupSummary;
  readonly collection: string;
  readonly nameProblem: string | null;
  readonly patternProblem: string | null;
  readonly models: { readonly backup: string; readonly index: string } | null;
  /** Every question has an answer. */
  readonly answered: boolean;
  readonly preview: Runner;
  readonly look: () => void;
  /** The dry run's numbers; null while they are not known. */
  readonly counts: RestoreResult | null;
  readonly request: () => Input<'restore:start'>;
}

export function useRestorePlan({ connection, collections, candidates, first, jobs }: PlanInput): RestorePlan {
  const names = collections.map(({ name }) => name);
  const [answers, replaceAnswers] = useState<RestoreAnswers>(() => ({
    some: false,
    pattern: '',
    backupName: first.backupName,
    isNew: true,
    newName: proposedName(first.collection, names),
    existing: names.includes(first.collection) ? first.collection : (names[0] ?? ''),
    strategy: 'skip',
    companionsTo: null,
    modelsAllowed: false,
  }));
  const preview = useQuestion(jobs);
  const { some, pattern, isNew, newName, existing, strategy, companionsTo } = answers;
  const backup = candidates.find(({ backupName }) => backupName === answers.backupName) ?? first;
  const collection = isNew ? newName : existing;
  const nameProblem = isNew ? newNameProblem(newName, names) : null;
  const badPattern = some ? patternProblem(pattern) : null;
  const index = collections.find(({ name }) => name === existing)?.model ?? null;
  const models = isNew ? null : otherModel(backup, index);

  const requestOf = (dryRun: boolean): Input<'restore:start'> => ({
    backup: backup.backupName,
    connection,
    collection,
    onConflict: isNew ? 'skip' : strategy,
    ...(some ? { paths: pattern.trim() } : {}),
    dryRun,
    safetyCopy: true,
    // The difference is shown and must be ticked; the numbers can be had before that.
    allowModelMismatch: dryRun || (models !== null && answers.modelsAllowed),
    ...(companionsTo === null || dryRun ? {} : { companionsTo }),
  });
  return {
    answers,
    answer: (change) => replaceAnswers((before) => ({ ...before, ...change })),
    backup,
    collection,
    nameProblem,
    patternProblem: badPattern,
    models,
    answered: nameProblem === null && badPattern === null && collection !== '',
    preview,
    look: () => preview.start(ask('restore:start', requestOf(true))),
    counts: preview.run.status === 'done' ? restoreResultOf(preview.run.job) : null,
    request: () => requestOf(false),
  };
}
