import { useEffect } from 'preact/hooks';
import type { Jobs } from '../../live.ts';
import { useRun } from '../../live.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Message, Warnings } from '../../components/message.tsx';
import { MoveOutcome } from '../../components/move-outcome.tsx';
import { Progress } from '../../components/progress.tsx';
import { ShowInFolder } from '../../components/show-in-folder.tsx';
import { VaultFacts } from '../../components/vault-facts.tsx';
import { moveResultOf, runningOf } from '../../results.ts';
import type { Backups } from '../../use-backups.ts';
import { Section } from './section.tsx';

export interface VaultWays {
  /** Uses another folder from now on; what is in the old one stays there. */
  readonly onChooseVault: () => Promise<void>;
  /** A job that is shown here, and so need not be shown elsewhere. */
  readonly onJob: (jobId: string) => void;
}

interface VaultSectionProps extends VaultWays {
  readonly jobs: Jobs;
  readonly backups: Backups;
}

/** The folder of backups: where it is, and how it gets elsewhere. */
export function VaultSection({ jobs, backups, onChooseVault, onJob }: VaultSectionProps) {
  const { list, error, reload, loading } = backups;
  const mine = useRun(jobs);
  // A move that was begun here before the screen was left goes on, and is shown again.
  const going = runningOf([...jobs.values()], 'move');
  const job = mine.run.status === 'done' || mine.run.status === 'cancelled' ? mine.run.job : going;
  const moved = job === undefined ? null : moveResultOf(job);
  const jobId = job?.id ?? null;
  useEffect(() => {
    if (jobId !== null && jobId === mine.jobId && job?.status === 'done') onJob(jobId);
  }, [jobId, mine.jobId, job?.status, onJob]);
  const move = async (): Promise<void> => {
    const reply = await ask('vault:move', undefined);
    // Dismissed: nothing happened.
    if (reply.ok && reply.value === null) return;
    mine.start(
      Promise.resolve(reply.ok ? { ok: true, value: reply.value ?? { jobId: '' } } : { ok: false, error: reply.error }),
    );
  };
  const moving = going !== undefined;
  return (
    <Section id="vault" title="Where backups are kept">
      <div class="card">
        {list !== null && <VaultFacts list={list} />}
        {error !== null && (
          <ErrorCard error={error} work="backups" fixes={[{ label: 'Try again', run: reload, busy: loading }]} />
        )}
        {moving && <Progress progress={going.progress} />}
        {mine.run.status === 'failed' && (
          <ErrorCard error={mine.run.error} work="backups" fixes={[{ label: 'Move again…', run: () => void move() }]} />
        )}
        {mine.run.status === 'cancelled' && (
          <Message tone="plain" icon="folder" title="The move was cancelled">
            <p>Backups are where they were.</p>
          </Message>
        )}
        {moved !== null && (
          <>
            <MoveOutcome result={moved} />
            <Warnings warnings={moved.warnings} />
          </>
        )}
        <div class="row">
          {moving ? (
            <Button onClick={() => void ask('jobs:cancel', { jobId: going.id })}>Cancel the move</Button>
          ) : (
            <>
              {list !== null && <ShowInFolder path={list.vault} />}
              {list !== null && <Button onClick={() => void move()}>Move…</Button>}
              <Button look="quiet" onClick={() => void onChooseVault()}>
                Use another folder…
              </Button>
            </>
          )}
        </div>
        <p class="muted small">
          Moving copies all backups to another folder, compares them there, and only then lets go of the old ones. Using
          another folder leaves the old ones where they are.
        </p>
      </div>
    </Section>
  );
}
