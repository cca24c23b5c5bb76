import { useContext, useState } from 'preact/hooks';
import type { AppState, BackupSummary, ErrorReport, JobView, Reply } from '../../preload/api.ts';
import {
  backupsOf,
  freshness,
  groupByDate,
  lastBackup,
  originsOf,
  shrunken,
  sourceOf,
  type Origin,
} from '../backups.ts';
import { ask } from '../client.ts';
import { Button, IconButton } from '../components/button.tsx';
import { ErrorCard, type Fix } from '../components/error-card.tsx';
import { Working } from '../components/progress.tsx';
import { formatQuantity, quoteName } from '../format.ts';
import { backupRemedyFor } from '../remedies.ts';
import { isRunning } from '../results.ts';
import { Session } from '../session.ts';
import type { BackUp } from '../use-back-up.ts';
import { useNow, type Backups } from '../use-backups.ts';
import { Activity, type ActivityWays } from './activity.tsx';
import { BackUpWays, NoBackups, Origins } from './backups-of.tsx';
import { BackupRow, type BackupActions } from './backup-row.tsx';
import { Shrunken, VaultCard, VaultWarnings } from './vault-card.tsx';

export interface BackupsProps {
  readonly state: AppState;
  readonly backups: Backups;
  /** Indexes of the Qdrant that is in use; null while they are not known. */
  readonly collections: readonly string[] | null;
  /** Whose backups are shown; null: of all indexes. */
  readonly origin: Origin | null;
  readonly onOrigin: (origin: Origin | null) => void;
  readonly activity: readonly JobView[];
  readonly ways: ActivityWays;
  readonly onBackUp: BackUp;
  readonly onVerifyAll: () => void;
  readonly onChooseVault: () => Promise<void>;
  readonly actions: Pick<BackupActions, 'onRestore' | 'onUndo' | 'onVerify' | 'onCompare' | 'onExport'>;
}

/** So many are shown before the rest is asked for. */
const PAGE = 100;

/** The backups of one index, or of all: what there is, whether it is whole, and what can be done with it. */
export function BackupsScreen(props: BackupsProps) {
  const { state, backups, collections, origin } = props;
  const { list, error, loading, reload } = backups;
  const { copy, say } = useContext(Session);
  const now = useNow();
  const [refused, setRefused] = useState<{ readonly error: ErrorReport; readonly again: () => void } | null>(null);
  const [limit, setLimit] = useState(PAGE);

  const current = state.connections.find(({ name }) => name === state.current);
  const source = current === undefined ? null : sourceOf(current);
  const shown =
    list === null ? [] : origin === null ? list.backups : backupsOf(list.backups, origin.collection, origin.source);
  const canBackUp = origin !== null && origin.source === source && collections?.includes(origin.collection) === true;

  const backingUp = (collection: string): boolean =>
    props.activity.some((job) => job.kind === 'backup' && job.title === collection && isRunning(job));

  const change = (request: () => Promise<Reply<undefined>>, said: string): void => {
    const attempt = (): void => {
      void request().then((reply) => {
        setRefused(reply.ok ? null : { error: reply.error, again: attempt });
        if (!reply.ok) return;
        say(said);
        reload();
      });
    };
    attempt();
  };
  const pin = ({ backupName: backup }: BackupSummary, pinned: boolean): void =>
    change(() => ask('backups:pin', { backup, pinned }), pinned ? 'Pinned: it stays' : 'No longer pinned');
  const accept = ({ backupName: backup }: BackupSummary): void =>
    change(() => ask('backups:accept-shrink', { backup }), 'Its backups rotate again');
  const chooseFolder: Fix = { label: 'Choose folder…', run: () => void props.onChooseVault() };
  const fixesFor = (report: ErrorReport, again: () => void): readonly Fix[] => {
    const retry: Fix = { label: 'Try again', run: again, busy: loading };
    return backupRemedyFor(report.code) === 'another-folder' ? [chooseFolder, retry] : [retry];
  };

  return (
    <main class="screen" id="main">
      <header class="screen-head">
        <div>
          <h1 title={origin?.collection}>
            {origin === null ? 'Backups' : `Backups of ${quoteName(origin.collection)}`}
          </h1>
          {list !== null && <p class="muted screen-sub">{summary(shown, now)}</p>}
        </div>
        <div class="screen-actions">
          <IconButton icon="refresh" label="Look again" onClick={reload} disabled={loading} />
          <Button icon="check" onClick={props.onVerifyAll} disabled={list === null || list.backups.length === 0}>
            Verify all…
          </Button>
          {canBackUp && (
            <BackUpWays
              collection={origin.collection}
              busy={backingUp(origin.collection)}
              carries={(lastBackup(shown)?.companions.length ?? 0) > 0}
              onBackUp={props.onBackUp}
            />
          )}
        </div>
      </header>

      {error !== null && <ErrorCard error={error} work="backups" fixes={fixesFor(error, reload)} />}
      {refused !== null && (
        <ErrorCard error={refused.error} work="backups" fixes={fixesFor(refused.error, refused.again)} />
      )}
      <Activity jobs={props.activity} {...props.ways} />
      {list === null && error === null && <Working label="Reading the list of backups" />}
      {list !== null && (
        <>
          <VaultWarnings warnings={list.warnings} onVerify={props.onVerifyAll} />
          {shrunken(shown).map((backup) => (
            <Shrunken key={backup.backupName} backup={backup} onAccept={accept} />
          ))}
          <Origins list={list.backups} origin={origin} source={source} onOrigin={props.onOrigin} state={state} />
          {shown.length === 0 && (
            <NoBackups
              origin={origin}
              onBackUp={canBackUp && !backingUp(origin.collection) ? () => props.onBackUp(origin.collection) : null}
            />
          )}
          {groupByDate(shown.slice(0, limit), now).map(({ title, backups: members, months }) => (
            <section key={title} class="group" aria-label={title}>
              <h2>{title}</h2>
              <ul class="card rows">
                {members.map((backup) => (
                  <BackupRow
                    key={backup.backupName}
                    backup={backup}
                    now={now}
                    named={origin === null && originsOf(list.backups).length > 1}
                    dated={months}
                    here={backup.source === source}
                    onPin={pin}
                    onCopyName={({ backupName }) => copy(backupName, 'Name copied')}
                    {...props.actions}
                  />
                ))}
              </ul>
            </section>
          ))}
          {shown.length > limit && (
            <div class="row">
              <Button onClick={() => setLimit(limit + PAGE)}>
                {`Show older ones (${formatQuantity(shown.length - limit, 'more', 'more')})`}
              </Button>
            </div>
          )}
          <VaultCard list={list} onChoose={props.onChooseVault} />
        </>
      )}
    </main>
  );
}

function summary(backups: readonly BackupSummary[], now: number): string {
  if (backups.length === 0) return 'Never backed up';
  return `${formatQuantity(backups.length, 'backup')}. ${freshness(backups, now)}.`;
}
