import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AppState, BackupSummary, IndexRef, JobView, Place, RestoreResult } from '../preload/api.ts';
import type { Origin } from './backups.ts';
import { ask } from './client.ts';
import type { Fix } from './components/error-card.tsx';
import { changesIn } from './index-cards.ts';
import { useCollections, type Jobs } from './live.ts';
import { backupRemedyFor } from './remedies.ts';
import { isActivity } from './results.ts';
import { AgentsScreen } from './screens/agents.tsx';
import { BackupsScreen } from './screens/backups.tsx';
import { Header, type Screen } from './screens/header.tsx';
import { HistoryScreen } from './screens/history.tsx';
import { Home } from './screens/home.tsx';
import { nameOf, needsIndexes, OpenDialog, type Open } from './screens/open-dialog.tsx';
import { Settings } from './screens/settings.tsx';
import type { SectionId } from './screens/settings/section.tsx';
import { Setup } from './screens/setup.tsx';
import { useBackUp } from './use-back-up.ts';
import { useBackups } from './use-backups.ts';
import { useProtection } from './use-protection.ts';
import { useTest } from './use-test.ts';

interface WindowProps {
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly say: (text: string) => void;
}

/** The whole of the window: its screens, and the dialog that is open. */
export function Window({ state, jobs, say }: WindowProps) {
  const [screen, setScreen] = useState<Screen>('home');
  /** Where the settings begin; null: at their top. */
  const [section, setSection] = useState<SectionId | null>(null);
  /** The setup of protection stands in the place of Home; at first, until there is something to show. */
  const [settingUp, setSettingUp] = useState(state.connections.length === 0);
  /** Whose backups are shown; null: of all indexes. */
  const [origin, setOrigin] = useState<Origin | null>(null);
  /** Whose history is shown; null: of all. */
  const [historyOf, setHistoryOf] = useState<IndexRef | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  /** Jobs that need no place under Activity: a dialog shows them, or their end has been looked at. */
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const ended = [...jobs.values()].filter(({ kind, status }) => status === 'done' && WRITING.has(kind)).length;
  const protection = useProtection();
  const collections = useCollections(state.current, `${ended} ${changesIn(protection)}`);
  const { list, error, loading, reload } = collections;
  const backups = useBackups(jobs);
  const backUp = useBackUp(state.current, jobs, say);
  const testBackup = useTest(jobs, say);

  const markSeen = useCallback((jobId: string) => setSeen((before) => new Set(before).add(jobId)), []);
  const leaveJob = (jobId: string | null, running: boolean): void => {
    setOpen(null);
    if (jobId === null) return;
    if (!running) return;
    setSeen((before) => new Set([...before].filter((id) => id !== jobId)));
    if (screen === 'settings') setScreen('home');
    say('It goes on in the background');
  };
  const close = (): void => setOpen(null);

  useEffect(() => {
    const go = (place: Place): void => {
      setScreen(place === 'settings' || place === 'history' ? place : 'home');
      if (place !== 'home') setSettingUp(false);
      if (place === 'export' || place === 'import') reload();
      if (place === 'export') setOpen((now) => (now?.kind === 'export' ? now : { kind: 'export', collection: null }));
      if (place === 'import') {
        setOpen((now) => (now?.kind === 'import' ? now : { kind: 'import', collection: null, file: null }));
      }
    };
    const off = window.vectorkeep.on('navigate', go);
    void ask('window:ready', undefined).then((reply) => {
      if (reply.ok && reply.value !== null) go(reply.value);
    });
    return off;
  }, [reload]);

  const takeDrop = async (event: DragEvent): Promise<void> => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    if (open !== null) {
      say('Close what is open first, then drop the file again');
      return;
    }
    const path = await window.vectorkeep.dropped(file);
    if (path === null) {
      say('That is not a file on this computer');
      return;
    }
    setScreen('home');
    reload();
    setOpen({ kind: 'import', collection: null, file: path });
  };

  // Export, import and restore need the list of indexes. Asked for by the tray or a drop they may have to wait for it, and where
  // none is to be had that is said now: a dialog that comes up minutes later was asked for by nobody.
  const waiting = open !== null && needsIndexes(open) && list === null;
  const hopeless = waiting && (state.current === null || (error !== null && !loading));
  useEffect(() => {
    if (!hopeless) return;
    setOpen(null);
    say(state.current === null ? 'Connect a Qdrant first' : `“${state.current}” cannot be used right now`);
  }, [hopeless, state.current, say]);

  const setUp = (): void => {
    setScreen('home');
    setSettingUp(true);
  };
  const showBackups = (of: Origin | null): void => {
    setOrigin(of);
    setScreen('backups');
  };
  const chooseVault = async (): Promise<void> => {
    const reply = await ask('vault:choose', undefined);
    if (!reply.ok) say(reply.error.message);
    else if (reply.value !== null) say('Backups are kept there from now on');
    backups.reload();
  };
  const changeConnection = (): void => setOpen({ kind: 'connection', name: state.current });
  const undo = ({ safetyBackup, collection }: RestoreResult): void => {
    if (safetyBackup !== null) setOpen({ kind: 'undo', backupName: safetyBackup, collection });
  };
  const fixesFor = ({ kind, title, connection, error: failure }: JobView): readonly Fix[] => {
    const test = kind === 'drill' && connection !== null ? () => testBackup({ connection, collection: title }) : null;
    const run = kind === 'backup' ? () => backUp(title) : test;
    const again: readonly Fix[] = run === null ? [] : [{ label: 'Try again', run }];
    switch (BACKUP_WORK.has(kind) ? backupRemedyFor(failure?.code ?? '') : null) {
      case 'another-folder':
        return [{ label: 'Choose folder…', run: () => void chooseVault() }, ...again];
      case 'another-backup':
        return [{ label: 'Choose another backup', run: () => showBackups(origin) }];
      case 'connection':
        return [{ label: 'Change connection', run: changeConnection }, ...again];
      default:
        return again;
    }
  };
  const ways = {
    onDismiss: markSeen,
    fixesFor,
    onUndo: undo,
    nameOf: (name: string) => nameOf(backups.list?.backups ?? [], name),
  };

  const activity = [...jobs.values()].filter((job) => isActivity(job) && !seen.has(job.id)).reverse();
  const about = (kind: 'restore' | 'compare' | 'export-backup' | 'verify') => (backup: BackupSummary) =>
    setOpen({ kind, backup });
  return (
    <div class="window" onDragOver={(event) => event.preventDefault()} onDrop={(event) => void takeDrop(event)}>
      <Header
        state={state}
        screen={screen}
        onScreen={(next) => {
          setOrigin(null);
          setHistoryOf(null);
          setSettingUp(false);
          setSection(null);
          setScreen(next);
        }}
      />
      {screen === 'home' && settingUp && (
        <Setup
          state={state}
          jobs={jobs}
          protection={protection}
          backups={backups}
          onLeave={() => {
            setSettingUp(false);
            reload();
          }}
        />
      )}
      {screen === 'home' && !settingUp && (
        <Home
          state={state}
          collections={collections}
          protection={protection}
          backups={backups}
          activity={activity}
          ways={ways}
          onBackUp={backUp}
          onTest={(collection) => state.current !== null && testBackup({ connection: state.current, collection })}
          onHistory={(collection) => {
            setHistoryOf(state.current === null ? null : { connection: state.current, collection });
            setScreen('history');
          }}
          onSettings={() => {
            setScreen('settings');
            setSection('schedules');
          }}
          onSetUp={setUp}
          onBackups={showBackups}
          onChooseVault={chooseVault}
          onExport={(collection) => setOpen({ kind: 'export', collection })}
          onImport={(collection) => setOpen({ kind: 'import', collection, file: null })}
          onAddConnection={() => setOpen({ kind: 'connection', name: null })}
          onEditConnection={(name) => setOpen({ kind: 'connection', name })}
          onSample={() => void ask('sample:create', undefined).then((reply) => reply.ok || say(reply.error.message))}
        />
      )}
      {screen === 'backups' && (
        <BackupsScreen
          state={state}
          backups={backups}
          collections={list?.map(({ name }) => name) ?? null}
          origin={origin}
          onOrigin={setOrigin}
          activity={activity}
          ways={ways}
          onBackUp={backUp}
          onVerifyAll={() => setOpen({ kind: 'verify', backup: null })}
          onChooseVault={chooseVault}
          actions={{
            onRestore: about('restore'),
            onVerify: about('verify'),
            onCompare: about('compare'),
            onExport: about('export-backup'),
            onUndo: ({ backupName, collection }) => setOpen({ kind: 'undo', backupName, collection }),
          }}
        />
      )}
      {screen === 'history' && <HistoryScreen protection={protection} jobs={jobs} index={historyOf} />}
      {screen === 'settings' && (
        <Settings
          state={state}
          jobs={jobs}
          protection={protection}
          backups={backups}
          section={section}
          onJob={markSeen}
          onChooseVault={chooseVault}
          onAgents={() => setScreen('agents')}
          onSetUp={setUp}
          onAdd={() => setOpen({ kind: 'connection', name: null })}
          onEdit={(name) => setOpen({ kind: 'connection', name })}
          onRemove={(name) => setOpen({ kind: 'remove', name })}
        />
      )}
      {screen === 'agents' && (
        <AgentsScreen
          state={state}
          jobs={jobs}
          protection={protection}
          onBack={() => {
            setSection('agents');
            setScreen('settings');
          }}
        />
      )}
      {!waiting && open !== null && (
        <OpenDialog
          key={open.kind}
          open={open}
          state={state}
          jobs={jobs}
          collections={collections}
          backups={backups}
          onClose={close}
          onLeaveJob={leaveJob}
          onJob={markSeen}
          onChangeConnection={changeConnection}
          onSaved={() => {
            close();
            reload();
          }}
          onUndo={undo}
          onChooseVault={() => {
            close();
            void chooseVault();
          }}
          onOtherBackup={() => {
            close();
            setScreen('backups');
            backups.reload();
          }}
        />
      )}
    </div>
  );
}

/** Work after which the indexes are not what they were, or are seen in another light. */
const WRITING: ReadonlySet<JobView['kind']> = new Set(['export', 'import', 'sample', 'restore']);
const BACKUP_WORK: ReadonlySet<JobView['kind']> = new Set(['backup', 'restore', 'verify', 'export-backup', 'drill']);
