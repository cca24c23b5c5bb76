import { FileSource } from '../../archive/file-source.ts';
import { validateArchive } from '../../archive/validate-archive.ts';
import { Fault, type FaultData } from '../../faults/fault.ts';
import { dimensionsOf } from '../../points/vector-schema.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { modelIn } from './import-checks.ts';

export interface InspectTask {
  readonly path: string;
}

/** What a file holds; with a problem, only what was known when it was met. */
export interface InspectOutcome {
  readonly problem: FaultData | null;
  readonly version: string | null;
  readonly totalVectors: number;
  readonly dimensions: number | Readonly<Record<string, number>> | null;
  readonly model: string | null;
  readonly collection: string | null;
  readonly exportedAt: string | null;
  readonly qdrantVersion: string | null;
  readonly bytes: number;
  readonly compressed: boolean;
  readonly files: number;
  readonly companions: readonly string[];
}

/** Reads a whole file and tells what it is. A bad one is an outcome with a problem; one that cannot be read is thrown. */
export async function inspectArchive(task: InspectTask, { signal, report }: TaskContext): Promise<InspectOutcome> {
  const meter = new ProgressMeter(report);
  let file = { bytes: 0, compressed: false };
  let points = 0;
  try {
    const source = await FileSource.open(task.path);
    try {
      file = { bytes: source.size, compressed: source.compressed };
      meter.begin('validating', { bytes: source.size });
      const contents = await validateArchive(source, {
        signal,
        breathe: (seen) => {
          points = seen;
          meter.at(seen, source.consumed);
        },
      });
      meter.end(contents.points, source.size);
      const { metadata } = contents;
      return {
        problem: null,
        version: contents.version,
        totalVectors: contents.points,
        dimensions: dimensionsOf(contents.schema),
        model: modelIn(metadata),
        collection: metadata.collection ?? null,
        exportedAt: metadata.exported_at ?? null,
        qdrantVersion: metadata.source?.qdrant_version ?? null,
        ...file,
        files: contents.files,
        companions: contents.companions,
      };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'BAD_ARCHIVE') throw error;
    return {
      problem: error.toData(),
      version: null,
      totalVectors: points,
      dimensions: null,
      model: null,
      collection: null,
      exportedAt: null,
      qdrantVersion: null,
      ...file,
      files: 0,
      companions: [],
    };
  }
}
