import { z } from 'zod';
import { Fault } from '../faults/fault.ts';
import { BACKUPS, COMPANIONS, SEGMENTS } from './layout.ts';
import { RowSet } from './row-set.ts';
import { HASH_LENGTH } from './segment-columns.ts';
import { sha256Of } from './sha256.ts';
import { readSigned, signed } from './signed-json.ts';

/** Raise it when a reader of today could not read a backup of tomorrow right. */
export const VAULT_VERSION = 1;
const FORMAT = 'vectorkeep-backup';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

/** A writer leaves 33 at most. Each is opened, and a part of it held, when a backup is read. */
const MOST_SEGMENTS = 256;
/** Far more points than Qdrant holds in one collection; a set of so many rows takes 128 MiB. */
const MOST_ROWS = 2 ** 30;

const segmentRef = z
  .object({
    sha256,
    bytes: count,
    rows: count.max(MOST_ROWS),
    /** Rows that are not of this backup: `0-3,7`, counted from 0. */
    dead: z.string(),
  })
  // Hashes do not compress. What is said of rows that cannot be there must cost nobody memory.
  .refine(({ bytes, rows, dead }) => rows * HASH_LENGTH <= bytes && RowSet.isText(dead, rows));
export type SegmentRef = z.infer<typeof segmentRef>;

const companionRef = z.object({ name: z.string().min(1).max(1024), sha256, bytes: count });
export type CompanionRef = z.infer<typeof companionRef>;

// Not a record: zod rebuilds those, and a vector `__proto__` would be lost on the way.
const isDimensions = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'object' && value !== null && Object.values(value).every((size) => typeof size === 'number'));

const manifest = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VAULT_VERSION),
  vault_id: z.string(),
  name: z.string(),
  collection: z.string().min(1),
  /** Address of the Qdrant, or `builtin`. */
  source: z.string(),
  /** ISO 8601 UTC, when reading began. */
  created_at: z.iso.datetime(),
  reason: z.string().max(100),
  qdrant_version: z.string(),
  generator: z.string(),
  total_vectors: count,
  dimensions: z.custom<number | Record<string, number>>(isDimensions),
  model: z.string().nullable(),
  /** Payload key that holds the path of a point's file. */
  path_key: z.string().nullable(),
  /** Counts before and after, where the index was written to while it was read. */
  moved: z.object({ before: count, after: count }).nullable(),
  parent: z.string().nullable(),
  /** Against the parent. */
  changes: z.object({ new: count, changed: count, removed: count }),
  fingerprint: sha256,
  /** Points of the newest backup before that is no safety copy, when this has half of them or fewer. */
  shrank_from: count.nullable(),
  // Not a record either.
  settings: z.unknown(),
  segments: z
    .array(segmentRef)
    .max(MOST_SEGMENTS)
    .refine((all) => new Set(all.map((one) => one.sha256)).size === all.length),
  companions: z.array(companionRef),
});
export type Manifest = z.infer<typeof manifest>;
export type ManifestBody = Omit<Manifest, 'format' | 'version'>;

export function printManifest(body: ManifestBody): string {
  return signed({ format: FORMAT, version: VAULT_VERSION, ...body });
}

/** Throws BACKUP_DAMAGED {reason: manifest}, VAULT_NEWER. */
export function parseManifest(bytes: Buffer, path: string): Manifest {
  const value = readSigned(bytes);
  if (value === null) throw new Fault('BACKUP_DAMAGED', { path, reason: 'manifest' });
  if (typeof value['version'] === 'number' && value['version'] > VAULT_VERSION)
    throw new Fault('VAULT_NEWER', { path, version: value['version'] });
  const parsed = manifest.safeParse(value);
  if (!parsed.success) throw new Fault('BACKUP_DAMAGED', { path, reason: 'manifest' });
  return parsed.data;
}

/** The rows of a segment that are not of the backup. Only for a manifest that was parsed. */
export function deadRows({ dead, rows }: SegmentRef): RowSet {
  return RowSet.parse(dead, rows) ?? new RowSet(rows);
}

/** The lines for `sha256sum -c`, run in the collection's folder. */
export function sumsText(
  { name, segments, companions }: Pick<ManifestBody, 'name' | 'segments' | 'companions'>,
  text: string | Buffer,
): string {
  const own = sha256Of(text);
  const lines = [
    `${own}  ${BACKUPS}/${name}.json`,
    ...segments.map((segment) => `${segment.sha256}  ${SEGMENTS}/${segment.sha256}.parquet`),
    ...new Set(companions.map((companion) => `${companion.sha256}  ${COMPANIONS}/${companion.sha256}`)),
  ];
  return `${lines.join('\n')}\n`;
}
