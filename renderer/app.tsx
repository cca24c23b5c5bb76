import { useCallback, useMemo, useState } from 'preact/hooks';
import { ask } from './client.ts';
import { Toast, type Note } from './components/toast.tsx';
import { useAppState, useJobs } from './live.ts';
import { Session } from './session.ts';
import { Window } from './window.tsx';

/** What main tells, what is said to the person, and the window once there is something to show. */
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
  const compress = state?.compressExports ?? true;
  const session = useMemo(() => ({ version, compress, copy, say }), [version, compress, copy, say]);
  const gone = useCallback(() => setNote(null), []);
  return (
    <Session.Provider value={session}>
      {state !== null && <Window state={state} jobs={jobs} say={say} />}
      <Toast note={note} onGone={gone} />
    </Session.Provider>
  );
}
