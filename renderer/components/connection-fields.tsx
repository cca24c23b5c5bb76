import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { AppState, ConnectionView, ErrorReport, Output } from '../../preload/api.ts';
import { ask } from '../client.ts';
import {
  draftOf,
  inputOf,
  keepsKey,
  reachesAnew,
  type ConnectionDraft,
  type DraftProblems,
} from '../connection-form.ts';
import { formatQuantity } from '../format.ts';
import { Session } from '../session.ts';
import { ErrorCard } from './error-card.tsx';
import { Choice, TextField } from './field.tsx';
import { Message } from './message.tsx';
import { Working } from './progress.tsx';

type Test =
  | { readonly status: 'none' | 'running' }
  | { readonly status: 'good'; readonly answer: Output<'connections:test'> }
  | { readonly status: 'bad'; readonly error: ErrorReport };

const noProblems: DraftProblems = { url: null, name: null };

export interface ConnectionForm {
  readonly state: AppState;
  readonly connection: ConnectionView | null;
  readonly draft: ConnectionDraft;
  readonly problems: DraftProblems;
  readonly test: Test;
  readonly failure: ErrorReport | null;
  readonly saving: boolean;
  readonly change: (part: Partial<ConnectionDraft>) => void;
  /** Asks the server; whether it answers. */
  readonly runTest: () => Promise<boolean>;
  /** `anyway`: although the server does not answer. */
  readonly save: (anyway: boolean) => Promise<void>;
}

interface ConnectionFormProps {
  readonly state: AppState;
  /** The one to change; null to add one. */
  readonly connection: ConnectionView | null;
  readonly onSaved: (name: string) => void;
}

/** What is typed about a Qdrant, tested live and saved. */
export function useConnectionForm({ state, connection, onSaved }: ConnectionFormProps): ConnectionForm {
  const { say } = useContext(Session);
  const [draft, setDraft] = useState(draftOf(connection));
  const [problems, setProblems] = useState(noProblems);
  const [test, setTest] = useState<Test>({ status: 'none' });
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const [saving, setSaving] = useState(false);
  const change = (part: Partial<ConnectionDraft>): void => {
    setDraft((before) => ({ ...before, ...part }));
    // What was found out belongs to what was typed then.
    setTest({ status: 'none' });
    setProblems(noProblems);
    setFailure(null);
  };
  const checked = () => {
    const names = state.connections.map(({ name }) => name);
    const outcome = inputOf(draft, connection, names);
    setProblems(outcome.ok ? noProblems : outcome.problems);
    return outcome.ok ? outcome.input : null;
  };
  const runTest = async (): Promise<boolean> => {
    const input = checked();
    if (input === null) return false;
    setFailure(null);
    setTest({ status: 'running' });
    // Under the name it has now, so that the key that is kept can be used.
    const reply = await ask('connections:test', { ...input, name: connection?.name ?? input.name });
    setTest(reply.ok ? { status: 'good', answer: reply.value } : { status: 'bad', error: reply.error });
    return reply.ok;
  };
  const save = async (anyway: boolean): Promise<void> => {
    const input = checked();
    if (input === null || saving) return;
    setSaving(true);
    const known = anyway || test.status === 'good' || !reachesAnew(draft, connection);
    if (!known && !(await runTest())) {
      setSaving(false);
      return;
    }
    const previous = connection === null ? {} : { previousName: connection.name };
    // Whoever adds a connection wants to see what is on it; one that does not work must not take the place of one that does.
    const select = connection === null && !anyway;
    const reply = await ask('connections:save', { connection: input, ...previous, select });
    setSaving(false);
    if (!reply.ok) {
      setFailure(reply.error);
      return;
    }
    say(`“${reply.value.name}” saved`);
    onSaved(reply.value.name);
  };
  return { state, connection, draft, problems, test, failure, saving, change, runTest, save };
}

interface ConnectionFieldsProps {
  readonly form: ConnectionForm;
  /** Only what is needed to reach it; the name comes from the address. */
  readonly brief?: boolean;
  /** The address takes the focus as it appears. */
  readonly autoFocus?: boolean;
}

export function ConnectionFields({ form, brief = false, autoFocus = true }: ConnectionFieldsProps) {
  const { state, connection, draft, problems, test, failure, change, save } = form;
  const builtin = connection?.kind === 'builtin';
  const fields = useRef<HTMLDivElement>(null);
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (test.status !== 'none' || failure !== null) result.current?.scrollIntoView({ block: 'nearest' });
    // Last, so that in a small window the field stays in view rather than the end of what is said about it.
    fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [test.status, failure, problems]);

  return (
    <div ref={fields} class="connection-fields">
      {!builtin && (
        <>
          <TextField
            label="Address"
            kind="address"
            value={draft.url}
            problem={problems.url}
            faulty={test.status === 'bad' && !aboutKey(test.error)}
            placeholder="http://localhost:6333"
            hint="The REST address of the server. Without http:// or https://, the likelier one is used."
            maxLength={2048}
            autoFocus={autoFocus}
            onInput={(url) => change({ url })}
          />
          <KeyField
            draft={draft}
            connection={connection}
            session={state.keyStorage === 'session'}
            faulty={test.status === 'bad' && aboutKey(test.error)}
            onChange={change}
          />
        </>
      )}
      <div ref={result} class="test-result" aria-live="polite">
        {test.status === 'running' && <Working label="Testing the connection" />}
        {test.status === 'good' && <Message tone="good" title={testSentence(test.answer)} />}
        {test.status === 'bad' && (
          <ErrorCard
            error={test.error}
            work="reading"
            fixes={brief ? [] : [{ label: 'Save anyway', run: () => void save(true), minor: true }]}
          />
        )}
        {failure !== null && (
          <ErrorCard error={failure} work="reading" fixes={[{ label: 'Save again', run: () => void save(false) }]} />
        )}
      </div>
      {!brief && (
        <>
          <TextField
            label="Name"
            value={draft.name}
            problem={problems.name}
            hint="What you call this Qdrant. Left empty, it is called by its address."
            onInput={(name) => change({ name })}
          />
          <TextField
            label="Embedding model"
            value={draft.model}
            hint="Optional. Written into exports, so that vectors of different models are never mixed by accident."
            onInput={(model) => change({ model })}
          />
        </>
      )}
    </div>
  );
}

/** Whether an error is mended in the field of the key rather than in that of the address. */
function aboutKey({ code }: ErrorReport): boolean {
  return code === 'QDRANT_FORBIDDEN' || code === 'KEY_LOCKED';
}

function testSentence({ version, collections, roundTripMs }: Output<'connections:test'>): string {
  const answered = `Qdrant ${version} answers in ${Math.max(1, Math.round(roundTripMs))} ms`;
  return `${answered} and has ${formatQuantity(collections, 'index', 'indexes')}.`;
}

interface KeyFieldProps {
  readonly draft: ConnectionDraft;
  readonly connection: ConnectionView | null;
  /** There is no keychain: a key lives until the app quits. */
  readonly session: boolean;
  readonly faulty: boolean;
  readonly onChange: (part: Partial<ConnectionDraft>) => void;
}

function KeyField({ draft, connection, session, faulty, onChange }: KeyFieldProps) {
  const stored = connection?.hasKey === true;
  const kept = keepsKey(draft, connection);
  const where = session
    ? 'This system has no keychain, so the key is kept only until Vectorkeep quits.'
    : 'Kept in the keychain of this system and never shown again.';
  const moved = stored && !kept && !draft.forgetKey;
  return (
    <>
      <TextField
        label="API key"
        kind="secret"
        value={draft.key}
        faulty={faulty}
        placeholder={kept ? 'A key is kept; type a new one to replace it' : 'Only if it asks for one'}
        hint={moved ? 'The key that is kept belongs to the old address. Type the one for this address.' : where}
        maxLength={4096}
        onInput={(key) => onChange({ key, forgetKey: false })}
      />
      {stored && (
        <Choice
          kind="checkbox"
          label="Forget the key that is kept"
          checked={draft.forgetKey}
          onChange={(forgetKey) => onChange({ forgetKey, key: '' })}
        />
      )}
    </>
  );
}
