import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { ErrorCard } from '../../components/error-card.tsx';
import { Choice, TextField } from '../../components/field.tsx';
import { Message } from '../../components/message.tsx';
import { Working } from '../../components/progress.tsx';
import { formatQuantity, quoteName } from '../../format.ts';
import type { Collections } from '../../live.ts';
import { StepFrame, type StepWays } from './step-frame.tsx';

interface IndexStepProps extends StepWays {
  readonly connection: string;
  readonly collections: Collections;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (ticked: ReadonlySet<string>) => void;
}

/** More indexes than this, and a field to find one appears. */
const MANY = 8;

/** Which indexes are protected. */
export function IndexStep(props: IndexStepProps) {
  const { connection, collections, ticked, onTick, onBack, onNext } = props;
  const { list, error, loading, reload } = collections;
  const [filter, setFilter] = useState('');
  const names = list?.map(({ name }) => name) ?? [];
  const all = names.every((name) => ticked.has(name));
  const usable = list !== null && error === null;
  const ready = usable && (names.length === 0 || ticked.size > 0);
  const shown = list?.filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase())) ?? [];
  const tick = (name: string, on: boolean): void => {
    onTick(new Set(on ? [...ticked, name] : [...ticked].filter((other) => other !== name)));
  };
  return (
    <StepFrame
      step={1}
      title="What is to be kept?"
      lead={<>The indexes you tick are backed up automatically. They are on {quoteName(connection)}.</>}
      {...(ready ? { onSubmit: onNext } : {})}
      onBack={onBack}
      onLeave={props.onLeave}
      actions={
        <Button look="primary" type="submit" disabled={!ready}>
          Continue
        </Button>
      }
    >
      {list === null && error === null && <Working label={`Asking ${connection} for its indexes`} />}
      {error !== null && (
        <ErrorCard
          error={error}
          work="reading"
          fixes={[
            { label: 'Try again', run: reload, busy: loading },
            { label: 'Choose another Qdrant', run: onBack },
          ]}
        />
      )}
      {usable && names.length === 0 && (
        <Message tone="plain" icon="server" title="This Qdrant is empty">
          <p>Indexes that appear on it are backed up from then on.</p>
        </Message>
      )}
      {usable && names.length > 0 && (
        <div class="card tick-card">
          <div class="tick-head">
            <Choice
              kind="checkbox"
              label="All indexes"
              hint="New ones too, as soon as they appear."
              checked={all}
              onChange={(on) => onTick(new Set(on ? names : []))}
            />
            {names.length > MANY && <TextField label="Find an index" value={filter} onInput={setFilter} />}
          </div>
          <ul class="tick-list" aria-label="Indexes">
            {shown.map(({ name, points }) => (
              <li key={name}>
                <Choice
                  kind="checkbox"
                  label={name}
                  hint={formatQuantity(points, 'point')}
                  checked={ticked.has(name)}
                  onChange={(on) => tick(name, on)}
                />
              </li>
            ))}
          </ul>
          <p class="muted tick-count" role="status">
            {ticked.size === 0
              ? 'Tick at least one.'
              : `${ticked.size} of ${formatQuantity(names.length, 'index', 'indexes')}`}
          </p>
        </div>
      )}
    </StepFrame>
  );
}
