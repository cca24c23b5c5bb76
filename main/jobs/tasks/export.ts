import { ArchiveWriter } from '../../archive/archive-writer.ts';
import { Fault, type Notice } from '../../faults/fault.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import { dimensionsOf, schemaFromParams } from '../../points/vector-schema.ts';
import type { CollectionSettings } from '../../qdrant/collection-settings.ts';
import { openControl, type Control } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import { readPages, samplePayloads } from '../../qdrant/reader.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { readCompanions } from './companions.ts';
import { detectMappingKeys, FileMappings } from './file-mappings.ts';
import { modelInMetadata } from './import-checks.ts';

export interface ExportTask {
  readonly target: QdrantTarget;
  readonly collection: string;
  readonly path: string;
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
  const companions = await readCompanions(task.companions);
  // Questions are asked side by side: the first that fails ends the others, which might go on trying for minutes.
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const control = openControl(task.target, either);
  const http = new QdrantHttp(task.target, 2);
  const files = new FileMappings();
  let writer: ArchiveWriter | null = null;
  try {
    // An alias that moves while it is read would mix two indexes, and knows nothing of the other aliases.
    const [qdrantVersion, collection] = await Promise.all([control.version(), control.resolve(task.collection)]);
    const [settings, hidden, before, sample] = await Promise.all([
      control.settings(collection),
      control.deferredPoints(collection),
      control.measure(collection),
      samplePayloads(http, collection, 32, either),
    ]);
    if (hidden > 0) throw new Fault('COLLECTION_HIDDEN_POINTS', { collection, points: hidden });
    const keys = detectMappingKeys(sample, task.pathKey);
    const schema = schemaFromParams(settings.vectors, settings.sparse_vectors);
    const scanner = new PointScanner(new VectorShapes(), keys);
    const config = JSON.stringify(settings);
    const headerEstimate =
      config.length +
      (companions?.length ?? 0) +
      2048 +
      (keys.pathKey === null ? 0 : Math.min(before.count * 24, 8 << 20));
    writer = await ArchiveWriter.create({
      path: task.path,
      compress: task.compress,
      replace: task.replace,
      headerEstimate,
    });

    meter.begin('reading', { points: before.count });
    let points = 0;
    const underWay: Promise<void>[] = [];
    const each = keys.pathKey === null ? undefined : () => files.add(scanner);
    for await (const page of readPages(http, {
      collection,
      scanner,
      signal: either,
      ...(each ? { each } : {}),
    })) {
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
    const [after] = await Promise.all([unchanged(control, collection, settings, before), writer.settled()]);
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
    // Strict mode may forbid exact counting: an estimate proves nothing.
    const moved = before.exact && after.exact && (before.count !== after.count || points !== after.count);
    return {
      bytes: written.bytes,
      rawBytes: written.rawBytes,
      totalVectors: points,
      dimensions: parts.dimensions,
      model: parts.model,
      moved,
      notices: [
        ...(moved ? [{ code: 'INDEX_MOVED' as const, params: { before: before.count, after: after.count } }] : []),
        ...files.notices(),
      ],
    };
  } catch (error) {
    failed.abort();
    await writer?.discard();
    throw error;
  } finally {
    http.close();
  }
}

type Measure = Awaited<ReturnType<Control['measure']>>;

/**
 * The count now. COLLECTION_CHANGED when the index is not the one it was: gone, of other vectors, or with less than
 * half its points, which is what dropping and filling it again looks like (Qdrant gives a collection no identity).
 */
async function unchanged(
  control: Control,
  collection: string,
  settings: CollectionSettings,
  before: Measure,
): Promise<Measure> {
  const vectors = (of: CollectionSettings): string => JSON.stringify([of.vectors, of.sparse_vectors]);
  try {
    const [now, after] = await Promise.all([control.settings(collection), control.measure(collection)]);
    const lost = before.exact && after.exact && after.count * 2 < before.count;
    if (vectors(now) !== vectors(settings) || lost) throw new Fault('COLLECTION_CHANGED', { collection });
    return after;
  } catch (error) {
    if (error instanceof Fault && error.code === 'COLLECTION_NOT_FOUND')
      throw new Fault('COLLECTION_CHANGED', { collection }, { cause: error });
    throw error;
  }
}
