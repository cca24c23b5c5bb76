import { useId } from 'preact/hooks';
import type { ErrorReport } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice, ChoiceGroup, Choices } from '../../components/field.tsx';
import { Message, Warnings } from '../../components/message.tsx';
import { formatBytes, formatQuantity } from '../../format.ts';
import { pruneSentence } from '../../rotation.ts';
import type { PlanChoice } from '../../setup-plan.ts';
import type { Backups } from '../../use-backups.ts';
import { usePrunePreview } from '../../use-prune-preview.ts';
import { StepFrame, type StepWays } from './step-frame.tsx';

interface PlanStepProps extends StepWays {
  readonly plans: readonly PlanChoice[];
  readonly plan: PlanChoice;
  readonly onPlan: (id: string) => void;
  readonly backups: Backups;
  readonly onChooseVault: () => Promise<void>;
  /** null: it cannot be had here. */
  readonly startAtLogin: boolean | null;
  readonly onStartAtLogin: (on: boolean) => void;
  readonly failure: ErrorReport | null;
  readonly saving: boolean;
  /** Something is ticked, so that a first backup follows. */
  readonly starts: boolean;
}

/** How often, how many, and where to. */
export function PlanStep(props: PlanStepProps) {
  const { plans, plan, backups, startAtLogin, failure, onNext } = props;
  const { list, error } = backups;
  const group = useId();
  const some = (list?.backups.length ?? 0) > 0;
  const { result } = usePrunePreview(some ? plan.keep : null, list?.backups.length ?? 0);
  return (
    <StepFrame
      step={2}
      title="How often, and where to?"
      lead="A good start for most. All of it can be changed at any time under Settings."
      onSubmit={onNext}
      onBack={props.onBack}
      onLeave={props.onLeave}
      actions={
        <Button look="primary" type="submit" busy={props.saving} disabled={error !== null}>
          {props.starts ? 'Start the first backup' : 'Continue'}
        </Button>
      }
    >
      <div class="card">
        <ChoiceGroup legend="Plan">
          <Choices group={group} options={plans} chosen={plan.id} onChoose={props.onPlan} />
        </ChoiceGroup>
        {result !== null && (result.removed.length > 0 || result.warnings.length > 0) && (
          <>
            {result.removed.length > 0 && (
              <Message tone="warning" title={pruneSentence(result)}>
                <p>
                  There are backups in this folder already, and this plan keeps fewer of them. The last good one of
                  every index stays.
                </p>
              </Message>
            )}
            <Warnings warnings={result.warnings} />
          </>
        )}
      </div>
      <div class="card setup-folder">
        <div>
          <h2>Where backups are kept</h2>
          {list !== null && <p class="path">{list.vault}</p>}
          {list !== null && some && (
            <p class="muted">
              {formatQuantity(list.backups.length, 'backup')} in it already, {formatBytes(list.vaultBytes)}
            </p>
          )}
        </div>
        <Button icon="folder" onClick={() => void props.onChooseVault()}>
          Choose another folder…
        </Button>
      </div>
      {error !== null && (
        <ErrorCard
          error={error}
          work="backups"
          fixes={[
            { label: 'Choose folder…', run: () => void props.onChooseVault() },
            { label: 'Try again', run: backups.reload, busy: backups.loading },
          ]}
        />
      )}
      {startAtLogin !== null && (
        <div class="card">
          <Choice
            kind="checkbox"
            label="Start Vectorkeep when I log in"
            hint="In the tray, without a window. Backups run only while Vectorkeep runs."
            checked={startAtLogin}
            onChange={props.onStartAtLogin}
          />
        </div>
      )}
      {failure !== null && <ErrorCard error={failure} work="backups" fixes={[{ label: 'Try again', run: onNext }]} />}
    </StepFrame>
  );
}
