import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { ArchiveSummary, CollectionSummary } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorCard, type Fix } from '../components/error-card.tsx';
import { ImportOutcome } from '../components/outcome.tsx';
import { Progress, Working } from '../components/progress.tsx';
import { ask } from '../client.ts';
import { fileName } from '../format.ts';
import { useQuestion, useRun, type Jobs, type Runner } from '../live.ts';
import { remedyFor } from '../remedies.ts';
import { importResultOf, summaryOf } from '../results.ts';
import { Session } from '../session.ts';
import { useImportPlan, type ImportPlan } from '../use-import-plan.ts';
import { ImportChoices, ImportNotices } from './import-choices.tsx';
import { BadFile, FileSummary, PickFile } from './import-file.tsx';

interface ImportDialogProps {
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
  /** Index to begin with, when one was meant. */
  readonly preselected: string | null;
  /** A file that was dropped on the window. */
  readonly file: string | null;
  readonly jobs: Jobs;
  /** `jobId` of work that goes on or was seen to its end here. */
  readonly onClose: (jobId: string | null, running: boolean) => void;
  /** A job that is shown here, and so need not be shown elsewhere. */
  readonly onJob: (jobId: string) => void;
  readonly onChangeConnection: () => void;
}

/** What the dialog shows at one moment. */
interface Stage {
  readonly step: string;
  readonly title: string;
  readonly body: ComponentChildren;
  readonly notices?: ComponentChildren;
  readonly actions: ComponentChildren;
  readonly onSubmit?: () => void;
  readonly closeLabel?: string;
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

  const mine = [inspection.jobId, plan.preview.jobId, work.jobId].filter((id) => id !== null).join(' ');
  useEffect(() => {
    for (const id of mine.split(' ')) if (id !== '') onJob(id);
  }, [mine, onJob]);

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

  // Cancelling leads back to the step before, with everything as it was chosen.
  useEffect(() => {
    if (inspection.run.status === 'cancelled') inspection.reset();
    if (work.run.status !== 'cancelled') return;
    work.reset();
    // Some points may have been written before it stopped: the numbers are counted again.
    plan.previewAgain();
  }, [inspection.run.status, work.run.status]);

  const working = work.run.status === 'starting' || work.run.status === 'running';
  const close = (): void => {
    props.onClose(work.jobId, working);
  };
  const copyProblems = (): void => {
    const text = JSON.stringify({ vectorkeep: version, problems: inspected?.problems ?? [] }, null, 2);
    copy(text, 'Details copied');
  };

  const pick = <PickFile onChoose={choose} onFile={inspect} onNotAFile={() => say('That is not a file.')} />;
  const cancelButton = <Button onClick={close}>Cancel</Button>;
  const stage = (): Stage => {
    if (work.run.status !== 'idle' && work.run.status !== 'cancelled') {
      return workStage({ work, plan, close, startWork, choose, changeConnection: props.onChangeConnection });
    }
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

  const { step, title, body, notices, actions, onSubmit, closeLabel } = stage();
  return (
    <Dialog
      wide
      step={step}
      notices={notices}
      title={title}
      actions={actions}
      onClose={close}
      closeLabel={closeLabel ?? 'Close'}
      {...(onSubmit === undefined ? {} : { onSubmit })}
    >
      {body}
    </Dialog>
  );
}

interface WorkStageInput {
  readonly work: Runner;
  readonly plan: ImportPlan;
  readonly close: () => void;
  readonly startWork: () => void;
  readonly choose: () => void;
  readonly changeConnection: () => void;
}

function workStage({ work, plan, close, startWork, choose, changeConnection }: WorkStageInput): Stage {
  const { run } = work;
  if (run.status === 'failed') {
    const retry: Fix = { label: 'Try again', run: startWork };
    const fixes: Record<string, readonly Fix[]> = {
      connection: [{ label: 'Change connection', run: changeConnection }, retry],
      'another-file': [{ label: 'Choose another file…', run: choose }],
      'new-index': [{ label: 'Change the target', run: work.reset }],
    };
    return {
      step: 'failed',
      title: 'Import failed',
      body: <ErrorCard error={run.error} work="import" fixes={fixes[remedyFor(run.error.code)] ?? [retry]} />,
      actions: <Button onClick={close}>Close</Button>,
    };
  }
  if (run.status === 'done') {
    const result = importResultOf(run.job);
    return {
      step: 'done',
      title: 'Import finished',
      body: result === null ? null : <ImportOutcome result={result} />,
      actions: (
        <Button look="primary" onClick={close}>
          Done
        </Button>
      ),
    };
  }
  return {
    step: 'running',
    title: `Importing into “${plan.collection}”`,
    closeLabel: 'Hide; the import goes on',
    body: run.status === 'running' ? <Progress progress={run.job.progress} /> : <Working label="Getting ready" />,
    actions: (
      <>
        <Button look="quiet" onClick={close}>
          Hide
        </Button>
        <Button onClick={work.cancel} disabled={run.status !== 'running'}>
          Cancel import
        </Button>
      </>
    ),
  };
}

/** A file of something else is not a damaged one. */
function isNoExport({ problems }: ArchiveSummary): boolean {
  return problems.some(({ code }) => code === 'not_json' || code === 'not_an_export');
}
