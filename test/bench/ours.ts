/** Our side, by the same functions that the worker runs. */
import { writeFile } from 'node:fs/promises';
import { exportCollection } from '../../main/jobs/tasks/export.ts';
import { importArchive } from '../../main/jobs/tasks/import.ts';
import { inspectArchive } from '../../main/jobs/tasks/inspect.ts';
import type { TaskContext } from '../../main/jobs/task-context.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';
import { QdrantHttp } from '../../main/qdrant/http.ts';
import { readPages } from '../../main/qdrant/reader.ts';

export interface Done {
  readonly points: number;
  readonly more: Readonly<Record<string, number>>;
}

/** A context that notes when each phase began. */
function watched(): { context: TaskContext; phases: () => Record<string, number> } {
  const begun: [string, number][] = [];
  const report: TaskContext['report'] = ({ phase }) => {
    if (begun.at(-1)?.[0] !== phase) begun.push([phase, performance.now()]);
  };
  return {
    context: { signal: new AbortController().signal, report },
    phases: () => {
      const end = performance.now();
      return Object.fromEntries(begun.map(([phase, at], i) => [`${phase}Ms`, (begun[i + 1]?.[1] ?? end) - at]));
    },
  };
}

export async function exportIndex(url: string, collection: string, path: string, compress: boolean): Promise<Done> {
  const { context, phases } = watched();
  const task = {
    ...{ target: { url }, collection, path, compress, replace: true, companions: [] },
    ...{ model: null, usualModel: null, pathKey: null, generator: 'bench' },
  };
  const { totalVectors, bytes, rawBytes } = await exportCollection(task, context);
  return { points: totalVectors, more: { bytes, rawBytes, ...phases() } };
}

export async function importFile(url: string, collection: string, path: string): Promise<Done> {
  const { context, phases } = watched();
  const task = {
    ...{ target: { url }, path, collection, onConflict: 'skip' as const, dryRun: false },
    ...{ allowModelMismatch: false, targetModel: null, usualModel: null, unfinished: false },
  };
  const { counts, sendingMs } = await importArchive(task, context);
  return { points: counts.new, more: { ...phases(), sendingMs } };
}

export async function validateFile(path: string): Promise<Done> {
  const { problem, totalVectors } = await inspectArchive({ path }, watched().context);
  if (problem !== null) throw new Error(`${path} is bad: ${JSON.stringify(problem)}`);
  return { points: totalVectors, more: {} };
}

/** Reads everything once and notes the bodies of the scroll requests, so that another can send the very same. */
export async function recordScroll(url: string, collection: string, path: string): Promise<Done> {
  const bodies: string[] = [];
  class Recorder extends QdrantHttp {
    override send(...args: Parameters<QdrantHttp['send']>): ReturnType<QdrantHttp['send']> {
      bodies.push(Buffer.concat(args[2]).toString());
      return super.send(...args);
    }
  }
  const http = new Recorder({ url }, 2);
  let points = 0;
  const options = { collection, scanner: new PointScanner(), signal: new AbortController().signal };
  for await (const page of readPages(http, options)) {
    points += page.count;
    page.release();
  }
  http.close();
  await writeFile(path, JSON.stringify(bodies));
  return { points, more: { requests: bodies.length } };
}
