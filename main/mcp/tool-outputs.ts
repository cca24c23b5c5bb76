/** What the tools give, as agents see it: results are the service's own, in snake_case. */
import { z } from 'zod';
import { backupList, backupResult, diffResult, restoreResult, verifyResult, warning } from '../../preload/backups.ts';
import { agentChoices } from '../../preload/agents.ts';
import { indexChange, protectedIndex, protectionView } from '../../preload/protection.ts';
import { collectionSummary, errorReport, exportResult, importResult, jobProgress } from '../../preload/shapes.ts';
import { snakeKey } from '../service/snake-case.ts';

/** Every part is optional: one shape holds a result, a job that still runs, and an error. */
const outcome = {
  status: z.enum(['done', 'running', 'awaiting_approval', 'failed', 'cancelled']),
  job_id: z.string().optional(),
  next_step: z.string().optional(),
  progress: z.object(snakeShape(jobProgress.shape)).optional(),
  error: errorReport.optional(),
  plan_id: z.string().optional(),
  plan_expires_at: z.string().optional(),
};
const exported = snakeShape(exportResult.shape);
const imported = snakeShape(importResult.shape);
const backedUp = snakeShape(backupResult.shape);
const restored = snakeShape(restoreResult.shape);
const verified = snakeShape(verifyResult.shape);
const compared = snakeShape(diffResult.shape);

export const exportOutput = z.object({ ...outcome, ...exported });
export const importOutput = z.object({ ...outcome, ...imported });
export const createBackupOutput = z.object({ ...outcome, ...backedUp });
export const listBackupsOutput = z.object({
  ...outcome,
  ...snakeShape(backupList.shape),
  next_cursor: z.string().optional().describe('There are older ones: give it as cursor.'),
});
export const restoreBackupOutput = z.object({ ...outcome, ...restored });
export const verifyBackupOutput = z.object({ ...outcome, ...verified });
export const diffBackupsOutput = z.object({ ...outcome, ...compared });
/** Where two kinds of job give a field of the same name, the later shape takes what the earlier one does. */
export const jobOutput = z.object({
  ...outcome,
  ...exported,
  ...imported,
  ...backedUp,
  ...verified,
  ...compared,
  ...restored,
});
export const listCollectionsOutput = z.object({
  ...outcome,
  connection: z.string().optional(),
  collections: z.array(z.object({ ...collectionSummary.shape, is_default: z.boolean() })).optional(),
  left_off: z.number().optional().describe('Indexes that are not listed.'),
  connections: z
    .array(z.object({ name: z.string(), kind: z.enum(['url', 'builtin']), is_current: z.boolean() }))
    .optional(),
});
const { connection, collection, health, nextRun, overdueSince, lastGood, tested } = protectedIndex.shape;
const { tone, sentence, keeper, paused, nextRun: nextOfAll } = protectionView.shape;
const { readOnly, approval, index } = agentChoices.shape;
export const getStatusOutput = z.object({
  ...outcome,
  ...snakeShape({ tone, sentence, keeper, paused, nextRun: nextOfAll, readOnly, approval, defaultIndex: index }),
  indexes: z
    .array(
      z.object({
        ...snakeShape({ connection, collection, health, nextRun, overdueSince, lastGood, tested }),
        failure: z.object({ at: z.string(), code: z.string(), message: z.string(), hint: z.string() }).nullable(),
        change: indexChange.nullable(),
      }),
    )
    .optional(),
  left_off: z.number().optional().describe('Indexes that are not listed.'),
  warnings: z.array(warning).optional(),
});
export type Outcome = z.infer<z.ZodObject<typeof outcome>>;

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** The fields of a result of the service under their outer names, all optional. */
function snakeShape(shape: Shape): Record<string, z.ZodOptional> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => [snakeKey(key), z.optional(snakeSchema(schema))]),
  );
}

/** The same for what lies below them. What is keyed by the user's names is no object with a shape, and stays. */
function snakeSchema(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodArray) return z.array(snakeSchema(schema.element));
  if (schema instanceof z.ZodNullable) return z.nullable(snakeSchema(schema.unwrap()));
  if (!(schema instanceof z.ZodObject)) return schema;
  const fields = Object.entries<z.core.$ZodType>(schema.shape);
  return z.object(Object.fromEntries(fields.map(([key, field]) => [snakeKey(key), snakeSchema(field)])));
}
