import { useEffect, useState } from 'preact/hooks';
import type { BackupSummary, DiffResult } from '../../preload/api.ts';
import { backupFixes, type BackupWays } from '../backup-fixes.ts';
import { ask } from '../client.ts';
import { Button } from '../components/button.tsx';
import { Comparison } from '../components/comparison.tsx';
import { Dialog } from '../components/dialog.tsx';
import type { Fix } from '../components/error-card.tsx';
import { SelectField } from '../components/field.tsx';
import { Message } from '../components/message.tsx';
import { formatCount, formatQuantity, formatTime, quoteName } from '../format.ts';
import { useQuestion, type Jobs } from '../live.ts';
import { diffResultOf } from '../results.ts';
import { useShown } from '../use-shown.ts';

interface DiffDialogProps extends BackupWays {
  readonly backup: BackupSummary;
  /** Backups of the same index, newest first. */
  readonly candidates: readonly BackupSummary[];
  /** The connection on which the index itself can be looked at; null where it is not there. */
  readonly connection: string | null;
  readonly jobs: Jobs;
  readonly onClose: () => void;
  readonly onJob: (jobId: string) => void;
}

const LIVE = '';

/** What changed between a backup and another, or the index as it is now. */
export function DiffDialog(props: DiffDialogProps) {
  const { backup, candidates, connection, jobs } = props;
  const others = candidates.filter(({ backupName }) => backupName !== backup.backupName);
  const [other, setOther] = useState(connection === null ? (others[0]?.backupName ?? LIVE) : LIVE);
  const [round, setRound] = useState(0);
  const question = useQuestion(jobs);
  const { start } = question;
  useShown(question.jobId, props.onJob);

  const second = others.find(({ backupName }) => backupName === other);
  // From the older to the newer, whichever was asked about.
  const swapped = second !== undefined && second.createdAt < backup.createdAt;
  const from = swapped ? second : backup;
  const to = swapped ? backup : second;
  const comparable = second !== undefined || connection !== null;
  useEffect(() => {
    if (!comparable) return;
    const request = { from: from.backupName, to: to?.backupName ?? null };
    start(ask('diff:start', { ...request, ...(connection === null ? {} : { connection }) }));
  }, [from.backupName, to?.backupName, connection, comparable, round, start]);

  const { run } = question;
  const result = run.status === 'done' ? diffResultOf(run.job) : null;
  const again: Fix = { label: 'Try again', run: () => setRound((before) => before + 1) };

  return (
    <Dialog
      wide
      title={`What changed in ${quoteName(backup.collection)}`}
      onClose={props.onClose}
      actions={
        <Button look="primary" onClick={props.onClose}>
          Close
        </Button>
      }
    >
      {comparable ? (
        <SelectField
          label={`The backup of ${formatTime(backup.createdAt)}, compared with`}
          value={other}
          onChange={setOther}
          options={[
            ...(connection === null ? [] : [{ value: LIVE, label: 'the index as it is now' }]),
            ...others.map(({ backupName, createdAt, totalVectors }) => ({
              value: backupName,
              label: `the backup of ${formatTime(createdAt)} (${formatQuantity(totalVectors, 'point')})`,
            })),
          ]}
        />
      ) : (
        <Message tone="plain" title="There is nothing to compare it with">
          <p>This is the only backup of the index, and the index is not on the Qdrant that is in use.</p>
        </Message>
      )}
      <div class="diff" aria-live="polite">
        <Comparison run={run} label="Comparing" fixes={({ code }) => backupFixes(code, again, props)} />
        {result !== null && (
          <Changes
            result={result}
            from={formatTime(from.createdAt)}
            to={to === undefined ? 'now' : formatTime(to.createdAt)}
          />
        )}
      </div>
    </Dialog>
  );
}

interface ChangesProps {
  readonly result: DiffResult;
  readonly from: string;
  readonly to: string;
}

function Changes({ result, from, to }: ChangesProps) {
  const { added, changed, removed, same, paths, elsewhere } = result;
  if (added + changed + removed === 0) {
    return (
      <Message tone="good" title="Nothing changed">
        <p>{`All ${formatQuantity(same, 'point')} are the same, from ${from} to ${to}.`}</p>
      </Message>
    );
  }
  return (
    <>
      <p>{`From ${from} to ${to}:`}</p>
      <ul class="tally">
        <li class="tally-added">
          <strong>{formatCount(added)}</strong> added
        </li>
        <li class="tally-changed">
          <strong>{formatCount(changed)}</strong> changed
        </li>
        <li class="tally-removed">
          <strong>{formatCount(removed)}</strong> removed
        </li>
        <li class="tally-same">
          <strong>{formatCount(same)}</strong> the same
        </li>
      </ul>
      {paths.length > 0 && (
        <div class="changes" role="region" aria-label="Changes by file" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Added</th>
                <th scope="col">Changed</th>
                <th scope="col">Removed</th>
              </tr>
            </thead>
            <tbody>
              {paths.map((each) => (
                <tr key={each.path}>
                  <th scope="row" class="path">
                    <Path path={each.path} />
                  </th>
                  <Cell value={each.added} />
                  <Cell value={each.changed} />
                  <Cell value={each.removed} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {elsewhere > 0 && (
        <p class="muted">
          {paths.length === 0
            ? 'The points carry no path, so the changes cannot be told by file.'
            : `And ${formatQuantity(elsewhere, 'point')} without a path, or of files beyond these.`}
        </p>
      )}
    </>
  );
}

/** Long ones go on in the next line after a folder, not amid a name. */
function Path({ path }: { readonly path: string }) {
  return path.split(/(?<=[/\\])/).map((part, index) => [index > 0 && <wbr key={index} />, part]);
}

function Cell({ value }: { readonly value: number }) {
  return <td class={value === 0 ? 'muted' : ''}>{formatCount(value)}</td>;
}
