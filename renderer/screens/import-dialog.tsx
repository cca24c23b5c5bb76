import { useContext, useEffect, useState } from 'preact/hooks';
import type { ArchiveSummary, CollectionSummary } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { ErrorCard, type Fix } from '../components/error-card.tsx';
import { ImportOutcome } from '../components/outcome.tsx';
import { Progress, Working } from '../components/progress.tsx';
import { WorkDialog, type Asking, type WorkDialogEnds } from '../components/work-dialog.tsx';
import { ask } from '../client.ts';
import { fileName, quoteName } from '../format.ts';
import { useQuestion, useRun, type Jobs } from '../live.ts';
import { remedyFor, type Remedy } from '../remedies.ts';
import { importResultOf, summaryOf } from '../results.ts';
import { Session } from '../session.ts';
import { useImportPlan } from '../use-import-plan.ts';
import { useShown } from '../use-shown.ts';
import { ImportChoices, ImportNotices } from './import-choices.tsx';
import { BadFile, FileSummary, PickFile } from './import-file.tsx';

interface ImportDialogProps extends WorkDialogEnds {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Index to begin with, when one was meant. */
  readonly preselected: string | null;
  /** A file that was dropped on the window. */
  readonly file: string | null;
  readonly jobs: Jobs;
  readonly onChangeConnection: () => void;
}

/** The file first: read and summarised. Then where to and how, in numbers. Then the work. */
export function ImportDialog(props: ImportDialogProps) {
  const { jobs, onJob, connection, collections, preselected } = props;
  const { copy, say, version } = useContext(Session);
  const inspection = useQuestion(jobs);
  const work = useRun(jobs);
  const [path, setPath] = useState('');
  const inspected = inspection.run.status === 'done' ? summaryOf(inspection.run.job) : null;
  const good = inspected?.valid === true ? inspected : null;
  const plan = useImportPlan({ connection, collections, preselected, summary: good, jobs });

  useShown(inspection.jobId, onJob);
  useShown(plan.preview.jobId, onJob);

  const inspect = (file: string): void => {
    setPath(file);
    work.reset();
    inspection.start(ask('import:inspect', { path: file }));
  };
  useEffect(() => {
    if (props.file !== null) inspect(props.file);
  }, [props.file]);
  const chooseFile = async (): Promise<void> => {
    const picked = await ask('pick:import', undefined);
    if (picked.ok && picked.value !== null) inspect(picked.value);
  };
  const choose = (): void => void chooseFile();
  const startWork = (): void => {
    if (plan.ready) work.start(ask('import:start', plan.request()));
  };

  // Cancelling leads back to the step before.
  useEffect(() => {
    if (inspection.run.status === 'cancelled') inspection.reset();
  }, [inspection.run.status]);

  const copyProblems = (): void => {
    const text = JSON.stringify({ vectorkeep: version, problems: inspected?.problems ?? [] }, null, 2);
    copy(text, 'Details copied');
  };

  const pick = <PickFile onChoose={choose} onFile={inspect} onNotAFile={() => say('That is not a file.')} />;
  const cancelButton = <Button onClick={() => props.onClose(null, false)}>Cancel</Button>;
  const asking = (): Asking => {
    const { run } = inspection;
    if (run.status === 'starting' || run.status === 'running') {
      return {
        step: 'checking',
        title: `Checking ${fileName(path)}`,
        body:
          run.status === 'running' ? <Progress progress={run.job.progress} /> : <Working label="Opening the file" />,
        actions: <Button onClick={run.status === 'running' ? inspection.cancel : inspection.reset}>Cancel</Button>,
      };
    }
    if (run.status === 'failed') {
      const fixes = [{ label: 'Choose another file…', run: choose }];
      return {
        step: 'bad',
        title: 'Import an index',
        body: <ErrorCard error={run.error} work="import" fixes={fixes} />,
        actions: cancelButton,
      };
    }
    if (inspected !== null && !inspected.valid) {
      return {
        step: 'bad',
        title: isNoExport(inspected) ? 'Not an export' : 'This file is damaged',
        body: <BadFile summary={inspected} onChoose={choose} onCopy={copyProblems} />,
        actions: cancelButton,
      };
    }
    if (good === null) return { step: 'pick', title: 'Import an index', body: pick, actions: cancelButton };
    return {
      step: 'plan',
      title: 'Import an index',
      onSubmit: startWork,
      body: (
        <>
          <FileSummary summary={good} onChoose={choose} />
          <ImportChoices plan={plan} collections={collections} totalPoints={good.totalVectors} />
        </>
      ),
      notices: <ImportNotices plan={plan} onChangeConnection={props.onChangeConnection} />,
      actions: (
        <>
          {cancelButton}
          <Button look="primary" type="submit" disabled={!plan.ready}>
            Import
          </Button>
        </>
      ),
    };
  };

  const retry: Fix = { label: 'Try again', run: startWork };
  const fixes: Partial<Record<Remedy, readonly Fix[]>> = {
    connection: [{ label: 'Change connection', run: props.onChangeConnection }, retry],
    'another-file': [{ label: 'Choose another file…', run: choose }],
    'new-index': [{ label: 'Change the target', run: work.reset }],
  };
  return (
    <WorkDialog
      wide
      asking={asking()}
      runner={work}
      work="import"
      words={{
        noun: 'the import',
        running: `Importing into ${quoteName(plan.collection)}`,
        done: 'Import finished',
        failed: 'Import failed',
        cancel: 'Cancel import',
      }}
      outcome={(job) => {
        const result = importResultOf(job);
        return result === null ? null : <ImportOutcome result={result} />;
      }}
      fixes={({ code }) => fixes[remedyFor(code)] ?? [retry]}
      // Some points may have been written before it stopped: the numbers are counted again.
      onCancelled={plan.previewAgain}
      onClose={props.onClose}
      onJob={onJob}
    />
  );
}

/** A file of something else is not a damaged one. */
function isNoExport({ problems }: ArchiveSummary): boolean {
  return problems.some(({ code }) => code === 'not_json' || code === 'not_an_export');
}
