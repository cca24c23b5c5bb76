import type { ComponentChildren } from 'preact';
import type { ProtectedIndex } from '../../preload/api.ts';
import { formatAge } from '../format.ts';
import type { IndexEntry, SharedFailure } from '../index-cards.ts';
import { formatDayAgo, shortened } from '../protection-words.ts';
import { backupRemedyFor } from '../remedies.ts';
import { Button } from './button.tsx';
import { ShapeMark } from './health.tsx';
import { Message } from './message.tsx';

type Given<T> = NonNullable<T>;

interface NoteProps {
  readonly shape: 'failed' | 'attention';
  readonly text: string;
  readonly hint?: string;
  readonly actions: ComponentChildren;
}

/** What a card has to say before all else. No alert of its own: with many cards that would be a choir. */
function Note({ shape, text, hint, actions }: NoteProps) {
  return (
    <div class={`card-note card-note-${shape}`}>
      <ShapeMark shape={shape} />
      <div class="card-note-text">
        <p>{text}</p>
        {hint !== undefined && hint !== '' && <p class="muted">{hint}</p>}
        <div class="card-note-actions">{actions}</div>
      </div>
    </div>
  );
}

interface ChangeNoteProps {
  readonly entry: IndexEntry;
  readonly change: Given<ProtectedIndex['change']>;
  readonly onAccept: (collection: string) => void;
  readonly onBackups: (collection: string) => void;
}

/** An index that is not what it was: either that is meant, or it is to be had back. */
export function ChangeNote({ entry, change, onAccept, onBackups }: ChangeNoteProps) {
  const { collection } = entry;
  return (
    <Note
      shape="attention"
      text={shortened(change.message)}
      actions={
        <>
          <Button label={`That is fine: ${collection}`} onClick={() => onAccept(collection)}>
            That is fine
          </Button>
          {change.backup !== null && (
            <Button label={`Restore ${collection} from its backups`} onClick={() => onBackups(collection)}>
              Restore…
            </Button>
          )}
        </>
      }
    />
  );
}

/** Qdrant is not to be had where it was: it may have moved. */
const AWAY: ReadonlySet<string> = new Set(['QDRANT_UNREACHABLE', 'QDRANT_REFUSED']);

interface Ways {
  readonly onAgain: () => void;
  readonly onChangeConnection: () => void;
  readonly onChooseVault: () => void;
  readonly busy: boolean;
  /** Of whom: for who does not see the surroundings. */
  readonly of: string;
}

/** The buttons that mend a run that failed, the likeliest first. */
function FailureWays({ code, of, busy, onAgain, onChangeConnection, onChooseVault }: Ways & { readonly code: string }) {
  const remedy = backupRemedyFor(code);
  const again = (
    <Button key="again" label={`Try again: ${of}`} busy={busy} onClick={onAgain}>
      Try again
    </Button>
  );
  const change = (
    <Button key="change" label={`Change connection: ${of}`} onClick={onChangeConnection}>
      Change connection
    </Button>
  );
  if (remedy === 'connection') return [change, again];
  if (AWAY.has(code)) return [again, change];
  if (remedy === 'another-folder')
    return [
      again,
      <Button key="folder" label={`Choose folder: ${of}`} onClick={onChooseVault}>
        Choose folder…
      </Button>,
    ];
  return [again];
}

interface FailureNoteProps {
  readonly entry: IndexEntry;
  readonly failure: Given<ProtectedIndex['failure']>;
  readonly now: number;
  readonly busy: boolean;
  readonly onBackUp: (collection: string) => void;
  readonly onChangeConnection: () => void;
  readonly onChooseVault: () => void;
}

/** The last run failed: what happened, what helps, and the button for it. */
export function FailureNote({ entry, failure, now, busy, ...ways }: FailureNoteProps) {
  const { collection } = entry;
  return (
    <Note
      shape="failed"
      text={`Failed ${formatAge(failure.at, now)}. ${failure.message}`}
      hint={failure.hint}
      actions={
        <FailureWays
          {...ways}
          code={failure.code}
          of={collection}
          busy={busy}
          onAgain={() => ways.onBackUp(collection)}
        />
      }
    />
  );
}

interface TestNoteProps {
  readonly entry: IndexEntry;
  readonly tested: Given<ProtectedIndex['tested']>;
  readonly now: number;
  readonly onTest: (collection: string) => void;
  readonly onBackUp: (collection: string) => void;
}

/** A backup did not come back as it was: a new one is wanted, and then another test. */
export function TestNote({ entry, tested, now, onTest, onBackUp }: TestNoteProps) {
  const { collection } = entry;
  return (
    <Note
      shape="failed"
      text={`The test of its last backup failed ${formatDayAgo(tested.at, now)}. ${tested.message ?? ''}`.trim()}
      hint="Take a new backup and test that, to be on the safe side."
      actions={
        <>
          <Button label={`Back up again: ${collection}`} onClick={() => onBackUp(collection)}>
            Back up again
          </Button>
          <Button label={`Test again: ${collection}`} onClick={() => onTest(collection)}>
            Test again
          </Button>
        </>
      }
    />
  );
}

/** A failure that several indexes have in common, said once. */
export function SharedFailureCard(props: Omit<Ways, 'of'> & { readonly failure: SharedFailure }) {
  const { failure, ...ways } = props;
  return (
    <Message
      tone="bad"
      title={`The last backups of ${failure.collections.length} indexes failed. ${failure.message}`}
      actions={<FailureWays {...ways} code={failure.code} of={`${failure.collections.length} indexes`} />}
    >
      <p class="muted">{failure.hint}</p>
    </Message>
  );
}
