import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorReport, Reply, Schedule } from '../../../preload/api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { NextTimesList, problemOf, ScheduleFields, useNextTimes } from '../../components/schedule-fields.tsx';
import { draftedSchedule, scheduleDraft } from '../../schedule-draft.ts';
import { scheduleWords } from '../../schedule-words.ts';
import { Session } from '../../session.ts';

export interface ScheduleDialogProps {
  readonly title: string;
  readonly legend: string;
  readonly offHint: string;
  /** The one that holds; null: none yet. */
  readonly schedule: Schedule | null;
  /** The one that holds where it has none of its own; given where it may have none. */
  readonly inherited?: { readonly label: string; readonly schedule: Schedule | null; readonly chosen: boolean };
  /** null: none of its own. */
  readonly onSave: (schedule: Schedule | null) => Promise<Reply<unknown>>;
  readonly onClose: () => void;
}

/** Chooses a schedule. Nothing holds before Save, and nothing half-typed can be saved. */
export function ScheduleDialog(props: ScheduleDialogProps) {
  const { inherited } = props;
  const { say } = useContext(Session);
  const [draft, setDraft] = useState(scheduleDraft(props.schedule));
  const [none, setNone] = useState(inherited?.chosen === true);
  const [tried, setTried] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [saving, setSaving] = useState(false);
  const drafted = draftedSchedule(draft);
  const meant = none ? (inherited?.schedule ?? null) : drafted.ok ? drafted.schedule : null;
  const next = useNextTimes(meant);
  const found = none ? null : problemOf(draft, next);
  // A time that is being typed is no mistake yet; an expression says at once what it lacks.
  const problem = found !== null && (tried || found.field === 'expression') ? found : null;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tried) body.current?.querySelector<HTMLElement>('[aria-invalid="true"], .days input')?.focus();
  }, [tried]);

  const save = async (): Promise<void> => {
    if (saving) return;
    if (found !== null || (!none && !drafted.ok)) {
      setTried(true);
      return;
    }
    setSaving(true);
    const reply = await props.onSave(none || !drafted.ok ? null : drafted.schedule);
    setSaving(false);
    if (!reply.ok) {
      setFailure(reply.error);
      return;
    }
    say(meant === null ? 'Saved' : `Saved: ${scheduleWords(meant)}`);
    props.onClose();
  };

  return (
    <Dialog
      wide
      title={props.title}
      onClose={props.onClose}
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={saving}>
            Save
          </Button>
        </>
      }
      notices={
        failure === null ? undefined : (
          <ErrorCard error={failure} work="backups" fixes={[{ label: 'Save again', run: () => void save() }]} />
        )
      }
    >
      <div class="schedule-editor" ref={body}>
        <ScheduleFields
          legend={props.legend}
          draft={draft}
          offHint={props.offHint}
          problem={problem}
          {...(inherited === undefined
            ? {}
            : {
                instead: {
                  label: inherited.label,
                  hint:
                    inherited.schedule === null
                      ? 'They have no schedule yet.'
                      : `${scheduleWords(inherited.schedule)}.`,
                  chosen: none,
                  onChoose: () => setNone(true),
                },
              })}
          onChange={(changed) => {
            setNone(false);
            setTried(false);
            setFailure(null);
            setDraft(changed);
          }}
        />
        {meant !== null && meant.kind !== 'off' && (
          <NextTimesList title="The next times" times={found === null ? next.times : null} />
        )}
      </div>
    </Dialog>
  );
}
