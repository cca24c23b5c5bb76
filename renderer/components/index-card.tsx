import type { BackupSummary } from '../../preload/api.ts';
import { lastBackup } from '../backups.ts';
import { formatAge, formatCount, formatDimensions, formatTime } from '../format.ts';
import type { IndexEntry } from '../index-cards.ts';
import { lastGoodWords, nextRunWords, standingOf, testedWords } from '../protection-words.ts';
import { Button } from './button.tsx';
import { DayStrip } from './day-strip.tsx';
import { HealthBadge } from './health.tsx';
import { Icon } from './icon.tsx';
import { ChangeNote, FailureNote, TestNote } from './index-notes.tsx';
import { Menu } from './menu.tsx';

export interface IndexActions {
  readonly onBackUp: (collection: string) => void;
  readonly onBackups: (collection: string) => void;
  readonly onTest: (collection: string) => void;
  readonly onExport: (collection: string) => void;
  readonly onImport: (collection: string) => void;
  readonly onHistory: (collection: string) => void;
  readonly onAccept: (collection: string) => void;
  /** The one who keeps its schedule: Settings. */
  readonly onSchedule: () => void;
  readonly onChangeConnection: () => void;
  readonly onChooseVault: () => void;
}

interface IndexCardProps extends IndexActions {
  readonly entry: IndexEntry;
  /** Its backups, newest first; null while they are not known. */
  readonly backups: readonly BackupSummary[] | null;
  readonly now: number;
  readonly paused: boolean;
  /** A backup of it is being taken. */
  readonly backingUp: boolean;
  /** Its failure is told above all cards. */
  readonly told: boolean;
}

/** Qdrant's states in words where they are worth one; each has its own shape beside them. */
const states: Record<string, { readonly label: string; readonly shape: string }> = {
  yellow: { label: 'Optimising', shape: 'busy' },
  grey: { label: 'Waiting to optimise', shape: 'idle' },
  red: { label: 'Qdrant reports an error', shape: 'bad' },
};

/** One index: what it is, how it stands, and what can be done with it. */
export function IndexCard(props: IndexCardProps) {
  const { entry, now, backingUp } = props;
  const { collection, protection, gone } = entry;
  const failure = protection?.failure ?? null;
  const change = protection?.change ?? null;
  const tested = protection?.tested;
  const days = protection?.days ?? [];
  const noted =
    protection !== null && (protection.schedule.kind !== 'off' || days.some(({ state }) => state !== 'none'));
  const backUp = backingUp ? 'Backing up…' : 'Back up now';
  return (
    <li class="card index-card" data-index={collection}>
      <div class="index-head">
        <h3 class="index-name clamp" title={collection}>
          {collection}
        </h3>
        <More {...props} />
      </div>
      <What {...entry} />
      {change !== null && <ChangeNote {...props} change={change} />}
      {tested?.ok === false && <TestNote {...props} tested={tested} />}
      {failure !== null && !props.told && <FailureNote {...props} failure={failure} busy={backingUp} />}
      <Facts {...props} />
      {noted && <DayStrip name={collection} days={days} now={now} />}
      <div class="index-actions">
        {!gone && (
          <Button label={`${backUp}: ${collection}`} busy={backingUp} onClick={() => props.onBackUp(collection)}>
            {backUp}
          </Button>
        )}
        <Button label={`Backups of ${collection}`} onClick={() => props.onBackups(collection)}>
          Backups…
        </Button>
      </div>
    </li>
  );
}

/** What is done more rarely. */
function More(props: IndexCardProps) {
  const { backups } = props;
  const { collection, live } = props.entry;
  return (
    <Menu
      label={`More for ${collection}`}
      items={[
        {
          ...{ label: 'Test the last backup', icon: 'check', run: () => props.onTest(collection) },
          disabled: backups === null || lastBackup(backups) === undefined,
        },
        {
          ...{ label: 'Export…', name: `Export ${collection}`, icon: 'export' },
          ...{ disabled: live === null, run: () => props.onExport(collection) },
        },
        {
          ...{ label: 'Import…', name: `Import into ${collection}`, icon: 'import' },
          ...{ disabled: live === null, run: () => props.onImport(collection) },
        },
        { label: 'Schedule…', icon: 'clock', run: props.onSchedule },
        { label: 'History', icon: 'history', run: () => props.onHistory(collection) },
      ]}
    />
  );
}

/** What it is and how it stands, as far as anybody can say. */
function What({ live, protection, gone }: IndexEntry) {
  const badge = <HealthBadge standing={standingOf(protection)} />;
  if (live === null) {
    const points = protection?.lastGood?.points;
    return (
      <div class="index-what">
        {points === undefined ? (
          <p class="muted">{gone ? 'Not on this Qdrant any more' : 'Not known right now'}</p>
        ) : (
          <p class="index-points">
            <strong>{formatCount(points)}</strong> {points === 1 ? 'point' : 'points'}
          </p>
        )}
        {badge}
        {points !== undefined && (
          <p class="index-about muted">{`in its last backup${gone ? '; not on this Qdrant any more' : ''}`}</p>
        )}
      </div>
    );
  }
  const { points, dimensions, model, status } = live;
  const state = status === 'green' ? undefined : (states[status] ?? { label: status, shape: 'idle' });
  const about = [formatDimensions(dimensions), ...(model === null ? [] : [model])].join(', ');
  return (
    <div class="index-what">
      <p class="index-points">
        <strong>{formatCount(points)}</strong> {points === 1 ? 'point' : 'points'}
      </p>
      {badge}
      <p class="index-about muted" title={about}>
        {about}
      </p>
      {state !== undefined && <p class={`status status-${state.shape}`}>{state.label}</p>}
    </div>
  );
}

/** When it was backed up, when it will be, and whether that was tried. */
function Facts({ entry, backups, now, paused, told, onSchedule }: IndexCardProps) {
  const { collection, protection } = entry;
  const last = lastGoodWords(backups, protection?.lastGood ?? null, now);
  const next = nextRunWords(protection, paused, now);
  const tested = testedWords(protection, now);
  const overdue = protection?.health === 'overdue';
  return (
    <div class="index-facts">
      <p
        class={`last-backup ${last.good ? 'last-backup-good' : 'last-backup-none'}`}
        title={last.at === null ? undefined : formatTime(last.at)}
      >
        <Icon name={last.good ? 'check' : 'warning'} />
        {last.text}
      </p>
      <dl>
        <div>
          <dt>Next run</dt>
          {next === null ? (
            <dd>
              <button
                type="button"
                class="link"
                aria-label={`Choose a schedule for ${collection}`}
                onClick={onSchedule}
              >
                Choose a schedule…
              </button>
            </dd>
          ) : (
            <dd class={overdue ? 'fact-bad' : ''}>{next}</dd>
          )}
        </div>
        {told && protection?.failure != null && (
          <div>
            <dt>Last run</dt>
            <dd class="fact-bad">Failed {formatAge(protection.failure.at, now)}</dd>
          </div>
        )}
        {tested !== null && (
          <div>
            <dt>Tested</dt>
            <dd class={tested.ok === false ? 'fact-bad' : ''}>{tested.text}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
