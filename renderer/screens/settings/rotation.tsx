import { useContext, useId, useState } from 'preact/hooks';
import type { ErrorReport, PruneResult, Retention } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { ChoiceGroup, Choices } from '../../components/field.tsx';
import { Message, Warnings } from '../../components/message.tsx';
import { Working } from '../../components/progress.tsx';
import { formatTime, quoteName } from '../../format.ts';
import {
  draftedRotation,
  goingBackups,
  keepWords,
  pruneSentence,
  ROTATION_PRESETS,
  rotationDraft,
  RULE_NAMES,
  RULES,
  sameRetention,
  type RotationDraft,
} from '../../rotation.ts';
import { Session } from '../../session.ts';
import type { Backups } from '../../use-backups.ts';
import { usePrunePreview } from '../../use-prune-preview.ts';
import { Section } from './section.tsx';

const OWN = {
  id: 'own',
  label: 'My own numbers',
  hint: 'So many of the newest, and one of each of so many hours, days, weeks and months.',
};

/** How many backups stay. What a choice would delete is shown before it holds. */
export function Rotation({ keep, backups }: { readonly keep: Retention | null; readonly backups: Backups }) {
  const { say } = useContext(Session);
  const group = useId();
  const [draft, setDraft] = useState<RotationDraft | null>(null);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [saving, setSaving] = useState(false);
  const shown = draft ?? rotationDraft(keep);
  const drafted = draftedRotation(shown);
  const changed = draft !== null && (!drafted.ok || !sameRetention(drafted.keep, keep));
  const preview = usePrunePreview(changed && drafted.ok ? drafted.keep : null, backups.list?.backups.length ?? 0);
  const seen = drafted.ok && (drafted.keep === null || preview.result !== null);
  const choose = (next: RotationDraft): void => {
    setFailure(null);
    setDraft(next);
  };
  const save = async (): Promise<void> => {
    if (!drafted.ok || !seen || saving) return;
    setSaving(true);
    const reply = await ask('protection:set-keep', { keep: drafted.keep });
    setSaving(false);
    setFailure(reply.ok ? null : reply.error);
    if (!reply.ok) return;
    setDraft(null);
    say(`Saved. ${keepWords(drafted.keep)}`);
  };
  return (
    <Section
      id="rotation"
      title="Rotation"
      lead="Which backups stay, of each index. It is applied after every backup that went well."
    >
      <div class="card">
        <ChoiceGroup legend="Keep">
          <Choices
            group={group}
            options={[...ROTATION_PRESETS, OWN]}
            chosen={shown.choice}
            onChoose={(choice) => choose({ ...shown, choice })}
          />
          {shown.choice === 'own' && <OwnNumbers draft={shown} onChange={choose} />}
        </ChoiceGroup>
        <div class="rotation-preview" aria-live="polite">
          {changed && drafted.ok && drafted.keep === null && (
            <Message tone="plain" icon="shield" title="No backup would be deleted any more" />
          )}
          {changed && drafted.ok && drafted.keep !== null && preview.result === null && preview.error === null && (
            <Working label="Working out what would be deleted" />
          )}
          {changed && preview.result !== null && drafted.ok && drafted.keep !== null && (
            <Preview result={preview.result} backups={backups} />
          )}
          {preview.error !== null && (
            <ErrorCard error={preview.error} work="backups" fixes={[{ label: 'Try again', run: preview.again }]} />
          )}
          {failure !== null && (
            <ErrorCard error={failure} work="backups" fixes={[{ label: 'Save again', run: () => void save() }]} />
          )}
        </div>
        {changed && (
          <div class="row">
            <Button look="primary" disabled={!seen} busy={saving} onClick={() => void save()}>
              Save rotation
            </Button>
            <Button onClick={() => setDraft(null)}>Leave it as it was</Button>
          </div>
        )}
      </div>
    </Section>
  );
}

function OwnNumbers(props: { readonly draft: RotationDraft; readonly onChange: (draft: RotationDraft) => void }) {
  const { draft, onChange } = props;
  const id = useId();
  const drafted = draftedRotation(draft);
  const typed = RULES.some((rule) => draft.own[rule].trim() !== '');
  return (
    <div class="own-numbers">
      <div class="number-row">
        {RULES.map((rule) => (
          <div key={rule} class="field">
            <label for={`${id}-${rule}`}>{RULE_NAMES[rule]}</label>
            <input
              id={`${id}-${rule}`}
              type="text"
              inputMode="numeric"
              maxLength={4}
              value={draft.own[rule]}
              placeholder="0"
              aria-invalid={typed && !drafted.ok && drafted.field === rule}
              aria-describedby={`${id}-problem`}
              onInput={(event) => onChange({ ...draft, own: { ...draft.own, [rule]: event.currentTarget.value } })}
            />
          </div>
        ))}
      </div>
      <p id={`${id}-problem`} class={typed ? 'field-problem' : 'field-hint'}>
        {drafted.ok ? null : drafted.problem}
      </p>
    </div>
  );
}

/** More than these are counted and not listed. */
const MOST_LISTED = 200;

function Preview({ result, backups }: { readonly result: PruneResult; readonly backups: Backups }) {
  const going = goingBackups(result.removed, backups.list?.backups ?? []);
  return (
    <>
      <Message tone={going.length === 0 ? 'good' : 'warning'} title={pruneSentence(result)}>
        {going.length > 0 && (
          <details class="going">
            <summary>Show which</summary>
            <ul class="going-list">
              {going.slice(0, MOST_LISTED).map(({ name, collection, createdAt }) => (
                <li key={name}>
                  <span>{createdAt === null ? name : formatTime(createdAt)}</span>
                  {collection !== null && <span class="muted">{quoteName(collection)}</span>}
                </li>
              ))}
            </ul>
            {going.length > MOST_LISTED && <p class="muted">and {going.length - MOST_LISTED} more</p>}
          </details>
        )}
        <p>
          {going.length > 0 && 'They go after the next backup. '}The last good backup of every index always stays, and
          so do those that are pinned.
        </p>
      </Message>
      <Warnings warnings={result.warnings} />
    </>
  );
}
