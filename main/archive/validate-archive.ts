import { createHash } from 'node:crypto';
import { Fault, type FaultParams } from '../faults/fault.ts';
import { PointScanner } from '../points/point-scanner.ts';
import { schemaFromParams, sizesFromDimensions, type VectorSchema } from '../points/vector-schema.ts';
import { readArchiveText, type ArchiveText, type ArchiveVisitor, type SectionKey } from './archive-reader.ts';
import type { FileSource } from './file-source.ts';
import type { Companion } from './companion.ts';
import { parseMetadata, parseSummary, parseVersion, type ArchiveMetadata, type ArchiveSummaryPart } from './header.ts';
import { IdSequence, NotAscending } from './id-sequence.ts';

/** What a file says of itself, checked against what it holds. */
export interface ArchiveContents {
  readonly version: string;
  readonly metadata: ArchiveMetadata;
  /** Number of file mappings. */
  readonly files: number;
  readonly companions: readonly string[];
  readonly points: number;
  /** Vectors by name, as declared and as seen. */
  readonly schema: VectorSchema;
  /** Length of the uncompressed text. */
  readonly rawBytes: number;
  /** The file carries a checksum of its points, and it is right. */
  readonly checksummed: boolean;
}

export interface PassOptions {
  readonly signal: AbortSignal;
  /** Called behind every point; its spans are valid during the call. Validation begins again where ids turn out not to ascend, and then calls it again for the same points. */
  readonly point?: (scanner: PointScanner) => void;
  /** Called with every companion file; again where validation begins again. */
  readonly companion?: (name: string, content: Buffer) => void;
  /** Called between chunks with the number of points so far; awaited. */
  readonly breathe?: (points: number) => Promise<void> | void;
}

/**
 * One complete pass over an export: structure, version, every id, every vector against its declared or first-seen
 * size and kind, text, duplicates, counts and checksums. Nothing is kept but the descriptions.
 *
 * Throws BAD_ARCHIVE for the first thing that is wrong; FILE_* when the file cannot be read.
 */
export async function validateArchive(source: FileSource, options: PassOptions): Promise<ArchiveContents> {
  try {
    return await pass(source, options, 'ascending');
  } catch (error) {
    if (!(error instanceof NotAscending)) throw error;
    return pass(source, options, 'any');
  }
}

/**
 * The same file once more, after `validateArchive`: every point again for whoever sends them on. Structure and sizes
 * are checked again (the file may have been changed in between), duplicates are not.
 */
export async function replayArchive(source: FileSource, options: PassOptions): Promise<ArchiveContents> {
  return pass(source, options, 'known');
}

async function pass(
  source: FileSource,
  options: PassOptions,
  ids: 'ascending' | 'any' | 'known',
): Promise<ArchiveContents> {
  const collected = new Sections();
  const scanner = new PointScanner(collected.shapes);
  const sequence = ids === 'known' ? null : new IdSequence(ids);
  let points = 0;
  const visitor: ArchiveVisitor = {
    section: (key, text, offset) => collected.take(key, text, offset),
    companion: (companion, offset) => {
      const content = collected.takeCompanion(companion, offset);
      options.companion?.(companion.name, content);
    },
    point: () => {
      sequence?.add(scanner.id);
      points++;
      options.point?.(scanner);
    },
    breathe: () => options.breathe?.(points),
  };
  const text = await readArchiveText(source.chunks(options.signal), scanner, visitor);
  return collected.conclude(text);
}

/** The parts around the points as they come by, in whatever order. */
class Sections {
  readonly shapes = new PointScanner().shapes;
  #version = '';
  #metadata: ArchiveMetadata = {};
  #metadataSha256: string | null = null;
  readonly #companions: string[] = [];
  #summary: ArchiveSummaryPart = {};

  take(key: SectionKey, text: string, offset: number): void {
    if (key === 'version') this.#version = parseVersion(text, offset);
    else if (key === 'metadata') this.#takeMetadata(text, offset);
    else this.#summary = parseSummary(text, offset);
  }

  takeCompanion({ name, sha256, content, encoding }: Companion, offset: number): Buffer {
    const bytes = Buffer.from(content, encoding);
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== sha256.toLowerCase()) bad({ reason: 'companion_checksum', name, offset });
    this.#companions.push(name);
    return bytes;
  }

  #takeMetadata(text: string, offset: number): void {
    this.#metadataSha256 = createHash('sha256').update(text).digest('hex');
    const metadata = parseMetadata(text, offset);
    this.#metadata = metadata;
    const misfit = (params: FaultParams): never => bad({ ...params, offset });
    const config = (metadata.config ?? {}) as Readonly<Record<string, unknown>>;
    const schema = schemaFromParams(config['vectors'], config['sparse_vectors']);
    if (schema.size > 0) this.shapes.declare(schema, misfit);
    const sizes =
      metadata.dimensions === null || metadata.dimensions === undefined
        ? null
        : sizesFromDimensions(metadata.dimensions);
    // Others write 0 for "no vectors"; there is nothing to hold points to then.
    if (sizes !== null && sizes.get('') !== 0) this.shapes.declareSizes(sizes, misfit);
  }

  conclude(text: ArchiveText): ArchiveContents {
    for (const said of [this.#metadata.total_vectors, this.#summary.total_vectors]) {
      if (typeof said === 'number' && said !== text.points) bad({ reason: 'count', expected: said, got: text.points });
    }
    const sha256 = this.#summary.sha256;
    const checksummed = typeof sha256 === 'string';
    if (checksummed && sha256.toLowerCase() !== text.vectorsSha256) bad({ reason: 'checksum' });
    const description = this.#summary.metadata_sha256;
    if (typeof description === 'string' && description.toLowerCase() !== this.#metadataSha256)
      bad({ reason: 'checksum' });
    return {
      version: this.#version,
      metadata: this.#metadata,
      files: text.files,
      companions: this.#companions,
      points: text.points,
      schema: this.shapes.schema(),
      rawBytes: text.length,
      checksummed,
    };
  }
}

function bad(params: FaultParams): never {
  throw new Fault('BAD_ARCHIVE', params);
}
