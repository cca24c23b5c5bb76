import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Schedule } from '../../preload/api.ts';
import { ask } from '../client.ts';
import { capital } from '../protection-words.ts';
import {
  anotherTime,
  draftedSchedule,
  MOST_TIMES,
  type ScheduleDraft,
  type ScheduleProblem,
} from '../schedule-draft.ts';
import { formatNext, WEEKDAYS } from '../schedule-words.ts';
import { useNow } from '../use-backups.ts';
import { Button, IconButton } from './button.tsx';
import { Choice, ChoiceGroup, TextField } from './field.tsx';

interface ScheduleFieldsProps {
  readonly legend: string;
  readonly draft: ScheduleDraft;
  readonly onChange: (draft: ScheduleDraft) => void;
  /** Another answer than a schedule of its own, above the others: "As all indexes". */
  readonly instead?: {
    readonly label: string;
    readonly hint: string;
    readonly chosen: boolean;
    readonly onChoose: () => void;
  };
  /** What "off" means here. */
  readonly offHint: string;
  /** What is wrong, from the draft itself or from main. */
  readonly problem: ScheduleProblem | null;
}

const KINDS: readonly { readonly kind: Schedule['kind']; readonly label: string }[] = [
  { kind: 'hourly', label: 'Every hour' },
  { kind: 'daily', label: 'Every day' },
  { kind: 'weekly', label: 'On days of the week' },
  { kind: 'cron', label: 'By a cron expression' },
  { kind: 'off', label: 'Off' },
];

/** When something happens by itself: the kind, and what the chosen kind needs to know. */
export function ScheduleFields(props: ScheduleFieldsProps) {
  const { draft, instead, problem } = props;
  const group = useId();
  const change = (part: Partial<ScheduleDraft>): void => props.onChange({ ...draft, ...part });
  const chosen = instead?.chosen === true ? null : draft.kind;
  return (
    <ChoiceGroup legend={props.legend}>
      {instead !== undefined && (
        <Choice
          kind="radio"
          group={group}
          label={instead.label}
          hint={instead.hint}
          checked={instead.chosen}
          onChange={instead.onChoose}
        />
      )}
      {KINDS.map(({ kind, label }) => (
        <div key={kind} class="schedule-kind">
          <Choice
            kind="radio"
            group={group}
            label={label}
            {...(kind === 'off' ? { hint: props.offHint } : {})}
            checked={chosen === kind}
            onChange={() => change({ kind })}
          />
          {chosen === kind && kind !== 'off' && (
            <div class="schedule-detail">
              {kind === 'hourly' && <Minute draft={draft} problem={problem} onChange={change} />}
              {kind === 'weekly' && <Days draft={draft} problem={problem} onChange={change} />}
              {(kind === 'daily' || kind === 'weekly') && <Times draft={draft} problem={problem} onChange={change} />}
              {kind === 'cron' && (
                <TextField
                  label="Expression"
                  value={draft.expression}
                  problem={problem?.field === 'expression' ? problem.message : null}
                  hint="Minute, hour, day of the month, month, day of the week. 30 2 * * 1-5 is 02:30 from Monday to Friday."
                  maxLength={200}
                  onInput={(expression) => change({ expression })}
                />
              )}
            </div>
          )}
        </div>
      ))}
    </ChoiceGroup>
  );
}

interface PartProps {
  readonly draft: ScheduleDraft;
  readonly problem: ScheduleProblem | null;
  readonly onChange: (part: Partial<ScheduleDraft>) => void;
}

function Minute({ draft, problem, onChange }: PartProps) {
  return (
    <div class="field-short">
      <TextField
        label="Minutes past the hour"
        value={draft.minute}
        problem={problem?.field === 'minute' ? problem.message : null}
        maxLength={2}
        onInput={(minute) => onChange({ minute })}
      />
    </div>
  );
}

function Days({ draft, problem, onChange }: PartProps) {
  const id = useId();
  const wrong = problem?.field === 'days' ? problem.message : null;
  return (
    <fieldset class="days" aria-describedby={`${id}-problem`}>
      <legend>Days</legend>
      <div class="day-row">
        {WEEKDAYS.map((name, index) => {
          const day = index + 1;
          const on = draft.days.includes(day);
          return (
            <label key={name} class="day">
              <input
                type="checkbox"
                checked={on}
                aria-label={name}
                onChange={() =>
                  onChange({ days: on ? draft.days.filter((other) => other !== day) : [...draft.days, day] })
                }
              />
              <span aria-hidden="true">{name.slice(0, 3)}</span>
            </label>
          );
        })}
      </div>
      <p id={`${id}-problem`} class="field-problem">
        {wrong}
      </p>
    </fieldset>
  );
}

function Times({ draft, problem, onChange }: PartProps) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [added, setAdded] = useState(0);
  const wrong = problem?.field === 'times' ? problem.message : null;
  const { times } = draft;
  // Who adds a time wants to type it.
  useLayoutEffect(() => {
    if (added > 0) [...(list.current?.querySelectorAll('input') ?? [])].at(-1)?.focus();
  }, [added]);
  const set = (index: number, time: string): void =>
    onChange({ times: times.map((old, n) => (n === index ? time : old)) });
  const remove = (index: number): void => {
    onChange({ times: times.filter((_, n) => n !== index) });
    // Its button goes with it: the focus stays among the times.
    list.current?.querySelectorAll<HTMLInputElement>('input')[Math.max(0, index - 1)]?.focus();
  };
  return (
    <fieldset class="times">
      <legend>{times.length === 1 ? 'Time' : 'Times'}</legend>
      <ul ref={list} class="time-list">
        {times.map((time, index) => (
          <li key={index}>
            <input
              type="time"
              value={time}
              aria-label={times.length === 1 ? 'Time' : `Time ${index + 1}`}
              aria-invalid={wrong !== null && time === ''}
              aria-describedby={`${id}-problem`}
              onInput={(event) => set(index, event.currentTarget.value)}
            />
            {times.length > 1 && (
              <IconButton icon="close" label={`Remove time ${index + 1}`} onClick={() => remove(index)} />
            )}
          </li>
        ))}
        {times.length < MOST_TIMES && (
          <li>
            <Button
              look="quiet"
              icon="plus"
              onClick={() => {
                onChange({ times: [...times, anotherTime(times)] });
                setAdded(added + 1);
              }}
            >
              Add a time
            </Button>
          </li>
        )}
      </ul>
      <p id={`${id}-problem`} class="field-problem">
        {wrong}
      </p>
    </fieldset>
  );
}

/** So long nobody types any more. */
const PAUSE_MS = 200;

type Times =
  { readonly of: string; readonly times: readonly string[] } | { readonly of: string; readonly error: string };

export interface NextTimes {
  /** null: not known yet, or not to be had. */
  readonly times: readonly string[] | null;
  /** Why there are none: the expression is no schedule. */
  readonly problem: string | null;
}

/** The next times of what is typed, asked for when typing pauses; those before stay on screen until then. */
export function useNextTimes(schedule: Schedule | null): NextTimes {
  const [answer, setAnswer] = useState<Times | null>(null);
  const wanted = JSON.stringify(schedule);
  useEffect(() => {
    if (schedule === null || schedule.kind === 'off') return;
    let current = true;
    const timer = setTimeout(() => {
      void ask('protection:next-times', { schedule }).then((reply) => {
        if (!current) return;
        setAnswer(reply.ok ? { of: wanted, times: reply.value } : { of: wanted, error: reply.error.message });
      });
    }, PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // `wanted` is the schedule.
  }, [wanted]);
  if (answer === null || schedule === null || schedule.kind === 'off') return { times: null, problem: null };
  if ('times' in answer) return { times: answer.times, problem: null };
  return { times: null, problem: answer.of === wanted ? answer.error : null };
}

/** "Then it runs" and the next five times in local words. */
export function NextTimesList({ title, times }: { readonly title: string; readonly times: readonly string[] | null }) {
  const now = useNow();
  return (
    <section class="next-times" aria-live="polite">
      <h3>{title}</h3>
      {times === null || times.length === 0 ? (
        <p class="muted">{times === null ? 'None yet.' : 'It never comes.'}</p>
      ) : (
        <ol>
          {times.map((time) => (
            <li key={time}>{capital(formatNext(time, now))}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** What is wrong with a draft: found here, or by main. */
export function problemOf(draft: ScheduleDraft, next: NextTimes): ScheduleProblem | null {
  const drafted = draftedSchedule(draft);
  if (!drafted.ok) return drafted.problem;
  return next.problem === null ? null : { field: 'expression', message: next.problem };
}
