import type { BackupSummary, CollectionSummary } from '../../preload/api.ts';
import { reasonLabel } from '../backups.ts';
import { ask } from '../client.ts';
import { Button, IconButton } from '../components/button.tsx';
import { Choice, ChoiceGroup, Choices, SelectField, TextField } from '../components/field.tsx';
import { IndexField } from '../components/index-field.tsx';
import { formatBytes, formatQuantity, formatTime, quoteName } from '../format.ts';
import { RESTORE_CHOICES } from '../restore-plan.ts';
import type { RestorePlan } from '../use-restore-plan.ts';

interface QuestionsProps {
  readonly plan: RestorePlan;
  readonly candidates: readonly BackupSummary[];
  readonly connection: string;
  readonly collections: readonly CollectionSummary[];
}

/** What, from when, to where. */
export function RestoreQuestions(props: QuestionsProps) {
  const { plan, candidates } = props;
  const { answers, answer, backup } = plan;
  return (
    <>
      <ChoiceGroup legend="What?">
        <Choice
          kind="radio"
          group="what"
          label="The whole index"
          checked={!answers.some}
          onChange={() => answer({ some: false })}
        />
        <div class="target">
          <Choice
            kind="radio"
            group="what"
            label="Only some files"
            checked={answers.some}
            onChange={() => answer({ some: true })}
          />
          {answers.some && (
            <TextField
              label="Files that match"
              value={answers.pattern}
              placeholder="src/**"
              maxLength={1024}
              hint="By the path in each point’s payload. src/** is all in the folder src, **/*.ts every TypeScript file."
              problem={answers.pattern === '' ? null : plan.patternProblem}
              onInput={(pattern) => answer({ pattern })}
            />
          )}
        </div>
      </ChoiceGroup>
      <ChoiceGroup legend="From when?">
        <div class="target-alone">
          <SelectField
            label={`Backups of “${backup.collection}”`}
            value={backup.backupName}
            onChange={(backupName) => answer({ backupName })}
            options={candidates.map((each) => ({ value: each.backupName, label: optionOf(each) }))}
          />
        </div>
      </ChoiceGroup>
      <Where {...props} />
      {backup.companions.length > 0 && <Companions plan={plan} />}
    </>
  );
}

function optionOf({ createdAt, totalVectors, bytes, reason, verifiedAt, pinned }: BackupSummary): string {
  const parts = [
    formatTime(createdAt),
    formatQuantity(totalVectors, 'point'),
    formatBytes(bytes),
    reasonLabel(reason).toLowerCase(),
    ...(pinned ? ['pinned'] : []),
    ...(verifiedAt === null ? ['damaged'] : []),
  ];
  return parts.join(' · ');
}

function Where({ plan, connection, collections }: QuestionsProps) {
  const { answers, answer, backup } = plan;
  return (
    <>
      <ChoiceGroup legend={`To where on ${connection}?`}>
        <div class="target">
          <Choice
            kind="radio"
            group="where"
            label="A new index"
            checked={answers.isNew}
            onChange={() => answer({ isNew: true })}
          />
          {answers.isNew && (
            <TextField
              label="Name of the new index"
              value={answers.newName}
              problem={plan.nameProblem}
              hint="It gets the settings the index had. Nothing that is there now is touched."
              onInput={(newName) => answer({ newName })}
            />
          )}
        </div>
        <div class="target">
          <Choice
            kind="radio"
            group="where"
            label="An index that exists"
            checked={!answers.isNew}
            disabled={collections.length === 0}
            {...(collections.length === 0 ? { hint: 'This Qdrant has no index yet.' } : {})}
            onChange={() => answer({ isNew: false })}
          />
          {!answers.isNew && (
            <IndexField
              value={answers.existing}
              collections={collections}
              onChange={(existing) => answer({ existing, modelsAllowed: false })}
            />
          )}
        </div>
      </ChoiceGroup>
      {!answers.isNew && (
        <ChoiceGroup legend={`What becomes of the points that are in ${quoteName(answers.existing)} now?`}>
          <Choices
            group="strategy"
            options={RESTORE_CHOICES.map(({ id, label, hint }) => ({
              id,
              label: (
                <>
                  {label}
                  {id === 'exact' && <span class="effect effect-removes">removes points</span>}
                </>
              ),
              hint: id === 'exact' && answers.some ? `${hint} Only points of the files that match are removed.` : hint,
            }))}
            chosen={answers.strategy}
            onChoose={(strategy) => answer({ strategy })}
          />
        </ChoiceGroup>
      )}
      {!answers.isNew && answers.existing !== backup.collection && (
        <p class="muted">{`The backup is of “${backup.collection}”, and would go into “${answers.existing}”.`}</p>
      )}
    </>
  );
}

function Companions({ plan }: { readonly plan: RestorePlan }) {
  const { companions } = plan.backup;
  const { companionsTo } = plan.answers;
  const choose = async (): Promise<void> => {
    const picked = await ask('pick:folder', undefined);
    if (picked.ok && picked.value !== null) plan.answer({ companionsTo: picked.value });
  };
  return (
    <section class="companions" aria-labelledby="restore-companions">
      <h3 id="restore-companions">Companion files</h3>
      <p class="muted">
        {`This backup carries ${formatQuantity(companions.length, 'file')} of your indexer: ${companions.join(', ')}.`}
        {companionsTo === null ? ' They stay in the backup unless you say where they should go.' : ''}
      </p>
      {companionsTo !== null && (
        <ul class="file-list">
          <li>
            <span class="path">{companionsTo}</span>
            <IconButton
              icon="close"
              label="Do not put companion files back"
              onClick={() => plan.answer({ companionsTo: null })}
            />
          </li>
        </ul>
      )}
      <Button icon="folder" onClick={() => void choose()}>
        {companionsTo === null ? 'Put them into a folder…' : 'Another folder…'}
      </Button>
    </section>
  );
}
