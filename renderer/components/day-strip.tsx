import type { DayCell, DayState } from '../../preload/api.ts';
import { DAY_STATES, dayName, legendOf, stripWords, troubledDays, troubleWords } from '../protection-words.ts';

interface DayStripProps {
  /** Whose days they are, for who does not see the card around them. */
  readonly name: string;
  readonly days: readonly DayCell[];
  readonly now: number;
}

/** The last thirty days of an index at a glance, and behind one press what was wrong on which of them. */
export function DayStrip({ name, days, now }: DayStripProps) {
  const troubled = troubledDays(days);
  return (
    <div class="days">
      <div class="strip" role="img" aria-label={`${name}. ${stripWords(days)}`}>
        {days.map((day) => (
          <span key={day.date} class="strip-day" title={`${dayName(day, now)}: ${day.text}`}>
            <DayMark state={day.state} />
          </span>
        ))}
      </div>
      <div class="strip-ends" aria-hidden="true">
        <span>30 days ago</span>
        <span>today</span>
      </div>
      {troubled.length > 0 && (
        <details class="days-more">
          <summary>{troubleWords(days)}</summary>
          {/* So that it can be scrolled without a pointer. */}
          <ul tabIndex={0} aria-label={`Days of ${name} with something wrong`}>
            {troubled.map((day) => (
              <li key={day.date}>
                <DayMark state={day.state} />
                <span>
                  <strong>{dayName(day, now)}.</strong> {day.text}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function DayMark({ state }: { readonly state: DayState }) {
  return <span class={`day-mark day-${state}`} />;
}

/** What the marks mean, once for all strips. */
export function Legend({ strips }: { readonly strips: readonly (readonly DayCell[])[] }) {
  const states = legendOf(strips);
  // Where nothing has happened yet there is nothing to explain.
  if (states.every((state) => state === 'none')) return null;
  return (
    <ul class="legend" aria-label="What the marks of a day mean">
      {states.map((state) => (
        <li key={state}>
          <DayMark state={state} />
          {DAY_STATES[state]}
        </li>
      ))}
    </ul>
  );
}
