import type { Notice } from '../../faults/fault.ts';
import { PointHasher } from '../../points/point-hash.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import { PointValuesReader } from '../../points/point-values.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import { dimensionsOf } from '../../points/vector-schema.ts';
import type { Control } from '../../qdrant/control.ts';
import type { QdrantHttp } from '../../qdrant/http.ts';
import { BackupWriter, type PublishedBackup } from '../../vault/backup-writer.ts';
import type { Catalog } from '../../vault/catalog.ts';
import type { CompanionFile } from '../../vault/companions.ts';
import type { WritableVault } from '../../vault/vault.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import { modelInMetadata } from './import-checks.ts';
import { beginReading, endReading, pagesOf } from './reading.ts';
import { shardKeysOf } from './shard-keys.ts';

/** What to back up, and what is known of it. */
export interface BackupWish {
  readonly collection: string;
  /** Address of the Qdrant, or `builtin`: with the collection's name it says which backups are of one index. */
  readonly source: string;
  readonly reason: string;
  readonly companions: readonly CompanionFile[];
  /** As in ExportTask. */
  readonly model: string | null;
  readonly usualModel: string | null;
  readonly pathKey: string | null;
  readonly generator: string;
  readonly pin: boolean;
}

export interface TakenBackup extends PublishedBackup {
  readonly notices: readonly Notice[];
}

/** Reads a collection and publishes a backup of it. Whatever goes wrong before that leaves nothing that counts. */
export async function takeBackup(
  wish: BackupWish,
  from: { readonly control: Control; readonly http: QdrantHttp },
  to: { readonly vault: WritableVault; readonly catalog: Catalog; readonly textsIn: string | undefined },
  { signal, meter }: { readonly signal: AbortSignal; readonly meter: ProgressMeter },
): Promise<TakenBackup> {
  const { control, http } = from;
  const createdAt = new Date();
  const reading = await beginReading(control, http, wish, signal);
  const { collection, settings, schema, before, keys } = reading;
  const writer = await BackupWriter.begin(to.vault, to.catalog, {
    ...{ source: wish.source, collection, schema, createdAt, signal, textsIn: to.textsIn },
    reader: wish.generator,
    sharded: shardKeysOf(settings).length > 0,
  });
  try {
    meter.begin('reading', { points: before.count });
    const shapes = new VectorShapes();
    // So that no vector comes for which there is no column.
    shapes.declare(schema, ({ reason }) => {
      throw new Error(reason);
    });
    const scanner = new PointScanner(shapes, keys);
    // Most points of an index that was read before are known by their texts, and need not be taken apart.
    scanner.wantsFloats = !writer.knowsTexts;
    const values = new PointValuesReader();
    const hasher = new PointHasher();
    let points = 0;
    const each = (): void => {
      const { id, buf, point: span } = scanner;
      if (writer.isKnown(id, buf.subarray(span.start, span.end))) return;
      const point = values.read(scanner);
      writer.add(point, buf, hasher.hash(point, buf));
    };
    for await (const page of pagesOf(control, http, reading, { scanner, each, signal })) {
      points += page.count;
      page.release();
      if (writer.full) await writer.flush();
      meter.at(points, writer.bytes);
    }
    meter.begin('verifying', { points });
    const [ended, finished] = await Promise.allSettled([endReading(control, reading, () => points), writer.finish()]);
    // Of an index that was made anew meanwhile it is told that, and not what came of its points.
    if (ended.status === 'rejected') throw ended.reason;
    if (finished.status === 'rejected') throw finished.reason;
    const moved = ended.value;
    meter.end(points, writer.bytes);
    meter.begin('finishing', { points });
    const published = await writer.publish(
      {
        reason: wish.reason,
        qdrant_version: reading.qdrantVersion,
        generator: wish.generator,
        dimensions: dimensionsOf(schema),
        model: wish.model ?? modelInMetadata(settings.metadata) ?? wish.usualModel,
        path_key: keys.pathKey,
        moved,
        settings,
      },
      { companions: wish.companions, pinned: wish.pin },
    );
    const { shrank_from: shrankFrom, parent } = published.manifest;
    const notices: Notice[] = [];
    if (moved !== null) notices.push({ code: 'INDEX_MOVED', params: moved });
    if (writer.parent.damaged > 0)
      notices.push({ code: 'PARENT_DAMAGED', params: { backup: parent, segments: writer.parent.damaged } });
    if (shrankFrom !== null)
      notices.push({ code: 'INDEX_SHRANK', params: { collection, before: shrankFrom, after: points } });
    return { ...published, notices };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}
