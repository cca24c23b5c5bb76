/** The shapes of everything about backups, part of the contract with the window. Re-exported by `api.ts`. */
import { z } from 'zod';

/** A warning with its sentence: `code` is stable, `message` is for people. */
export const warning = z.object({ code: z.string(), message: z.string() });
export type Warning = z.infer<typeof warning>;

/** Dense sizes: a number for one unnamed vector, name -> size when vectors are named. */
export const dimensions = z.union([z.number(), z.record(z.string(), z.number())]);

/** `exact` also removes what the backup does not have. */
export const restoreStrategy = z.enum(['skip', 'overwrite', 'merge', 'exact']);
export type RestoreStrategy = z.infer<typeof restoreStrategy>;

export const backupResult = z.object({
  backupName: z.string(),
  collection: z.string(),
  /** ISO 8601 UTC, when reading began. */
  createdAt: z.string(),
  totalVectors: z.number(),
  /** Against the backup before; all are new in the first. */
  new: z.number(),
  changed: z.number(),
  removed: z.number(),
  bytesAdded: z.number(),
  /** All files of the vault. */
  vaultBytes: z.number(),
  /** Always true: what was not read back and compared is not published. */
  verified: z.boolean(),
  /** The index was written to while it was read. */
  moved: z.boolean(),
  /** What rotation took away after it; null: there is none, or it failed, which is a warning. */
  rotation: z.object({ removed: z.array(z.string()), bytesFreed: z.number() }).nullable(),
  durationMs: z.number(),
  warnings: z.array(warning),
});
export type BackupResult = z.infer<typeof backupResult>;

export const backupSummary = z.object({
  backupName: z.string(),
  collection: z.string(),
  /** Address of the Qdrant it is of, or `builtin`. */
  source: z.string(),
  createdAt: z.string(),
  reason: z.string(),
  totalVectors: z.number(),
  dimensions,
  model: z.string().nullable(),
  /** What restoring it needs. */
  bytes: z.number(),
  /** What deleting it would free. */
  bytesUnique: z.number(),
  /** ISO 8601 UTC when it was last found whole: each of its points when it was new or verified in full. */
  verifiedAt: z.string().nullable(),
  pinned: z.boolean(),
  /** Points of the backup before, when the index had lost half of them or more and nobody has said yet that this is fine. */
  shrankFrom: z.number().nullable(),
  /** Names of the companion files it carries. */
  companions: z.array(z.string()),
});
export type BackupSummary = z.infer<typeof backupSummary>;

export const backupList = z.object({
  vault: z.string(),
  backups: z.array(backupSummary),
  /** Of the whole vault. */
  vaultBytes: z.number(),
  warnings: z.array(warning),
});
export type BackupList = z.infer<typeof backupList>;

/** A point in which target and backup differ. */
const difference = z.object({ point: z.string(), what: z.enum(['missing', 'different', 'extra']) });

export const restoreResult = z.object({
  backupName: z.string(),
  /** The target. */
  collection: z.string(),
  /** Points of the backup that the restore is about: all, or those of the chosen files. */
  totalVectors: z.number(),
  new: z.number(),
  updated: z.number(),
  /** Left as they were: because they are the same, or because the strategy says so. */
  skipped: z.number(),
  removed: z.number(),
  /** The backup that *Undo* restores; null where nothing was overwritten or removed. */
  safetyBackup: z.string().nullable(),
  /** What the target held when it was looked at, as a fingerprint of all its points; null: nothing, or nobody looked. */
  targetFingerprint: z.string().nullable(),
  /** What the strategy promises was read back from the target and found; null for a dry run. */
  verified: z.boolean().nullable(),
  /** How the target differs from the backup now: how many points, and the first hundred by name. */
  differences: z.object({ count: z.number(), points: z.array(difference) }),
  createdCollection: z.boolean(),
  dryRun: z.boolean(),
  /** Companion files that were put back, absolute. */
  companions: z.array(z.string()),
  durationMs: z.number(),
  vectorsPerSecond: z.number(),
  warnings: z.array(warning),
});
export type RestoreResult = z.infer<typeof restoreResult>;

/** A backup was restored into a scratch index, compared with it, and the index removed. */
export const drillResult = z.object({
  backupName: z.string(),
  /** The index that the backup is of. */
  collection: z.string(),
  /** Where it was restored to: the built-in Qdrant, or that of the index. */
  where: z.enum(['builtin', 'connection']),
  totalVectors: z.number(),
  /** All points are what the backup says, and no more. */
  matches: z.boolean(),
  differences: z.object({ count: z.number(), points: z.array(difference) }),
  durationMs: z.number(),
  warnings: z.array(warning),
});
export type DrillResult = z.infer<typeof drillResult>;

/** The vault was copied to another folder, compared there, and the settings told. */
export const moveResult = z.object({
  from: z.string(),
  to: z.string(),
  backups: z.number(),
  files: z.number(),
  bytes: z.number(),
  durationMs: z.number(),
  warnings: z.array(warning),
});
export type MoveResult = z.infer<typeof moveResult>;

const backupProblem = z.object({ code: z.string(), message: z.string(), path: z.string() });

export const verifyResult = z.object({
  backups: z.array(z.object({ backupName: z.string(), ok: z.boolean(), problems: z.array(backupProblem) })),
  /** Problems that are of no backup: damaged files of the vault itself. */
  problems: z.array(backupProblem),
  /** Files that belong to no backup, relative to the vault: what an interrupted run left, or strangers. */
  leftovers: z.array(z.string()),
  full: z.boolean(),
  durationMs: z.number(),
});
export type VerifyResult = z.infer<typeof verifyResult>;

const changeCounts = z.object({ added: z.number(), changed: z.number(), removed: z.number() });

export const diffResult = z.object({
  from: z.string(),
  /** Name of a backup, or of the index. */
  to: z.string(),
  added: z.number(),
  changed: z.number(),
  removed: z.number(),
  same: z.number(),
  /** By the path in the payload, for those that differ; the first thousand. */
  paths: z.array(changeCounts.extend({ path: z.string() })),
  /** Points that differ and have no path, or one beyond the first thousand. */
  elsewhere: z.number(),
  durationMs: z.number(),
});
export type DiffResult = z.infer<typeof diffResult>;

export const retention = z.strictObject({
  keepLast: z.number().int().min(0).optional(),
  keepHourly: z.number().int().min(0).optional(),
  keepDaily: z.number().int().min(0).optional(),
  keepWeekly: z.number().int().min(0).optional(),
  keepMonthly: z.number().int().min(0).optional(),
});
export type Retention = z.infer<typeof retention>;

export const pruneResult = z.object({
  removed: z.array(z.string()),
  kept: z.array(z.object({ backupName: z.string(), why: z.array(z.string()) })),
  bytesFreed: z.number(),
  dryRun: z.boolean(),
  warnings: z.array(warning),
});
export type PruneResult = z.infer<typeof pruneResult>;
