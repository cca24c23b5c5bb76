import { z } from 'zod';
import { Fault } from '../faults/fault.ts';

export const FORMAT_VERSION = '1.0';

const dimensions = z.union([z.number().int().min(0).max(1_000_000), z.record(z.string(), z.number().int().min(1))]);

/** What the reader needs of `metadata`. Unknown keys are kept, absent ones are allowed: others write this shape too. */
const metadataSchema = z.looseObject({
  exported_at: z.string().nullish(),
  model: z.string().nullish(),
  dimensions: dimensions.nullish(),
  total_vectors: z.number().int().min(0).nullish(),
  collection: z.string().nullish(),
  source: z.looseObject({ qdrant_version: z.string().nullish() }).nullish(),
  generator: z.string().nullish(),
  // Not a record: zod rebuilds those, and a key `__proto__` would be lost on the way.
  config: z.unknown().optional(),
});
export type ArchiveMetadata = z.infer<typeof metadataSchema>;

const summarySchema = z.looseObject({
  total_vectors: z.number().int().min(0).nullish(),
  sha256: z.string().nullish(),
  metadata_sha256: z.string().nullish(),
  ended_at: z.string().nullish(),
});
export type ArchiveSummaryPart = z.infer<typeof summarySchema>;

export const parseMetadata = (text: string, offset: number): ArchiveMetadata =>
  part(metadataSchema, 'metadata', text, offset);
export const parseSummary = (text: string, offset: number): ArchiveSummaryPart =>
  part(summarySchema, 'summary', text, offset);

/** `version` is a string or number "major.minor"; a newer minor is read, another major is refused. */
export function parseVersion(text: string, offset: number): string {
  const version = String(part(z.union([z.string(), z.number()]), 'version', text, offset));
  if (!/^1(\.\d+){0,2}$/.test(version))
    throw new Fault('BAD_ARCHIVE', { reason: 'unknown_version', version: version.slice(0, 40), offset });
  return version;
}

function part<T>(schema: z.ZodType<T>, name: string, text: string, offset: number): T {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = [name, ...(issue?.path ?? [])].map(String).join('.');
  throw descriptionFault(where, offset);
}

/** The fault of a part around the points that is JSON, but not what stands there in an export. */
export function descriptionFault(where: string, offset: number): Fault {
  const detail = `"${where.slice(0, 200)}" is not what it should be`;
  return new Fault('BAD_ARCHIVE', { reason: 'bad_metadata', detail, offset });
}

/** Everything that stands before the points, in the order it is written. Values are JSON text already where they come from Qdrant. */
export interface HeaderParts {
  readonly exportedAt: string;
  readonly model: string | null;
  readonly dimensions: number | Readonly<Record<string, number>>;
  readonly totalVectors: number;
  readonly collection: string;
  readonly qdrantVersion: string;
  readonly generator: string;
  /** JSON text of the collection's settings. */
  readonly config: string;
  /** JSON text of the object path -> {points, hash?}. */
  readonly files: string;
  /** JSON text of the array of companions, null for none. */
  readonly companions: string | null;
}

/** The value of `metadata`. */
export function metadataText(parts: HeaderParts): string {
  const metadata = [
    `"exported_at":${JSON.stringify(parts.exportedAt)}`,
    `"model":${JSON.stringify(parts.model)}`,
    `"dimensions":${JSON.stringify(parts.dimensions)}`,
    `"total_vectors":${parts.totalVectors}`,
    `"collection":${JSON.stringify(parts.collection)}`,
    `"source":${JSON.stringify({ qdrant_version: parts.qdrantVersion })}`,
    `"generator":${JSON.stringify(parts.generator)}`,
    `"config":${parts.config}`,
  ];
  return `{${metadata.join(',\n')}}`;
}

/** `{"version":…,"metadata":{…},"files":{…},` up to where `"vectors"` follows. */
export function headerText(parts: HeaderParts): string {
  const companions = parts.companions === null ? '' : `"companions":${parts.companions},\n`;
  return `{"version":"${FORMAT_VERSION}",\n"metadata":${metadataText(parts)},\n"files":${parts.files},\n${companions}`;
}

/** What follows the closing bracket of the points. Checksums are hexadecimal sha256, of the bytes of the two values. */
export function footerText(
  totalVectors: number,
  checksums: { readonly vectors: string; readonly metadata: string },
  endedAt: string,
): string {
  const summary = {
    total_vectors: totalVectors,
    sha256: checksums.vectors,
    metadata_sha256: checksums.metadata,
    ended_at: endedAt,
  };
  return `,\n"summary":${JSON.stringify(summary)}}\n`;
}
