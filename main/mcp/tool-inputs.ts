/** What the tools take, as agents see it. */
import { z } from 'zod';
import { restoreStrategy } from '../../preload/backups.ts';
import { conflictStrategy } from '../../preload/shapes.ts';
import { plainText } from './plain-text.ts';

const collection = z.string().min(1).max(255);
const connection = z
  .string()
  .min(1)
  .max(255)
  .describe('Name of a connection set up in Vectorkeep. Left out: the current one.');
const waitSeconds = z
  .number()
  .int()
  .min(0)
  .max(45)
  .default(20)
  .describe('How long to wait for the result. After that the answer is status "running" with a job_id for get_job.');
const jobId = z.string().min(1).max(64);
const planId = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .describe(
    'Of a dry run of the same call: go on only if the index is what it was then. Good once, and for ten minutes.',
  );
const safetyCopy = z
  .boolean()
  .default(true)
  .describe('Back up the target before anything in it is overwritten or removed. The person is told when not.');

export const exportInput = z.strictObject({
  collection: collection.optional().describe('The index to export. May be left out when there is only one.'),
  connection: connection.optional(),
  output_path: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe('File to make: relative to the export folder, or inside an allowed folder. Never replaces a file.'),
  compress: z.boolean().default(true).describe('gzip the file (.json.gz); a path ending in .json is written plain.'),
  wait_seconds: waitSeconds,
});

export const importInput = z.strictObject({
  input_path: z
    .string()
    .min(1)
    .max(4096)
    .describe('An exported file: relative to the export folder, or inside an allowed folder.'),
  conflict_strategy: conflictStrategy
    .default('skip')
    .describe('For points that exist: skip them, overwrite them whole, or merge the keys of the file into them.'),
  collection: collection.optional().describe('Target index. Left out: the one named in the file. Made when missing.'),
  connection: connection.optional(),
  dry_run: z
    .boolean()
    .default(false)
    .describe('Validate and count, but write nothing. Gives a plan_id, except with skip.'),
  plan_id: planId,
  safety_copy: safetyCopy,
  allow_model_mismatch: z.boolean().default(false).describe('Import although the embedding models differ.'),
  wait_seconds: waitSeconds,
});

const backupName = z.string().min(1).max(255);

/** Text that is shown to the person or kept for them: one line, without anything that cannot be seen. */
const oneLine = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => plainText(text, most) === text, 'Holds characters that cannot be shown');

export const createBackupInput = z.strictObject({
  collection: collection.optional().describe('The index to back up. May be left out when there is only one.'),
  connection: connection.optional(),
  reason: oneLine(100)
    .refine((reason) => reason.trim().toLowerCase() !== 'safety', 'Kept for the copies that a restore makes')
    .default('manual')
    .describe('Why it is taken, as before-reindex.'),
  pin: z.boolean().default(false).describe('Keep it until the person unpins it: rotation leaves it alone.'),
  wait_seconds: waitSeconds,
});

export const listBackupsInput = z.strictObject({
  collection: collection.optional().describe('Only backups of this index.'),
  limit: z.number().int().min(1).max(100).default(50).describe('Backups that one answer lists.'),
  cursor: z.string().min(1).max(1000).optional().describe('next_cursor of the answer before.'),
});

export const restoreBackupInput = z.strictObject({
  backup_name: backupName,
  conflict_strategy: restoreStrategy
    .default('skip')
    .describe(
      'For points that exist: skip them, overwrite them whole, or merge the keys of the backup into them. ' +
        'exact overwrites, and removes points that the backup does not have.',
    ),
  target_collection: collection
    .optional()
    .describe('Target index. Left out: the one that the backup is of. Made when missing.'),
  connection: connection.optional(),
  paths: oneLine(256).optional().describe('Only points of files that match this glob, as src/**.'),
  dry_run: z
    .boolean()
    .default(false)
    .describe('Compare and count, but write nothing. Gives a plan_id, except with skip.'),
  plan_id: planId,
  safety_copy: safetyCopy,
  allow_model_mismatch: z.boolean().default(false).describe('Restore although the embedding models differ.'),
  wait_seconds: waitSeconds,
});

export const verifyBackupInput = z.strictObject({
  backup_name: backupName.optional().describe('Left out: all.'),
  full: z.boolean().default(false).describe('Decode every point, and not only compare the checksums of files.'),
  wait_seconds: waitSeconds,
});

export const diffBackupsInput = z.strictObject({
  from: backupName.describe('Name of a backup.'),
  to: backupName.optional().describe('Name of a later backup. Left out: the index as it is now.'),
  collection: collection.optional().describe('The index to compare with, without `to`. Left out: that of the backup.'),
  connection: connection.optional(),
  wait_seconds: waitSeconds,
});

export const getJobInput = z.strictObject({ job_id: jobId, wait_seconds: waitSeconds });
export const cancelJobInput = z.strictObject({ job_id: jobId });

export const listCollectionsInput = z.strictObject({ connection: connection.optional() });
export const getStatusInput = z.strictObject({});
