/**
 * The one door. Tray, dialogs, MCP and command line call these methods and get these results; the
 * implementation is `backup-service.ts`.
 */
import type {
  ArchiveSummary,
  BackupList,
  BackupRequest,
  BackupResult,
  CollectionSummary,
  ConnectionInput,
  ConnectionRef,
  ConnectionView,
  DiffRequest,
  DiffResult,
  DrillRequest,
  DrillResult,
  ExportBackupRequest,
  ExportRequest,
  ExportResult,
  ImportRequest,
  ImportResult,
  JobHandle,
  JobView,
  ListRequest,
  MoveResult,
  PruneRequest,
  PruneResult,
  RestoreRequest,
  RestoreResult,
  SeenCollection,
  VerifyRequest,
  VerifyResult,
} from './types.ts';

export interface ConnectionTest {
  readonly ok: true;
  readonly version: string;
  readonly collections: number;
  readonly roundTripMs: number;
}

export interface Service {
  /** All connections and which one is used when none is named. */
  connections(): { readonly connections: readonly ConnectionView[]; readonly current: string | null };
  /** Adds or replaces (by `previousName`, else by name). */
  saveConnection(input: ConnectionInput, previousName?: string): Promise<ConnectionView>;
  removeConnection(name: string): Promise<void>;
  selectConnection(name: string): Promise<void>;
  /** A live test; with no key in the input the stored key of `name` is used. Throws a Fault that says what is wrong. */
  testConnection(input: ConnectionInput): Promise<ConnectionTest>;

  /** Throws QDRANT_UNREACHABLE, QDRANT_FORBIDDEN, … */
  collections(connection?: ConnectionRef): Promise<readonly CollectionSummary[]>;

  /**
   * Exact number of points of a collection, or of the one that an alias stands for; null when there is
   * neither. Tells whether an import could lose anything. Throws like `collections`.
   */
  countPoints(connection: ConnectionRef, collection: string): Promise<number | null>;

  /**
   * The collection that an export file names, from its first bytes where it can be; `within` as in ImportRequest. Throws
   * BAD_ARCHIVE, USAGE when it names none.
   */
  collectionIn(file: Pick<ImportRequest, 'path' | 'within'>, signal: AbortSignal): Promise<string>;

  /** Those that `wanted` names, with two requests each. Scratch indexes are left out. Throws like `collections`. */
  look(connection: ConnectionRef, wanted: (collection: string) => boolean): Promise<readonly SeenCollection[]>;
  /**
   * Removes scratch indexes that a drill left, of those named. Refuses any other name with USAGE. Throws like `collections`.
   */
  removeScratch(connection: ConnectionRef, collections: readonly string[]): Promise<void>;

  exportIndex(request: ExportRequest): JobHandle<ExportResult>;
  importIndex(request: ImportRequest): JobHandle<ImportResult>;
  /** Reads the whole file and reports; a bad file is a result with `valid: false`, not a throw. */
  inspectFile(path: string): JobHandle<ArchiveSummary>;
  /** Absolute folder of the vault that is used when none is named. */
  vaultFolder(): string;
  /** Absolute; null: the usual place. Throws USAGE. */
  setVaultFolder(path: string | null): void;
  /** Newest first. A vault that does not exist yet has none. Throws VAULT_GONE, NOT_A_VAULT, FILE_NOT_READABLE. */
  listBackups(request: ListRequest): Promise<BackupList>;
  /** What the manifest of a backup says, in its own names. Throws as `listBackups` does, and BACKUP_NOT_FOUND. */
  manifestOf(backup: string, vault?: string): Promise<Readonly<Record<string, unknown>>>;
  /** Rotation leaves a pinned backup alone. Throws BACKUP_NOT_FOUND, VAULT_BUSY. */
  pinBackup(backup: string, pinned: boolean, vault?: string): Promise<void>;
  /** The person says that an index may be as small as it has become: its backups rotate again. */
  acceptShrink(backup: string, vault?: string): Promise<void>;
  /** Removes backups that no rule keeps, or says which. Throws VAULT_BUSY. */
  prune(request: PruneRequest): Promise<PruneResult>;
  backUp(request: BackupRequest): JobHandle<BackupResult>;
  restoreBackup(request: RestoreRequest): JobHandle<RestoreResult>;
  /** Damage is a result, not a throw. */
  verifyBackups(request: VerifyRequest): JobHandle<VerifyResult>;
  /** Restores a backup into a scratch index, compares, and removes it. Differences are a result, not a throw. */
  drill(request: DrillRequest): JobHandle<DrillResult>;
  /**
   * Copies the vault to another folder, compares, and uses it from then on; the old one is removed then. A folder that holds
   * anything is refused as USAGE.
   */
  moveVault(to: string): JobHandle<MoveResult>;
  diff(request: DiffRequest): JobHandle<DiffResult>;
  /** A backup as an export file, without any Qdrant. */
  exportBackup(request: ExportBackupRequest): JobHandle<ExportResult>;
  /** Starts the built-in server if need be, fills it with the sample index and selects its connection. */
  createSample(): JobHandle<CollectionSummary>;

  jobs(): readonly JobView[];
  job(id: string): JobView | undefined;
  cancel(id: string): void;
  /** Called on every change of any job, at most ten times a second for each. */
  onJob(listener: (job: JobView) => void): () => void;
  /** Cancels all work, waits for it, stops the built-in server. */
  close(): Promise<void>;
}
