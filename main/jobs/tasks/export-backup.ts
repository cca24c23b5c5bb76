import { ArchiveWriter } from '../../archive/archive-writer.ts';
import { PointScanner } from '../../points/point-scanner.ts';
import { scanRun } from '../../points/scan-run.ts';
import { VectorShapes } from '../../points/vector-shapes.ts';
import { pointRuns, type PointRun } from '../../vault/backup-points.ts';
import { findBackup } from '../../vault/catalog.ts';
import { readCompanion } from '../../vault/companions.ts';
import { Selection } from '../../vault/compare.ts';
import { Verifier } from '../../vault/verify.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { TaskContext } from '../task-context.ts';
import { companionsText } from './companions.ts';
import type { ExportOutcome } from './export.ts';
import { detectMappingKeys, FileMappings } from './file-mappings.ts';
import { catalogIn, type VaultPlace } from './vault-place.ts';

export interface ExportBackupTask {
  readonly vault: VaultPlace;
  readonly backup: string;
  readonly path: string;
  readonly compress: boolean;
  readonly replace: boolean;
  readonly generator: string;
}

export type ExportBackupOutcome = ExportOutcome & { readonly collection: string };

/** Runs that wait to be compressed and written. */
const BACKLOG = 8;
/** Enough for settings; the list of files moves the points up when it is larger. */
const HEADER_ESTIMATE = 1 << 16;

/** Writes a backup as an export file. No Qdrant is asked. */
export async function exportBackup(
  task: ExportBackupTask,
  { signal, report }: TaskContext,
): Promise<ExportBackupOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const backup = findBackup(await catalogIn(task.vault), task.backup);
  const { manifest, folder } = backup;
  await new Verifier(task.vault.dir, { full: false, signal }).requireContent(backup);
  const companions = await Promise.all(manifest.companions.map((ref) => readCompanion(folder, ref)));
  const { path, compress, replace } = task;
  const writer = await ArchiveWriter.create({ path, compress, replace, headerEstimate: HEADER_ESTIMATE });
  try {
    meter.begin('reading', { points: manifest.total_vectors });
    const files = new Files(manifest.path_key);
    const underWay: Promise<void>[] = [];
    let points = 0;
    for await (const run of pointRuns(Selection.all(backup), signal)) {
      files.add(run);
      const appended = writer.append(run.text);
      appended.catch(() => undefined);
      underWay.push(appended);
      if (underWay.length > BACKLOG) await underWay.shift();
      meter.at((points += run.points), writer.written);
    }
    meter.begin('finishing', { points });
    await writer.settled();
    const written = await writer.finish(
      {
        exportedAt: manifest.created_at,
        model: manifest.model,
        dimensions: manifest.dimensions,
        totalVectors: points,
        collection: manifest.collection,
        qdrantVersion: manifest.qdrant_version,
        generator: task.generator,
        config: JSON.stringify(manifest.settings),
        files: files.text(),
        companions: companionsText(companions),
      },
      new Date().toISOString(),
    );
    signal.throwIfAborted();
    await writer.publish();
    return {
      collection: manifest.collection,
      bytes: written.bytes,
      rawBytes: written.rawBytes,
      totalVectors: points,
      dimensions: manifest.dimensions,
      model: manifest.model,
      moved: manifest.moved !== null,
      notices: files.notices(),
    };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** The list of files, from the text of the points. */
class Files {
  readonly #mappings = new FileMappings();
  readonly #pathKey: string | null;
  #scanner: PointScanner | null = null;

  constructor(pathKey: string | null) {
    this.#pathKey = pathKey;
  }

  add({ text, points }: PointRun): void {
    if (this.#pathKey === null) return;
    const scanner = (this.#scanner ??= this.#scannerFor(text, points));
    scanRun(scanner, [text], points, () => this.#mappings.add(scanner));
  }

  /** Which key holds a file's hash is seen from the first payloads. */
  #scannerFor(text: Buffer, points: number): PointScanner {
    const payloads: unknown[] = [];
    const probe = new PointScanner();
    scanRun(probe, [text], Math.min(points, 32), () => {
      const { start, end } = probe.payload;
      if (start >= 0) payloads.push(JSON.parse(probe.text(start, end)));
    });
    return new PointScanner(new VectorShapes(), detectMappingKeys(payloads, this.#pathKey));
  }

  text(): string {
    return this.#mappings.text();
  }

  notices(): ReturnType<FileMappings['notices']> {
    return this.#mappings.notices();
  }
}
