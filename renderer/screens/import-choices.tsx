import type { CollectionSummary } from '../../preload/api.ts';
import { ErrorCard } from '../components/error-card.tsx';
import { Choice, ChoiceGroup, Choices, TextField } from '../components/field.tsx';
import { IndexField } from '../components/index-field.tsx';
import { Warnings } from '../components/message.tsx';
import { OtherModels } from '../components/other-models.tsx';
import { Progress, Working } from '../components/progress.tsx';
import { formatQuantity } from '../format.ts';
import { strategies } from '../import-plan.ts';
import { remedyFor } from '../remedies.ts';
import type { ImportPlan } from '../use-import-plan.ts';

interface ImportChoicesProps {
  readonly plan: ImportPlan;
  readonly collections: readonly CollectionSummary[];
  readonly totalPoints: number;
}

/** Where the points go, and what happens to points that are there already. */
export function ImportChoices({ plan, collections, totalPoints }: ImportChoicesProps) {
  const { target, setTarget } = plan;
  const { run } = plan.preview;
  return (
    <>
      <ChoiceGroup legend="Import into">
        <div class="target">
          <Choice
            kind="radio"
            group="target"
            label="An index that exists"
            checked={target.kind === 'existing'}
            disabled={collections.length === 0}
            {...(collections.length === 0 ? { hint: 'This Qdrant has no index yet.' } : {})}
            onChange={() => setTarget({ kind: 'existing' })}
          />
          {target.kind === 'existing' && (
            <IndexField
              value={target.existing}
              collections={collections}
              onChange={(existing) => setTarget({ existing })}
            />
          )}
        </div>
        <div class="target">
          <Choice
            kind="radio"
            group="target"
            label="A new index"
            checked={target.kind === 'new'}
            onChange={() => setTarget({ kind: 'new' })}
          />
          {target.kind === 'new' && (
            <TextField
              label="Name of the new index"
              value={target.newName}
              problem={plan.nameProblem}
              hint={`It gets the settings that the file carries, and all ${formatQuantity(totalPoints, 'point')}.`}
              onInput={(newName) => setTarget({ newName })}
            />
          )}
        </div>
      </ChoiceGroup>
      {target.kind === 'existing' && run.status !== 'failed' && <Strategies plan={plan} />}
    </>
  );
}

function Strategies({ plan }: { readonly plan: ImportPlan }) {
  const { run } = plan.preview;
  return (
    <ChoiceGroup legend="For points that are already there">
      <Choices
        group="strategy"
        options={strategies(plan.counts).map(({ id, label, hint, effect }) => ({
          id,
          label: (
            <>
              {label}
              {effect !== null && <span class="effect">{effect}</span>}
            </>
          ),
          hint,
        }))}
        chosen={plan.strategy}
        onChoose={plan.setStrategy}
      />
      {run.status === 'starting' && <Working label="Comparing with the index" />}
      {run.status === 'running' && <Progress progress={run.job.progress} phase="Comparing with the index" />}
    </ChoiceGroup>
  );
}

interface ImportNoticesProps {
  readonly plan: ImportPlan;
  readonly onChangeConnection: () => void;
}

/** What speaks against the import, or has to be known of it. */
export function ImportNotices({ plan, onChangeConnection }: ImportNoticesProps) {
  const { run } = plan.preview;
  if (plan.target.kind === 'new') return null;
  if (run.status === 'failed') {
    const toNew = { label: 'Import into a new index', run: () => plan.setTarget({ kind: 'new' }) };
    const retry = { label: 'Compare again', run: plan.previewAgain };
    const change = { label: 'Change connection', run: onChangeConnection };
    const remedy = remedyFor(run.error.code);
    return (
      <ErrorCard
        error={run.error}
        work="import"
        fixes={remedy === 'new-index' ? [toNew] : remedy === 'connection' ? [change, retry] : [retry]}
      />
    );
  }
  const warnings = plan.counts?.warnings.filter(({ code }) => code !== 'MODEL_DIFFERS') ?? [];
  return (
    <>
      {plan.models !== null && (
        <OtherModels
          from="file"
          own={plan.models.file}
          index={plan.models.index}
          allow="Import anyway"
          allowed={plan.modelsAllowed}
          onAllow={plan.allowModels}
        />
      )}
      <Warnings warnings={warnings} />
    </>
  );
}
