/** Our side: jobs on the worker thread as it was built, started the way the service starts them. */
import { writeFile } from 'node:fs/promises';
import { runOnThread } from '../../main/jobs/job-thread.ts';
import type { Assignment, TaskKind, Tasks } from '../../main/jobs/port.ts';
import { PointScanner } from '../../main/points/point-scanner.ts';
import { QdrantHttp } from '../../main/qdrant/http.ts';
import { readPages } from '../../main/qdrant/reader.ts';

export interface Done {
  readonly points: number;
  readonly more: Readonly<Record<string, number>>;
}

/** The built worker. */
export const WORKER = new URL('../../out/main/worker.js', import.meta.url);

/** Runs a job and notes how long each of its phases took, in milliseconds. */
export async function run<K extends TaskKind>(
  assignment: Assignment<K>,
): Promise<{ outcome: Tasks[K]['outcome']; phases: Record<string, number> }> {
  const begun: [string, number][] = [['starting', performance.now()]];
  const outcome = await runOnThread(WORKER, assignment, new AbortController().signal, ({ phase }) => {
    if (begun.at(-1)?.[0] !== phase) begun.push([phase, performance.now()]);
  });
  const end = performance.now();
  const phases = begun.map(([phase, at], i) => [`${phase}Ms`, (begun[i + 1]?.[1] ?? end) - at]);
  return { outcome, phases: Object.fromEntries(phases) as Record<string, number> };
}

export async function exportIndex(url: string, collection: string, path: string, compress: boolean): Promise<Done> {
  const task = {
    ...{ target: { url }, collection, path, compress, replace: true, companions: [] },
    ...{ model: null, usualModel: null, pathKey: null, generator: 'bench' },
  };
  const { outcome, phases } = await run<'export'>({ kind: 'export', task });
  const { totalVectors, bytes, rawBytes } = outcome;
  return { points: totalVectors, more: { bytes, rawBytes, ...phases } };
}

export async function importFile(url: string, collection: string, path: string): Promise<Done> {
  const task = {
    ...{ target: { url }, path, collection, onConflict: 'skip' as const, dryRun: false },
    ...{ allowModelMismatch: false, targetModel: null, usualModel: null, unfinished: false },
  };
  const { outcome, phases } = await run<'import'>({ kind: 'import', task });
  return { points: outcome.counts.new, more: { ...phases, sendingMs: outcome.sendingMs } };
}

export async function validateFile(path: string): Promise<Done> {
  const { outcome } = await run<'validate'>({ kind: 'validate', task: { path } });
  if (outcome.problem !== null) throw new Error(`${path} is bad: ${JSON.stringify(outcome.problem)}`);
  return { points: outcome.totalVectors, more: {} };
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
