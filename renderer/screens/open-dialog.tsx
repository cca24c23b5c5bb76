import type { AppState, BackupSummary, RestoreResult } from '../../preload/api.ts';
import { backupsOf, sourceOf } from '../backups.ts';
import { formatTime } from '../format.ts';
import type { Collections, Jobs } from '../live.ts';
import type { Backups } from '../use-backups.ts';
import { ConnectionDialog, RemoveConnectionDialog } from './connection-dialog.tsx';
import { DiffDialog } from './diff-dialog.tsx';
import { ExportBackupDialog } from './export-backup-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { UndoDialog } from './undo-dialog.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

export type Open =
  | { readonly kind: 'export'; readonly collection: string | null }
  | { readonly kind: 'import'; readonly collection: string | null; readonly file: string | null }
  | { readonly kind: 'connection'; readonly name: string | null }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'restore' | 'compare' | 'export-backup'; readonly backup: BackupSummary }
  | { readonly kind: 'undo'; readonly backupName: string; readonly collection: string }
  | { readonly kind: 'verify'; readonly backup: BackupSummary | null };

/** Whether a dialog can say nothing without the list of indexes. */
export function needsIndexes({ kind }: Open): boolean {
  return kind === 'export' || kind === 'import' || kind === 'restore' || kind === 'undo';
}

interface OpenDialogProps {
  readonly open: Open;
  readonly state: AppState;
  readonly jobs: Jobs;
  readonly collections: Collections;
  readonly backups: Backups;
  readonly onClose: () => void;
  readonly onLeaveJob: (jobId: string | null, running: boolean) => void;
  readonly onJob: (jobId: string) => void;
  readonly onChangeConnection: () => void;
  readonly onSaved: () => void;
  readonly onUndo: (result: RestoreResult) => void;
  readonly onChooseVault: () => void;
  /** Away from here, to the list of backups. */
  readonly onOtherBackup: () => void;
}

/** The one dialog that is open. */
export function OpenDialog(props: OpenDialogProps) {
  const { open, state, jobs, onChangeConnection, onUndo, onChooseVault, onOtherBackup } = props;
  const backups = props.backups.list?.backups ?? [];
  const vault = { jobs, onClose: props.onLeaveJob, onJob: props.onJob, onChooseVault, onOtherBackup };
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
    case 'restore':
      return (
        <RestoreDialog
          {...work}
          {...vault}
          backup={open.backup}
          candidates={backupsOf(backups, open.backup.collection, open.backup.source)}
          onUndo={onUndo}
        />
      );
    case 'undo': {
      const backup = backups.find(({ backupName }) => backupName === open.backupName);
      return <UndoDialog key={open.backupName} {...work} {...vault} {...open} backup={backup} onUndo={onUndo} />;
    }
    case 'compare':
      return (
        <DiffDialog
          {...vault}
          backup={open.backup}
          candidates={backupsOf(backups, open.backup.collection, open.backup.source)}
          connection={liveConnection(props, open.backup)}
          onClose={props.onClose}
        />
      );
    case 'verify':
      return (
        <VerifyDialog {...vault} backup={open.backup} all={backups.length} nameOf={(name) => nameOf(backups, name)} />
      );
    case 'export-backup':
      return <ExportBackupDialog {...vault} backup={open.backup} />;
    case 'remove':
      return <RemoveConnectionDialog name={open.name} onClose={props.onClose} />;
  }
}

/** The connection in use, if the index that a backup is of is there. */
function liveConnection({ state, collections }: OpenDialogProps, { collection, source }: BackupSummary): string | null {
  const current = state.connections.find(({ name }) => name === state.current);
  const there = collections.list?.some(({ name }) => name === collection) === true;
  return current !== undefined && there && sourceOf(current) === source ? current.name : null;
}

/** A backup as people tell it from others: “code”, 22 November 2026, 14:52. */
export function nameOf(backups: readonly BackupSummary[], backupName: string): string {
  const backup = backups.find((each) => each.backupName === backupName);
  return backup === undefined ? backupName : `“${backup.collection}”, ${formatTime(backup.createdAt)}`;
}
