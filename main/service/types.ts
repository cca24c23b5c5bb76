/**
 * What the one door takes and gives. Tray, dialogs, MCP and command line all speak these types;
 * MCP and `--json` print the same names in snake_case, mapped once by `snakeCase`. The shapes of
 * results are declared once, in the contract with the window.
 */
export type {
  ArchiveSummary,
  BackupList,
  BackupResult,
  BackupSummary,
  CollectionSummary,
  ConflictStrategy,
  ConnectionInput,
  ConnectionView,
  DiffResult,
  DrillResult,
  ExportResult,
  ImportResult,
  JobProgress,
  JobView,
  MoveResult,
  Problem,
  PruneResult,
  RestoreResult,
  RestoreStrategy,
  Retention,
  VerifyResult,
  Warning,
} from '../../preload/api.ts';
import type { ConflictStrategy, JobProgress, RestoreStrategy, Retention } from '../../preload/api.ts';

/** A Qdrant named in the settings, or one given by URL for this call only (command line). A key given here is used instead of a stored one. */
export type ConnectionRef =
  { readonly name: string; readonly apiKey?: string } | { readonly url: string; readonly apiKey?: string };

export interface ExportRequest {
  readonly connection: ConnectionRef;
  readonly collection: string;
  /** Absolute path of the file to make. */
  readonly path: string;
  /** Real path of the folder in which it must be made, for a path that was checked: else PATH_NOT_ALLOWED. */
  readonly within?: string | undefined;
  readonly compress: boolean;
  /** Replace an existing file. Without it an existing file is FILE_EXISTS. */
  readonly replace: boolean;
  /** Absolute paths of indexer state files to carry along. */
  readonly companions: readonly string[];
  /** Name of the embedding model; undefined: what the settings or the collection's metadata say. */
  readonly model?: string;
}

export interface ImportRequest {
  readonly connection: ConnectionRef;
  /** Absolute path of the file to read. */
  readonly path: string;
  /** Real path of the folder in which the file must lie when it is opened, for a path that was checked: else PATH_NOT_ALLOWED. */
  readonly within?: string | undefined;
  /** Its stamp when it was looked at, see `stampOf`: another file of that name is BAD_ARCHIVE. */
  readonly ifFile?: string;
  /** Target; undefined: the collection named in the file. Created from the file when it does not exist. */
  readonly collection?: string;
  readonly onConflict: ConflictStrategy;
  readonly dryRun: boolean;
  readonly allowModelMismatch: boolean;
  /** Absolute folder to put companion files into; undefined: they stay in the file. */
  readonly companionsTo?: string;
  /** Refuse, as APPROVAL_NEEDED, a target that holds points when the job's turn comes: nobody was asked about those. */
  readonly mustBeEmpty?: boolean;
  /**
   * Go on only if the target holds exactly what this fingerprint, a `targetFingerprint`, is of (null: no points) when everything
   * is ready to write: else PLAN_OUTDATED, and nothing is left behind.
   */
  readonly ifTarget?: string | null | undefined;
  /** Read the target for `targetFingerprint`, where it holds points and `onConflict` is not `skip`. */
  readonly fingerprint?: boolean;
  /** Take a backup of a target that holds points before any of them is replaced. What cannot be backed up is not imported into. */
  readonly safetyCopy?: boolean;
  /** Of that copy. Absolute; undefined: the vault of the settings. Made when it is not there. */
  readonly vault?: string | undefined;
}

export interface BackupRequest {
  readonly connection: ConnectionRef;
  readonly collection: string;
  /** Why it is taken, as `manual`, `daily`, `before-reindex`; default `manual`. At most 100 characters. */
  readonly reason?: string;
  readonly pin?: boolean;
  /** Absolute paths of indexer state files to carry along; undefined: those of the last time. */
  readonly companions?: readonly string[];
  /** Absolute; undefined: the vault of the settings. Made when it is not there. */
  readonly vault?: string;
  /** Begin a new vault even where another one was the last time: that one is gone for good. */
  readonly newVault?: boolean;
  /** One of the same index, reason and companions that was taken within the last minute will do: it is returned, with a warning. */
  readonly orFresh?: boolean;
}

export interface RestoreRequest {
  readonly backup: string;
  readonly vault?: string;
  /** undefined: the current connection. */
  readonly connection: ConnectionRef;
  /** Target; undefined: the collection that the backup is of. Created as the backup says when it does not exist. */
  readonly collection?: string;
  readonly onConflict: RestoreStrategy;
  /** Only points of files that this glob, or one of several, matches, as `src/**`. */
  readonly paths?: string | readonly string[];
  /** Count what would happen and write nothing. */
  readonly dryRun: boolean;
  /** Take a backup of the target before anything in it is overwritten or removed. */
  readonly safetyCopy: boolean;
  readonly allowModelMismatch: boolean;
  /** As in ImportRequest. What appears in the target after that is left alone. */
  readonly mustBeEmpty?: boolean;
  /**
   * Go on only if the target holds exactly what this fingerprint, a `targetFingerprint`, is of (null: no points) when everything
   * is ready to write: else PLAN_OUTDATED, and nothing is left behind.
   */
  readonly ifTarget?: string | null | undefined;
  /** Absolute folder to put companion files into; undefined: they stay in the vault. */
  readonly companionsTo?: string;
}

export interface VerifyRequest {
  readonly vault?: string;
  /** undefined: all. */
  readonly backup?: string;
  /** Every point, and not only the checksums of files. */
  readonly full: boolean;
}

export interface DiffRequest {
  readonly vault?: string;
  readonly from: string;
  /** A later backup, or the index as it is now. */
  readonly to: { readonly backup: string } | { readonly connection: ConnectionRef; readonly collection?: string };
}

export interface ExportBackupRequest {
  readonly vault?: string;
  readonly backup: string;
  /** Absolute path of the file to make. */
  readonly path: string;
  readonly compress: boolean;
  readonly replace: boolean;
}

export interface DrillRequest {
  readonly connection: ConnectionRef;
  readonly collection: string;
  /** Newest verified one of the index when undefined. */
  readonly backup?: string;
  readonly vault?: string;
  /** Where there is no built-in server, a scratch index may be made on the connection; else NO_LOCAL_SERVER. */
  readonly onConnection: boolean;
  /** Told the name of the scratch index before it is made, and once it is gone. */
  readonly onScratch?: (collection: string, there: boolean) => void;
}

/** A collection at a glance. */
export interface SeenCollection {
  readonly collection: string;
  /** null: the server does not tell. */
  readonly points: number | null;
  /** It was counted, and not estimated. */
  readonly exact: boolean;
  /** What cannot change unless it is made anew (sizes, distances, names of vectors), as a hash; empty: the server does not tell. */
  readonly shape: string;
}

export interface ListRequest {
  readonly vault?: string;
  readonly collection?: string;
}

export interface PruneRequest {
  readonly vault?: string;
  readonly keep: Retention;
  readonly dryRun: boolean;
}

/** A running piece of long work. `result` rejects with a Fault; CANCELLED after `cancel()`. */
export interface JobHandle<T> {
  readonly id: string;
  readonly result: Promise<T>;
  cancel(): void;
  onProgress(listener: (progress: JobProgress) => void): () => void;
}
