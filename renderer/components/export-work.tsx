import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Reply } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { useRun, type Jobs } from '../live.ts';
import type { Work } from '../remedies.ts';
import { exportResultOf } from '../results.ts';
import { Session } from '../session.ts';
import { Button } from './button.tsx';
import type { Fix } from './error-card.tsx';
import { Choice } from './field.tsx';
import { ExportOutcome } from './outcome.tsx';
import { WorkDialog, type WorkDialogEnds } from './work-dialog.tsx';

interface ExportWorkProps extends WorkDialogEnds {
  readonly title: string;
  readonly running: string;
  readonly work: Work;
  readonly collection: string;
  readonly jobs: Jobs;
  /** What is exported. */
  readonly children: ComponentChildren;
  /** Further choices. */
  readonly more?: ComponentChildren;
  readonly write: (file: { readonly path: string; readonly compress: boolean }) => Promise<Reply<{ jobId: string }>>;
  /** `again` asks for a place once more, under words that fit. */
  readonly fixes: (code: string, again: (label: string) => Fix) => readonly Fix[];
}

/** One file out of points: compressed or not, then where, then how it went. */
export function ExportWork(props: ExportWorkProps) {
  const { collection, onClose } = props;
  const [compress, setCompress] = useState(useContext(Session).compress);
  const [picking, setPicking] = useState(false);
  const runner = useRun(props.jobs);
  const chooseAndStart = async (): Promise<void> => {
    if (picking) return;
    setPicking(true);
    const picked = await ask('pick:export', { collection, compress });
    setPicking(false);
    if (!picked.ok) runner.start(Promise.resolve(picked));
    else if (picked.value !== null) runner.start(props.write({ path: picked.value, compress }));
  };
  const start = (): void => void chooseAndStart();
  return (
    <WorkDialog
      asking={{
        step: 'choose',
        title: props.title,
        onSubmit: start,
        body: (
          <>
            {props.children}
            <Choice
              kind="checkbox"
              label="Compress the file"
              hint="A .json.gz file is a good deal smaller; any unzip program opens it. Without, the file is plain JSON."
              checked={compress}
              onChange={setCompress}
            />
            {props.more}
          </>
        ),
        actions: (
          <>
            <Button onClick={() => onClose(null, false)}>Cancel</Button>
            <Button look="primary" type="submit" busy={picking}>
              Choose where to save…
            </Button>
          </>
        ),
      }}
      runner={runner}
      work={props.work}
      words={{
        noun: 'the export',
        running: props.running,
        done: 'Export finished',
        failed: 'Export failed',
        cancel: 'Cancel export',
      }}
      outcome={(job) => {
        const result = exportResultOf(job);
        return result === null ? null : <ExportOutcome result={result} />;
      }}
      fixes={({ code }) => props.fixes(code, (label) => ({ label, run: start, busy: picking }))}
      onClose={onClose}
      onJob={props.onJob}
    />
  );
}
