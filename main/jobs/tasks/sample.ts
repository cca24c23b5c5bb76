import { PointScanner } from '../../points/point-scanner.ts';
import { minimalSettings } from '../../qdrant/collection-settings.ts';
import { openControl } from '../../qdrant/control.ts';
import { QdrantHttp } from '../../qdrant/http.ts';
import type { QdrantTarget } from '../../qdrant/target.ts';
import { PointWriter, WRITE_CONNECTIONS } from '../../qdrant/writer.ts';
import { SAMPLE_COLLECTION, SAMPLE_DIMENSIONS, SAMPLE_MODEL, samplePoints } from '../../sample/sample-points.ts';
import type { TaskContext } from '../task-context.ts';
import { ProgressMeter } from '../progress-meter.ts';

export interface SampleTask {
  readonly target: QdrantTarget;
}

export interface SampleOutcome {
  readonly collection: string;
  readonly model: string;
}

/** Fills a server with the sample index. One that is there already keeps what else it holds; its sample points are renewed. */
export async function fillSample(task: SampleTask, { signal, report }: TaskContext): Promise<SampleOutcome> {
  const meter = new ProgressMeter(report);
  meter.begin('preparing');
  const points = [...samplePoints()];
  const control = openControl(task.target, signal);
  const settings = { ...minimalSettings(SAMPLE_DIMENSIONS), payload_indexes: { filePath: { type: 'keyword' } } };
  const exists = await control.exists(SAMPLE_COLLECTION);
  if (!exists) await control.create(SAMPLE_COLLECTION, settings);
  meter.begin('sending', { points: points.length });
  const http = new QdrantHttp(task.target, WRITE_CONNECTIONS);
  try {
    const writer = new PointWriter(http, {
      collection: SAMPLE_COLLECTION,
      strategy: 'overwrite',
      dryRun: false,
      canInsertOnly: true,
      signal,
    });
    const scanner = new PointScanner();
    let sent = 0;
    for (const point of points) {
      const text = Buffer.from(`${point}\0`);
      scanner.load(text, 0, text.length - 1, 0);
      scanner.scanPoint();
      writer.add(scanner);
      await writer.drain();
      meter.at(++sent, 0);
    }
    await writer.finish();
  } finally {
    http.close();
  }
  if (!exists) await control.createPayloadIndexes(SAMPLE_COLLECTION, settings);
  return { collection: SAMPLE_COLLECTION, model: SAMPLE_MODEL };
}
