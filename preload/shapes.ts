/**
 * The shapes of everything that passes between window and main but backups, which have `backups.ts`: connections, indexes,
 * exports and imports, jobs, the state of the app. `api.ts` says which channel carries which, and hands the types on.
 */
import { z } from 'zod';
import { agentChoices, clientSetup } from './agents.ts';
import {
  backupResult,
  diffResult,
  dimensions,
  drillResult,
  moveResult,
  restoreResult,
  verifyResult,
  warning,
} from './backups.ts';

/** What a connection, an index or a backup may be called. */
export const name = z.string().min(1).max(255);

export const conflictStrategy = z.enum(['skip', 'overwrite', 'merge']);
export type ConflictStrategy = z.infer<typeof conflictStrategy>;

export const errorReport = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type ErrorReport = z.infer<typeof errorReport>;

export const connectionView = z.object({
  name: z.string(),
  kind: z.enum(['url', 'builtin']),
  url: z.string(),
  hasKey: z.boolean(),
  model: z.string().nullable(),
});
export type ConnectionView = z.infer<typeof connectionView>;

export const connectionInput = z.strictObject({
  name,
  kind: z.enum(['url', 'builtin']),
  url: z.string().max(2048),
  /** Absent: leave the stored key; null: forget it; a string: store it. It never comes back. */
  apiKey: z.string().min(1).max(4096).nullable().optional(),
  model: z.string().max(255).nullable().optional(),
});
export type ConnectionInput = z.infer<typeof connectionInput>;

export const collectionSummary = z.object({
  name: z.string(),
  points: z.number(),
  dimensions,
  model: z.string().nullable(),
  status: z.string(),
});
export type CollectionSummary = z.infer<typeof collectionSummary>;

export const exportResult = z.object({
  collection: z.string(),
  path: z.string(),
  /** Size of the file. */
  bytes: z.number(),
  /** Size of the same content without compression. */
  rawBytes: z.number(),
  compressionRatio: z.number(),
  totalVectors: z.number(),
  dimensions,
  model: z.string().nullable(),
  /** The index was written to while it was read. */
  moved: z.boolean(),
  durationMs: z.number(),
  vectorsPerSecond: z.number(),
  warnings: z.array(warning),
});
export type ExportResult = z.infer<typeof exportResult>;

export const importResult = z.object({
  collection: z.string(),
  path: z.string(),
  /** Points in the file. */
  totalVectors: z.number(),
  new: z.number(),
  updated: z.number(),
  skipped: z.number(),
  /** What the target held when it was looked at, as a fingerprint of all its points; null: nothing, or nobody looked. */
  targetFingerprint: z.string().nullable(),
  /** A backup of the target as it was before; null: none was asked for, or nothing could be lost. */
  safetyBackup: z.string().nullable(),
  createdCollection: z.boolean(),
  /** Companion files that were put somewhere, absolute. */
  companions: z.array(z.string()),
  dryRun: z.boolean(),
  durationMs: z.number(),
  vectorsPerSecond: z.number(),
  warnings: z.array(warning),
});
export type ImportResult = z.infer<typeof importResult>;

/** One thing wrong with a file: where (byte offset in the uncompressed text) and which point (its id as source text). */
const problem = z.object({
  code: z.string(),
  message: z.string(),
  offset: z.number().optional(),
  point: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;

export const archiveSummary = z.object({
  path: z.string(),
  valid: z.boolean(),
  version: z.string().nullable(),
  totalVectors: z.number(),
  dimensions: dimensions.nullable(),
  model: z.string().nullable(),
  problems: z.array(problem),
  collection: z.string().nullable(),
  exportedAt: z.string().nullable(),
  qdrantVersion: z.string().nullable(),
  bytes: z.number(),
  compressed: z.boolean(),
  files: z.number(),
  companions: z.array(z.string()),
});
export type ArchiveSummary = z.infer<typeof archiveSummary>;

export const jobProgress = z.object({
  phase: z.enum(['waiting', 'preparing', 'reading', 'validating', 'verifying', 'sending', 'comparing', 'finishing']),
  points: z.number(),
  totalPoints: z.number().nullable(),
  bytes: z.number(),
  totalBytes: z.number().nullable(),
  pointsPerSecond: z.number(),
  secondsLeft: z.number().nullable(),
});
export type JobProgress = z.infer<typeof jobProgress>;

export const jobView = z.object({
  id: z.string(),
  kind: z.enum([
    'export',
    'import',
    'validate',
    'sample',
    'backup',
    'restore',
    'verify',
    'diff',
    'export-backup',
    'drill',
    'move',
  ]),
  title: z.string(),
  /** Name of the connection that a backup or a drill is about; null: it has none, or is about none. */
  connection: z.string().nullable(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: jobProgress,
  result: z
    .union([
      exportResult,
      importResult,
      archiveSummary,
      collectionSummary,
      backupResult,
      restoreResult,
      verifyResult,
      diffResult,
      drillResult,
      moveResult,
    ])
    .nullable(),
  error: errorReport.nullable(),
});
export type JobView = z.infer<typeof jobView>;

export const endpointView = z.object({
  enabled: z.boolean(),
  /** Address it answers at; null while it is off. */
  url: z.string().nullable(),
  /** Where agents find address and token. The token itself never reaches the window. */
  discoveryFile: z.string(),
  /** Where agents may read and write files; the first is the usual one, the others were allowed by the person. */
  folders: z.array(z.string()),
  choices: agentChoices,
  clients: z.array(clientSetup),
  /** Why it does not answer although it is on. */
  problem: errorReport.nullable(),
  /** Its usual port, when another program had that and it answers on a free one instead. */
  portTaken: z.number().nullable(),
});
export type EndpointView = z.infer<typeof endpointView>;

/** Everything the window shows that is not a job: sent whole, on load and after every change. */
export const appState = z.object({
  version: z.string(),
  connections: z.array(connectionView),
  current: z.string().nullable(),
  endpoint: endpointView,
  /** Whether a built-in server can be had on this platform. */
  builtinAvailable: z.boolean(),
  /** Where a key that is typed goes: `keychain`, or only kept until quit where there is no keyring. */
  keyStorage: z.enum(['keychain', 'session']),
  /** Whether the dialogs offer to compress export files, to begin with. */
  compressExports: z.boolean(),
  /** Whether it begins with the session; null: that cannot be had here. */
  startsAtLogin: z.boolean().nullable(),
  /** What the person should know of this installation, e.g. that damaged settings were replaced. */
  notices: z.array(warning),
});
export type AppState = z.infer<typeof appState>;

export const place = z.enum(['home', 'export', 'import', 'history', 'settings']);
export type Place = z.infer<typeof place>;
