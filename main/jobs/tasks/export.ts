import { ArchiveWriter } from '../../archive/archive-writer.ts';
import type { Notice } from '../../faults/fault.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import { dimensionsOf } from '../../points/vector-schema.ts';
import { openControl } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { companionsText, readCompanionFiles } from './companions.ts';
import { FileMappings } from './file-mappings.ts';
import { modelInMetadata } from './import-checks.ts';
import { beginReading, endReading, pagesOf } from './reading.ts';

export interface ExportTask {
  readonly target: QdrantTarget;
  readonly collection: string;
  readonly path: string;
  /** Real path of the folder in which the file must be made: else PATH_NOT_ALLOWED. */
  readonly within?: string | undefined;
  readonly compress: boolean;
  readonly replace: boolean;
  readonly companions: readonly string[];
  /** The model as far as it is known; null: what the collection's own metadata says, else `usualModel`. */
  readonly model: string | null;
  readonly usualModel: string | null;
  /** Payload key that holds the path of a point's file; null: find it. */
  readonly pathKey: string | null;
  /** Name and version of this program. */
  readonly generator: string;
}

export interface ExportOutcome {
  readonly bytes: number;
  readonly rawBytes: number;
  readonly totalVectors: number;
  readonly dimensions: number | Readonly<Record<string, number>>;
  readonly model: string | null;
  readonly moved: boolean;
  readonly notices: readonly Notice[];
}

/** Pages that wait to be compressed and written before the next is asked for: enough to keep both cores busy. */
const BACKLOG = 4;
/** With more pages waiting than this, compressing is what holds the export up. */
const BEHIND = 2;
/** Share of vectors from which a page is digits and little else. Payloads compress far better with repetitions. */
const MOSTLY_VECTORS = 0.9;

/**
 * Writes a collection into one file. Every piece is read back and compared as it is written, and the file appears under its
 * name only when it is complete and synced; whatever goes wrong before that leaves nothing.
 */
export async function exportCollection(task: ExportTask, { signal, report }: TaskContext): Promise<ExportOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const companions = companionsText(await readCompanionFiles(task.companions));
  // Questions are asked side by side: the first that fails ends the others, which might go on trying for minutes.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const control = openControl(task.target, either);
  const http = new QdrantHttp(task.target, 2);
  const files = new FileMappings();
  let writer: ArchiveWriter | null = null;
  try {
    const reading = await beginReading(control, http, task, either);
    const { collection, qdrantVersion, settings, schema, before, keys } = reading;
    const scanner = new PointScanner(new VectorShapes(), keys);
    const config = JSON.stringify(settings);
    const headerEstimate =
      config.length +
      (companions?.length ?? 0) +
      2048 +
      (keys.pathKey === null ? 0 : Math.min(before.count * 24, 8 << 20));
    writer = await ArchiveWriter.create({
      path: task.path,
      within: task.within,
      compress: task.compress,
      replace: task.replace,
      headerEstimate,
    });

    meter.begin('reading', { points: before.count });
    let points = 0;
    const underWay: Promise<void>[] = [];
    const each = keys.pathKey === null ? undefined : () => files.add(scanner);
    const options = { scanner, signal: either, ...(each ? { each } : {}) };
    for await (const page of pagesOf(control, http, reading, options)) {
      points += page.count;
      const digits = page.vectorBytes >= page.text.length * MOSTLY_VECTORS;
      const way = digits && writer.waiting > BEHIND ? 'digits' : 'fast';
      const appended = writer.append(page.text, way).finally(() => page.release());
      appended.catch(() => undefined);
      underWay.push(appended);
      // The oldest, not the latest: waiting for that one would let the compressing threads run dry.
      if (underWay.length > BACKLOG) await underWay.shift();
      meter.at(points, writer.written);
    }
    meter.begin('finishing', { points });
    const [moved] = await Promise.all([endReading(control, reading, () => points), writer.settled()]);
    const parts = {
      exportedAt: new Date().toISOString(),
      model: task.model ?? modelInMetadata(settings.metadata) ?? task.usualModel,
      dimensions: dimensionsOf(schema),
      totalVectors: points,
      collection,
      qdrantVersion,
      generator: task.generator,
      config,
      files: files.text(),
      companions,
    };
    const written = await writer.finish(parts, new Date().toISOString());
    signal.throwIfAborted();
    await writer.publish();
    return {
      bytes: written.bytes,
      rawBytes: written.rawBytes,
      totalVectors: points,
      dimensions: parts.dimensions,
      model: parts.model,
      moved: moved !== null,
      notices: [...(moved === null ? [] : [{ code: 'INDEX_MOVED' as const, params: moved }]), ...files.notices()],
    };
  } catch (error) {
    failed.abort();
    await writer?.discard();
    throw error;
  } finally {
    http.close();
  }
}
