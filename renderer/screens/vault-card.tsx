import type { BackupList, BackupSummary, Warning } from '../../preload/api.ts';
import { Button } from '../components/button.tsx';
import { Message, Warnings } from '../components/message.tsx';
import { ShowInFolder } from '../components/show-in-folder.tsx';
import { VaultFacts } from '../components/vault-facts.tsx';
import { formatCount, formatQuantity } from '../format.ts';

/** Where backups are kept, and how much they take. */
export function VaultCard({ list, onChoose }: { readonly list: BackupList; readonly onChoose: () => Promise<void> }) {
  return (
    <section class="card vault" aria-labelledby="vault-title">
      <h2 id="vault-title">Where backups are kept</h2>
      <VaultFacts list={list} />
      <div class="row">
        <ShowInFolder path={list.vault} />
        <Button look="quiet" onClick={() => void onChoose()}>
          Change folder…
        </Button>
      </div>
    </section>
  );
}

/** What was found wrong with the folder of backups while it was listed. */
export function VaultWarnings(props: { readonly warnings: readonly Warning[]; readonly onVerify: () => void }) {
  const unreadable = props.warnings.filter(({ code }) => code === 'BACKUP_UNREADABLE');
  // Said by a card of its own, with the button that ends it.
  const others = props.warnings.filter(
    ({ code }) => !['BACKUP_UNREADABLE', 'ROTATION_FROZEN', 'INDEX_SHRANK'].includes(code),
  );
  return (
    <>
      {unreadable.length > 0 && (
        <Message
          tone="warning"
          title={
            unreadable.length === 1
              ? 'One backup cannot be read and is not listed'
              : `${formatCount(unreadable.length)} backups cannot be read and are not listed`
          }
          actions={<Button onClick={props.onVerify}>Verify all…</Button>}
        >
          <ul class="plain-list">
            {unreadable.slice(0, 5).map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
          {unreadable.length > 5 && <p class="muted">and {formatQuantity(unreadable.length - 5, 'more', 'more')}</p>}
          <p>The backups below can be read.</p>
        </Message>
      )}
      <Warnings warnings={others} />
    </>
  );
}

interface ShrunkenProps {
  readonly backup: BackupSummary & { readonly shrankFrom: number };
  readonly onAccept: (backup: BackupSummary) => void;
}

/** The index lost half of its points or more: its good backups stay until the person has said that this is fine. */
export function Shrunken({ backup, onAccept }: ShrunkenProps) {
  const { collection, shrankFrom, totalVectors } = backup;
  const from = formatCount(shrankFrom);
  return (
    <Message
      tone="warning"
      title={`“${collection}” shrank from ${from} to ${formatQuantity(totalVectors, 'point')}`}
      actions={
        <Button label={`That is fine: ${collection} may be this small`} onClick={() => onAccept(backup)}>
          That is fine
        </Button>
      }
    >
      <p>
        The backups from before stay, whatever the rotation says, until you say that this is how it should be. If it is
        not, restore one of them.
      </p>
    </Message>
  );
}
