import type { AppState, BackupSummary } from '../../preload/api.ts';
import { originKey, originsOf, sourceOf, type Origin } from '../backups.ts';
import { ask } from '../client.ts';
import { Button } from '../components/button.tsx';
import { SelectField } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { Menu } from '../components/menu.tsx';
import type { BackUp } from '../use-back-up.ts';

interface BackUpWaysProps {
  readonly collection: string;
  readonly busy: boolean;
  /** The last backup carries companion files, and so will the next. */
  readonly carries: boolean;
  readonly onBackUp: BackUp;
}

/** A backup at one press, and beside it the ways that are rarer. */
export function BackUpWays({ collection, busy, carries, onBackUp }: BackUpWaysProps) {
  const withFiles = async (): Promise<void> => {
    const picked = await ask('pick:companions', undefined);
    if (picked.ok && picked.value.length > 0) onBackUp(collection, { companions: picked.value });
  };
  return (
    <div class="ways-to-back-up">
      <Button look="primary" icon="shield" busy={busy} onClick={() => onBackUp(collection)}>
        {busy ? 'Backing up…' : 'Back up now'}
      </Button>
      <Menu
        label="More ways to back up"
        items={[
          { label: 'Back up and pin', icon: 'pin', run: () => onBackUp(collection, { pin: true }) },
          { label: 'With companion files…', icon: 'file', run: () => void withFiles() },
          ...(carries
            ? [
                {
                  label: 'Without companion files',
                  icon: 'close' as const,
                  run: () => onBackUp(collection, { companions: [] }),
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}

interface OriginsProps {
  readonly list: readonly BackupSummary[];
  readonly origin: Origin | null;
  /** Of the Qdrant in use. */
  readonly source: string | null;
  readonly state: AppState;
  readonly onOrigin: (origin: Origin | null) => void;
}

/** Whose backups are shown. Of another Qdrant than the one in use, its address stands beside the name. */
export function Origins({ list, origin, source, state, onOrigin }: OriginsProps) {
  const known = originsOf(list);
  const all =
    origin === null || known.some((each) => originKey(each) === originKey(origin)) ? known : [origin, ...known];
  if (all.length < 2) return null;
  const placeOf = (from: string): string => {
    const connection = state.connections.find((each) => sourceOf(each) === from);
    return connection?.name ?? (from === 'builtin' ? 'Built-in Qdrant' : from);
  };
  return (
    <div class="filter">
      <SelectField
        label="Index"
        value={origin === null ? '' : originKey(origin)}
        onChange={(key) => onOrigin(all.find((each) => originKey(each) === key) ?? null)}
        options={[
          { value: '', label: 'All indexes' },
          ...all.map((each) => ({
            value: originKey(each),
            label: each.source === source ? each.collection : `${each.collection} (${placeOf(each.source)})`,
          })),
        ]}
      />
    </div>
  );
}

/** What a backup is, where there is none. */
export function NoBackups(props: { readonly origin: Origin | null; readonly onBackUp: (() => void) | null }) {
  return (
    <section class="empty">
      <Icon name="shield" />
      <p>
        {props.origin === null ? 'There is no backup yet.' : `There is no backup of “${props.origin.collection}” yet.`}
      </p>
      <p class="muted">
        A backup keeps every point of an index. It is read back and compared before it counts, and the next one adds
        only what has changed since.
      </p>
      {props.onBackUp !== null && (
        <Button look="primary" onClick={props.onBackUp}>
          Back up now
        </Button>
      )}
    </section>
  );
}
