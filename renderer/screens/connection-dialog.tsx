import { useContext, useState } from 'preact/hooks';
import type { AppState, ConnectionView, ErrorReport } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { ConnectionFields, useConnectionForm } from '../components/connection-fields.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorCard } from '../components/error-card.tsx';
import { ask } from '../client.ts';
import { Session } from '../session.ts';

interface ConnectionDialogProps {
  readonly state: AppState;
  /** The one to change; null to add one. */
  readonly connection: ConnectionView | null;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

export function ConnectionDialog({ state, connection, onClose, onSaved }: ConnectionDialogProps) {
  const form = useConnectionForm({ state, connection, onSaved });
  return (
    <Dialog
      title={connection === null ? 'Connect to a Qdrant' : `Connection “${connection.name}”`}
      onClose={onClose}
      onSubmit={() => void form.save(false)}
      actions={
        <>
          <Button onClick={() => void form.runTest()} busy={form.test.status === 'running'}>
            Test connection
          </Button>
          <span class="spacer" />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={form.saving}>
            Save
          </Button>
        </>
      }
    >
      <ConnectionFields form={form} />
    </Dialog>
  );
}

/** Asks before a connection goes. Nothing on the server is touched. */
export function RemoveConnectionDialog(props: { readonly name: string; readonly onClose: () => void }) {
  const { say } = useContext(Session);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const remove = async (): Promise<void> => {
    const reply = await ask('connections:remove', { name: props.name });
    if (!reply.ok) {
      setFailure(reply.error);
      return;
    }
    say(`“${props.name}” removed`);
    props.onClose();
  };
  return (
    <Dialog
      title={`Remove “${props.name}”?`}
      onClose={props.onClose}
      onSubmit={() => void remove()}
      actions={
        <>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="danger" type="submit">
            Remove connection
          </Button>
        </>
      }
    >
      <p>Vectorkeep forgets this address and its key. The Qdrant and its indexes stay exactly as they are.</p>
      {failure !== null && (
        <ErrorCard error={failure} work="reading" fixes={[{ label: 'Try again', run: () => void remove() }]} />
      )}
    </Dialog>
  );
}
