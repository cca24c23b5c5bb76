import type { BackupSummary } from '../../preload/api.ts';
import { isSafetyCopy, isUndoable, reasonLabel } from '../backups.ts';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { Menu } from '../components/menu.tsx';
import { formatAge, formatBytes, formatClock, formatDay, formatQuantity, formatTime } from '../format.ts';

/** What can be done with one backup. */
export interface BackupActions {
  readonly onRestore: (backup: BackupSummary) => void;
  readonly onUndo: (backup: BackupSummary) => void;
  readonly onPin: (backup: BackupSummary, pinned: boolean) => void;
  readonly onVerify: (backup: BackupSummary) => void;
  readonly onCompare: (backup: BackupSummary) => void;
  readonly onExport: (backup: BackupSummary) => void;
  readonly onCopyName: (backup: BackupSummary) => void;
}

/** Of older ones the date says more. */
const AGE_SHOWN_MS = 30 * 86_400_000;

interface BackupRowProps extends BackupActions {
  readonly backup: BackupSummary;
  readonly now: number;
  /** Backups of several indexes stand in one list. */
  readonly named: boolean;
  /** The heading above tells the month and not the day. */
  readonly dated: boolean;
  /** The index it was taken of is on the Qdrant that is in use. */
  readonly here: boolean;
}

export function BackupRow(props: BackupRowProps) {
  const { backup, now, named, dated, here } = props;
  const safety = isSafetyCopy(backup);
  const undoable = here && isUndoable(backup, now);
  const called = `${backup.collection}, ${formatTime(backup.createdAt)}`;
  return (
    <li class="backup" data-backup={backup.backupName}>
      <div class="backup-when">
        <p>
          <strong>
            {dated ? `${formatDay(backup.createdAt)}, ` : ''}
            {formatClock(backup.createdAt)}
          </strong>{' '}
          {now - Date.parse(backup.createdAt) < AGE_SHOWN_MS && (
            <span class="muted">{formatAge(backup.createdAt, now)}</span>
          )}
        </p>
        {named && (
          <p class="backup-index clamp" title={backup.collection}>
            {backup.collection}
          </p>
        )}
      </div>
      <p class="backup-size">
        {formatQuantity(backup.totalVectors, 'point')} <span class="muted">{formatBytes(backup.bytes)}</span>
      </p>
      <ul class="backup-marks">
        <li class={backup.verifiedAt === null ? 'mark-unverified' : 'mark-verified'}>
          <Icon name={backup.verifiedAt === null ? 'warning' : 'check'} />
          {backup.verifiedAt === null ? 'Damaged' : 'Verified'}
        </li>
        <li class={safety ? 'mark-safety' : ''}>
          {safety && <Icon name="shield" />}
          {reasonLabel(backup.reason)}
        </li>
        {backup.companions.length > 0 && <li>{formatQuantity(backup.companions.length, 'companion file')}</li>}
      </ul>
      <div class="backup-actions">
        {undoable ? (
          <Button
            icon="undo"
            label={`Undo restore: the index goes back to ${called}`}
            onClick={() => props.onUndo(backup)}
          >
            Undo restore…
          </Button>
        ) : (
          <Button label={`Restore ${called}`} onClick={() => props.onRestore(backup)}>
            Restore…
          </Button>
        )}
        <button
          type="button"
          class="button button-icon pin"
          aria-pressed={backup.pinned}
          aria-label={`Pinned: ${called}`}
          title={backup.pinned ? 'Pinned: it stays whatever rotates out' : 'Pin, so that it stays whatever rotates out'}
          onClick={() => props.onPin(backup, !backup.pinned)}
        >
          <Icon name="pin" />
        </button>
        <Menu
          label={`More for ${called}`}
          items={[
            ...(undoable ? [{ label: 'Restore…', icon: 'restore' as const, run: () => props.onRestore(backup) }] : []),
            { label: 'Verify…', icon: 'check', run: () => props.onVerify(backup) },
            { label: 'What changed…', icon: 'compare', run: () => props.onCompare(backup) },
            { label: 'Export as file…', icon: 'export', run: () => props.onExport(backup) },
            { label: 'Copy name', icon: 'copy', run: () => props.onCopyName(backup) },
          ]}
        />
      </div>
    </li>
  );
}
