import type { ProtectionView } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { Icon, Mark } from '../../components/icon.tsx';
import { formatQuantity } from '../../format.ts';
import { formatSoon } from '../../protection-words.ts';
import { backupResultOf } from '../../results.ts';
import { keepWords } from '../../rotation.ts';
import { promiseSentence, type PlanChoice } from '../../setup-plan.ts';
import { useNow } from '../../use-backups.ts';
import type { FirstBackupRow } from '../../use-first-backups.ts';
import { StepFrame } from './step-frame.tsx';

interface DoneStepProps {
  readonly connection: string;
  readonly rows: readonly FirstBackupRow[];
  readonly plan: PlanChoice;
  readonly protection: ProtectionView | null;
  readonly onBack: () => void;
  readonly onDone: () => void;
}

/** What was backed up, what comes next, and where to look. */
export function DoneStep({ connection, rows, plan, protection, onBack, onDone }: DoneStepProps) {
  const now = useNow();
  const results = rows.flatMap(({ job }) => {
    const result = job === undefined ? null : backupResultOf(job);
    return result === null ? [] : [result];
  });
  const points = results.reduce((sum, { totalVectors }) => sum + totalVectors, 0);
  const missing = rows.length - results.length;
  const next = protection?.indexes
    .filter((one) => one.connection === connection && one.nextRun !== null)
    .map(({ nextRun }) => nextRun ?? '')
    .sort()[0];
  return (
    <StepFrame
      step={4}
      title={missing === 0 && results.length > 0 ? 'Your indexes are safe' : 'Everything is set'}
      lead={promiseSentence(plan.schedule, rows.length)}
      onSubmit={onDone}
      onBack={onBack}
      actions={
        <Button look="primary" type="submit">
          Done
        </Button>
      }
    >
      <ul class="card setup-summary">
        <li class={missing === 0 && results.length > 0 ? 'summary-good' : 'summary-open'}>
          <Icon name={missing === 0 && results.length > 0 ? 'check' : 'warning'} />
          <div>
            <h2>
              {results.length === 0
                ? 'Nothing is backed up yet'
                : `${formatQuantity(results.length, 'index', 'indexes')} backed up and verified`}
            </h2>
            <p class="muted">
              {results.length > 0 && `${formatQuantity(points, 'point')} were read back and compared.`}
              {missing > 0 && ` ${formatQuantity(missing, 'index', 'indexes')} will be tried again at the next run.`}
              {rows.length === 0 && 'Indexes that appear on this Qdrant are backed up from then on.'}
            </p>
          </div>
        </li>
        <li>
          <Icon name="clock" />
          <div>
            <h2>
              {next === undefined
                ? 'The next backup comes by itself'
                : `The next backup comes ${formatSoon(next, now)}`}
            </h2>
            <p class="muted">{keepWords(plan.keep)}. The last good one of every index always stays.</p>
          </div>
        </li>
        <li>
          <Mark />
          <div>
            <h2>The tower in the tray tells you how things stand</h2>
            <p class="muted">
              At the top of the screen on a Mac, beside the clock elsewhere. You may close this window: backups go on as
              long as the tower is there, and it changes its shape when something needs you.
            </p>
          </div>
        </li>
      </ul>
    </StepFrame>
  );
}
