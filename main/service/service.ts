/**
 * The one door. Tray, dialogs, MCP and command line call these methods and get these results; the
 * implementation is `backup-service.ts`.
 */
import type {
  ArchiveSummary,
  CollectionSummary,
  ConnectionInput,
  ConnectionRef,
  ConnectionView,
  ExportRequest,
  ExportResult,
  ImportRequest,
  ImportResult,
  JobHandle,
  JobView,
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

  exportIndex(request: ExportRequest): JobHandle<ExportResult>;
  importIndex(request: ImportRequest): JobHandle<ImportResult>;
  /** Reads the whole file and reports; a bad file is a result with `valid: false`, not a throw. */
  inspectFile(path: string): JobHandle<ArchiveSummary>;
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
