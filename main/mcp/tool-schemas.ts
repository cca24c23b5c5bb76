/** What the tools take and give, as agents see it. Results are the service's own, in snake_case. */
import { z } from 'zod';
import { conflictStrategy, errorReport, exportResult, importResult, jobProgress } from '../../preload/api.ts';
import { snakeKey } from '../service/snake-case.ts';

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
  dry_run: z.boolean().default(false).describe('Validate and count, but write nothing.'),
  allow_model_mismatch: z.boolean().default(false).describe('Import although the embedding models differ.'),
  wait_seconds: waitSeconds,
});

export const getJobInput = z.strictObject({ job_id: jobId, wait_seconds: waitSeconds });
export const cancelJobInput = z.strictObject({ job_id: jobId });

/** Every part is optional: one shape holds a result, a job that still runs, and an error. */
const outcome = {
  status: z.enum(['done', 'running', 'failed', 'cancelled']),
  job_id: z.string().optional(),
  next_step: z.string().optional(),
  progress: z.object(snakeShape(jobProgress.shape)).optional(),
  error: errorReport.optional(),
};
const exported = snakeShape(exportResult.shape);
const imported = snakeShape(importResult.shape);

export const exportOutput = z.object({ ...outcome, ...exported });
export const importOutput = z.object({ ...outcome, ...imported });
export const jobOutput = z.object({ ...outcome, ...exported, ...imported });
export type Outcome = z.infer<z.ZodObject<typeof outcome>>;

/** The fields of a result of the service under their outer names, all optional. */
function snakeShape(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodOptional> {
  return Object.fromEntries(Object.entries(shape).map(([key, schema]) => [snakeKey(key), schema.optional()]));
}
