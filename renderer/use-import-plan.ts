/** The choices of an import and the dry run that puts numbers to them. */
import { useEffect, useState } from 'preact/hooks';
import type { ArchiveSummary, CollectionSummary, ConflictStrategy, ImportResult, Input } from '../preload/api.ts';
import { ask } from './client.ts';
import { differentModels, firstTarget, newNameProblem, type Target } from './import-plan.ts';
import { useQuestion, type Jobs, type Runner } from './live.ts';
import { importResultOf } from './results.ts';

interface PlanInput {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  readonly preselected: string | null;
  /** A file that was found to be good; null before. */
  readonly summary: ArchiveSummary | null;
  readonly jobs: Jobs;
}

export interface ImportPlan {
  readonly target: Target;
  readonly setTarget: (change: Partial<Target>) => void;
  readonly strategy: ConflictStrategy;
  readonly setStrategy: (strategy: ConflictStrategy) => void;
  readonly models: { readonly file: string; readonly index: string } | null;
  readonly modelsAllowed: boolean;
  readonly allowModels: (allowed: boolean) => void;
  readonly preview: Runner;
  /** Counts of the dry run against the target chosen now; null while they are not known. */
  readonly counts: ImportResult | null;
  readonly nameProblem: string | null;
  readonly ready: boolean;
  readonly collection: string;
  readonly request: () => Input<'import:start'>;
  readonly previewAgain: () => void;
}

export function useImportPlan({ connection, collections, preselected, summary, jobs }: PlanInput): ImportPlan {
  const [target, replaceTarget] = useState<Target>({ kind: 'new', existing: '', newName: '' });
  const [strategy, setStrategy] = useState<ConflictStrategy>('skip');
  const [modelsAllowed, allowModels] = useState(false);
  const [round, setRound] = useState(0);
  const preview = useQuestion(jobs);
  const path = summary?.path ?? null;

  useEffect(() => {
    if (summary === null) return;
    replaceTarget(firstTarget(summary, collections, preselected));
    setStrategy('skip');
    allowModels(false);
    // A new file starts the choices afresh; a refreshed list of indexes must not undo them.
  }, [path]);

  const existing = target.kind === 'existing' ? target.existing : null;
  const { start, reset } = preview;
  useEffect(() => {
    allowModels(false);
    if (path === null || existing === null || existing === '') {
      reset();
      return;
    }
    start(
      ask('import:start', {
        connection,
        path,
        collection: existing,
        onConflict: 'skip',
        dryRun: true,
        // The difference is shown and must be ticked; the numbers can be had before that.
        allowModelMismatch: true,
      }),
    );
    return undefined;
  }, [connection, path, existing, round, start, reset]);

  const counts = preview.run.status === 'done' ? importResultOf(preview.run.job) : null;
  const chosen = collections.find(({ name }) => name === existing);
  const models = summary === null || existing === null ? null : differentModels(summary, chosen);
  const names = collections.map(({ name }) => name);
  const nameProblem = target.kind === 'new' ? newNameProblem(target.newName, names) : null;
  const collection = target.kind === 'new' ? target.newName : target.existing;
  const ready =
    summary !== null &&
    (target.kind === 'new' ? nameProblem === null : counts !== null) &&
    (models === null || modelsAllowed);

  return {
    target,
    setTarget: (change) => replaceTarget((before) => ({ ...before, ...change })),
    strategy,
    setStrategy,
    models,
    modelsAllowed,
    allowModels,
    preview,
    counts,
    nameProblem,
    ready,
    collection,
    request: () => ({
      connection,
      path: path ?? '',
      collection,
      onConflict: target.kind === 'new' ? 'skip' : strategy,
      dryRun: false,
      allowModelMismatch: models !== null && modelsAllowed,
    }),
    previewAgain: () => setRound((before) => before + 1),
  };
}
