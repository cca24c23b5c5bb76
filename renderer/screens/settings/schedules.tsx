import { useState } from 'preact/hooks';
import type { AppState, ConnectionView, ProtectionView, Schedule } from '../../../preload/api.ts';
import { ask } from '../../client.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { formatQuantity, quoteName } from '../../format.ts';
import { useCollections } from '../../live.ts';
import { formatSoon } from '../../protection-words.ts';
import { scheduleWords } from '../../schedule-words.ts';
import { useNow } from '../../use-backups.ts';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { Section } from './section.tsx';

/** When each index is backed up: for all of a connection, and for those that have a schedule of their own. */
export function Schedules({ state, protection }: { readonly state: AppState; readonly protection: ProtectionView }) {
  return (
    <Section
      id="schedules"
      title="Schedules"
      lead="In the time of this computer. A backup that was missed is caught up once."
    >
      {state.connections.length === 0 && <p class="muted">Connect a Qdrant first, then choose when it is backed up.</p>}
      {state.connections.map((connection) => (
        <OfConnection
          key={connection.name}
          connection={connection}
          current={connection.name === state.current}
          protection={protection}
        />
      ))}
    </Section>
  );
}

/** More indexes than this, and a field to find one appears. */
const MANY = 8;

interface OfConnectionProps {
  readonly connection: ConnectionView;
  readonly current: boolean;
  readonly protection: ProtectionView;
}

function OfConnection({ connection, current, protection }: OfConnectionProps) {
  const { name } = connection;
  // Asking the built-in server for its indexes starts it: only where it is in use anyway.
  const { list, error } = useCollections(connection.kind === 'builtin' && !current ? null : name, '');
  const [filter, setFilter] = useState('');
  /** What is being changed; null in `of`: the schedule for all. */
  const [editing, setEditing] = useState<{ readonly of: string | null } | null>(null);
  const now = useNow();
  const all = protection.defaults.find((one) => one.connection === name)?.schedule ?? null;
  const known = new Map(
    protection.indexes.filter((one) => one.connection === name).map((one) => [one.collection, one]),
  );
  const names = [...new Set([...(list ?? []).map((one) => one.name), ...known.keys()])].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const shown = names.filter((one) => one.toLowerCase().includes(filter.trim().toLowerCase()));
  const save = (collection: string | null, schedule: Schedule | null) =>
    ask('protection:set-schedule', { connection: name, collection, schedule });
  const of = editing?.of ?? null;
  const own = of === null ? undefined : known.get(of);
  return (
    <section class="card schedule-card" aria-labelledby={`schedules-of-${name}`}>
      <header class="schedule-row schedule-all">
        <div>
          <h3 id={`schedules-of-${name}`}>{name}</h3>
          <p class={all === null ? 'muted' : undefined}>
            {all === null ? 'No schedule for all of its indexes' : scheduleWords(all)}
          </p>
        </div>
        <Button
          label={`${all === null ? 'Choose' : 'Change'} the schedule of all indexes of ${name}`}
          onClick={() => setEditing({ of: null })}
        >
          {all === null ? 'Choose…' : 'Change…'}
        </Button>
      </header>
      {names.length > MANY && (
        <div class="filter">
          <TextField label={`Find an index of ${name}`} value={filter} onInput={setFilter} />
          <p class="muted" role="status">
            {filter.trim() === '' ? '' : `${formatQuantity(shown.length, 'index', 'indexes')} found`}
          </p>
        </div>
      )}
      {shown.length > 0 && (
        <ul class="rows schedule-list" aria-label={`Indexes of ${name}`}>
          {shown.map((collection) => {
            const index = known.get(collection);
            const ownOne = index?.own === true;
            return (
              <li key={collection} class="schedule-row">
                <p class="clamp" title={collection}>
                  {collection}
                </p>
                <p class="muted schedule-when">
                  {ownOne ? (
                    <strong>{scheduleWords(index.schedule)}</strong>
                  ) : all === null ? (
                    'Not backed up automatically'
                  ) : (
                    'As all'
                  )}
                  {index?.nextRun != null && `, next ${formatSoon(index.nextRun, now)}`}
                </p>
                <Button
                  look="quiet"
                  label={`Change the schedule of ${collection}`}
                  onClick={() => setEditing({ of: collection })}
                >
                  Change…
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      {error !== null && <p class="muted schedule-note">Its indexes cannot be asked for right now: {error.message}</p>}
      {list !== null && error === null && names.length === 0 && (
        <p class="muted schedule-note">It has no indexes yet. Those to come are backed up by the schedule for all.</p>
      )}
      {editing !== null && (
        <ScheduleDialog
          key={of ?? ''}
          title={of === null ? `Schedule of ${quoteName(name)}` : `Schedule of ${quoteName(of)}`}
          legend={of === null ? 'When are all of its indexes backed up?' : 'When is it backed up?'}
          offHint={of === null ? 'Only those with a schedule of their own.' : 'Only when you ask for it.'}
          schedule={of === null ? all : own?.own === true ? own.schedule : null}
          {...(of === null
            ? {}
            : {
                inherited: {
                  label: `As all indexes of ${quoteName(name)}`,
                  schedule: all,
                  chosen: own?.own !== true,
                },
              })}
          onSave={(schedule) => save(of, schedule)}
          onClose={() => setEditing(null)}
        />
      )}
    </section>
  );
}
