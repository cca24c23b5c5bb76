import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { AppState, JobView, Place } from '../preload/api.ts';
import { Mark } from './components/icon.tsx';
import { Toast, type Note } from './components/toast.tsx';
import { ask } from './client.ts';
import { useAppState, useCollections, useJobs, type Collections, type Jobs } from './live.ts';
import { ConnectionDialog, RemoveConnectionDialog } from './screens/connection-dialog.tsx';
import { ExportDialog } from './screens/export-dialog.tsx';
import { Home } from './screens/home.tsx';
import { ImportDialog } from './screens/import-dialog.tsx';
import { Settings } from './screens/settings.tsx';
import { Session } from './session.ts';

type View = 'home' | 'settings';

type Open =
  | { readonly kind: 'export'; readonly collection: string | null }
  | { readonly kind: 'import'; readonly collection: string | null; readonly file: string | null }
  | { readonly kind: 'connection'; readonly name: string | null }
  | { readonly kind: 'remove'; readonly name: string };

export function App() {
  const state = useAppState();
  const jobs = useJobs();
  const [note, setNote] = useState<Note | null>(null);
  const say = useCallback((text: string) => setNote((before) => ({ id: (before?.id ?? 0) + 1, text })), []);
  const copy = useCallback(
    (text: string, said: string) => {
      void ask('clipboard:write', { text }).then((reply) => say(reply.ok ? said : reply.error.message));
    },
    [say],
  );
  const version = state?.version ?? '';
  const session = useMemo(() => ({ version, copy, say }), [version, copy, say]);
  const gone = useCallback(() => setNote(null), []);
  return (
    <Session.Provider value={session}>
      {state !== null && <Window state={state} jobs={jobs} say={say} />}
      <Toast note={note} onGone={gone} />
    </Session.Provider>
  );
}

interface WindowProps {
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly say: (text: string) => void;
}

function Window({ state, jobs, say }: WindowProps) {
  const [view, setView] = useState<View>('home');
  const [open, setOpen] = useState<Open | null>(null);
  /** Jobs that need no place under Activity: a dialog shows them, or their end has been looked at. */
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const ended = [...jobs.values()].filter((job) => job.status === 'done' && job.kind !== 'validate').length;
  const collections = useCollections(state.current, String(ended));
  const { list, error, loading, reload } = collections;

  const markSeen = useCallback((jobId: string) => setSeen((before) => new Set(before).add(jobId)), []);
  const leaveJob = (jobId: string | null, running: boolean): void => {
    setOpen(null);
    if (jobId === null) return;
    if (!running) return;
    setSeen((before) => new Set([...before].filter((id) => id !== jobId)));
    setView('home');
    say('It goes on in the background');
  };
  const close = (): void => setOpen(null);

  useEffect(() => {
    const go = (place: Place): void => {
      setView(place === 'settings' ? 'settings' : 'home');
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
    setView('home');
    reload();
    setOpen({ kind: 'import', collection: null, file: path });
  };

  // Export and import need the list of indexes. Asked for by the tray or a drop they may have to wait for it, and where
  // none is to be had that is said now: a dialog that comes up minutes later was asked for by nobody.
  const waiting = (open?.kind === 'export' || open?.kind === 'import') && list === null;
  const hopeless = waiting && (state.current === null || (error !== null && !loading));
  useEffect(() => {
    if (!hopeless) return;
    setOpen(null);
    say(state.current === null ? 'Connect a Qdrant first' : `“${state.current}” cannot be used right now`);
  }, [hopeless, state.current, say]);

  const activity = [...jobs.values()].filter((job) => isActivity(job) && !seen.has(job.id)).reverse();
  return (
    <div class="window" onDragOver={(event) => event.preventDefault()} onDrop={(event) => void takeDrop(event)}>
      <Header state={state} view={view} onView={setView} />
      {view === 'home' ? (
        <Home
          state={state}
          collections={collections}
          activity={activity}
          onDismiss={markSeen}
          onExport={(collection) => setOpen({ kind: 'export', collection })}
          onImport={(collection) => setOpen({ kind: 'import', collection, file: null })}
          onAddConnection={() => setOpen({ kind: 'connection', name: null })}
          onEditConnection={(name) => setOpen({ kind: 'connection', name })}
          onSample={() => void ask('sample:create', undefined).then((reply) => reply.ok || say(reply.error.message))}
        />
      ) : (
        <Settings
          state={state}
          onAdd={() => setOpen({ kind: 'connection', name: null })}
          onEdit={(name) => setOpen({ kind: 'connection', name })}
          onRemove={(name) => setOpen({ kind: 'remove', name })}
        />
      )}
      {!waiting && open !== null && (
        <OpenDialog
          key={open.kind}
          open={open}
          state={state}
          jobs={jobs}
          collections={collections}
          onClose={close}
          onLeaveJob={leaveJob}
          onJob={markSeen}
          onChangeConnection={() => setOpen({ kind: 'connection', name: state.current })}
          onSaved={() => {
            close();
            reload();
          }}
        />
      )}
    </div>
  );
}

/** A check is part of an import, and a sample that is there can be seen by itself. */
function isActivity({ kind, status }: JobView): boolean {
  return kind !== 'validate' && !(kind === 'sample' && status === 'done');
}

interface OpenDialogProps {
  readonly open: Open;
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly collections: Collections;
  readonly onClose: () => void;
  readonly onLeaveJob: (jobId: string | null, running: boolean) => void;
  readonly onJob: (jobId: string) => void;
  readonly onChangeConnection: () => void;
  readonly onSaved: () => void;
}

function OpenDialog(props: OpenDialogProps) {
  const { open, state, jobs, onChangeConnection } = props;
  const work = {
    connection: state.current ?? '',
    collections: props.collections.list ?? [],
    jobs,
    onClose: props.onLeaveJob,
    onJob: props.onJob,
    onChangeConnection,
  };
  switch (open.kind) {
    case 'export':
      return <ExportDialog {...work} preselected={open.collection} />;
    case 'import':
      return <ImportDialog {...work} preselected={open.collection} file={open.file} />;
    case 'connection': {
      const connection = state.connections.find(({ name }) => name === open.name) ?? null;
      return <ConnectionDialog state={state} connection={connection} onClose={props.onClose} onSaved={props.onSaved} />;
    }
    case 'remove':
      return <RemoveConnectionDialog name={open.name} onClose={props.onClose} />;
  }
}

interface HeaderProps {
  readonly state: AppState;
  readonly view: View;
  readonly onView: (view: View) => void;
}

function Header({ state, view, onView }: HeaderProps) {
  return (
    <header class="app-head">
      <p class="brand">
        <Mark />
        Vectorkeep
      </p>
      <nav aria-label="Screens">
        {(['home', 'settings'] as const).map((name) => (
          <button
            key={name}
            type="button"
            class="nav"
            aria-current={view === name ? 'page' : undefined}
            onClick={() => onView(name)}
          >
            {name === 'home' ? 'Home' : 'Settings'}
          </button>
        ))}
      </nav>
      {state.connections.length > 1 && state.current !== null && (
        <label class="connection-switch">
          <span>Connection</span>
          <select
            value={state.current}
            onChange={(event) => void ask('connections:select', { name: event.currentTarget.value })}
          >
            {state.connections.map(({ name }) => (
              <option key={name} value={name} selected={name === state.current}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </header>
  );
}
