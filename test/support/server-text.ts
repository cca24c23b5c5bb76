/** Collections of a real Qdrant as its own text: what tests compare is what the server says, digit for digit. */
import { PointScanner } from '../../main/points/point-scanner.ts';
import { VectorShapes } from '../../main/points/vector-shapes.ts';
import { exportCollection, type ExportOutcome, type ExportTask } from '../../main/jobs/tasks/export.ts';
import type { ImportTask } from '../../main/jobs/tasks/import-task.ts';
import { importArchive, type ImportOutcome } from '../../main/jobs/tasks/import.ts';

/** Sends JSON text and returns the answer's text; any status but 200 is an error that shows it. */
export async function call(url: string, method: string, path: string, body?: string): Promise<string> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return text;
}

/** Creates a collection; `config` is the text of the body. */
export async function create(url: string, name: string, config: string): Promise<void> {
  await call(url, 'PUT', `/collections/${name}`, config);
}

/** Writes points given as texts, waited for. */
export async function upsert(url: string, name: string, points: readonly string[], shardKey?: string): Promise<void> {
  const shard = shardKey === undefined ? '' : `,"shard_key":${shardKey}`;
  for (let at = 0; at < points.length; at += 2000) {
    const some = points.slice(at, at + 2000).join(',');
    await call(url, 'PUT', `/collections/${name}/points?wait=true`, `{"points":[${some}]${shard}}`);
  }
}

/**
 * Every point of a collection in scroll order: id text -> the server's own text of the whole point, but with named
 * vectors sorted by name, since the server tells them in any order.
 */
export async function pointTexts(url: string, name: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let offset: string | null = null;
  do {
    const from: string = offset === null ? '' : `"offset":${offset},`;
    const body = `{${from}"limit":1000,"with_vector":true,"with_payload":true}`;
    const text: string = await call(url, 'POST', `/collections/${name}/points/scroll`, body);
    const end = text.lastIndexOf('"next_page_offset":');
    offset = /^"next_page_offset":(null|\d+|"[^"]+")/.exec(text.slice(end))?.[1] ?? null;
    if (offset === 'null') offset = null;
    for (const [id, point] of splitPoints(text)) {
      if (found.has(id)) throw new Error(`The server shows point ${id} twice.`);
      found.set(id, point);
    }
  } while (offset !== null);
  return found;
}

function* splitPoints(text: string): Generator<[string, string]> {
  const bytes = Buffer.from(`${text}\0`);
  const list = bytes.indexOf('"points":[') + '"points":['.length;
  const scanner = new PointScanner(new VectorShapes());
  scanner.load(bytes, list, bytes.length - 1, 0);
  while (scanner.peek() !== 0x5d) {
    scanner.scanPoint();
    const { idText, point, vector, pos } = scanner;
    const id = scanner.text(idText.start, idText.end);
    const rest = [scanner.text(point.start, vector.start), scanner.text(vector.end, point.end)];
    yield [id, rest.join(sortedByName(scanner, vector.start))];
    scanner.pos = pos;
    if (scanner.peek() === 0x2c) scanner.pos++;
  }
}

/** The vectors at `start`; named ones sorted. */
function sortedByName(scanner: PointScanner, start: number): string {
  scanner.pos = start;
  if (scanner.peek() !== 0x7b) {
    scanner.value(0);
    return scanner.text(start, scanner.pos);
  }
  const entries: string[] = [];
  scanner.pos++;
  while (scanner.peek() !== 0x7d) {
    const from = scanner.pos;
    scanner.keyText();
    scanner.value(0);
    entries.push(scanner.text(from, scanner.pos));
    if (scanner.peek() === 0x2c) scanner.pos++;
  }
  return `{${entries.sort().join(',')}}`;
}

/** The server's own text of a collection's settings and payload indexes. */
export async function settingsText(url: string, name: string): Promise<string> {
  const text = await call(url, 'GET', `/collections/${name}`);
  const config = /"config":(.*),"payload_schema"/.exec(text)?.[1] ?? text;
  const schema = (
    JSON.parse(text) as { result: { payload_schema: Record<string, { data_type: string; params?: unknown }> } }
  ).result.payload_schema;
  const indexes = Object.entries(schema)
    .map(([field, { data_type, params }]) => JSON.stringify([field, data_type, params ?? null]))
    .sort();
  return `${config}\n${indexes.join('\n')}`;
}

export async function count(url: string, name: string): Promise<number> {
  const text = await call(url, 'POST', `/collections/${name}/points/count`, '{"exact":true}');
  return (JSON.parse(text) as { result: { count: number } }).result.count;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (phase: string, points: number) => void;
}

/** Exports in this thread, with the usual options where the test does not care. */
export function runExport(
  task: Partial<ExportTask> & Pick<ExportTask, 'target' | 'collection' | 'path'>,
  { signal = new AbortController().signal, onProgress }: RunOptions = {},
): Promise<ExportOutcome> {
  const usual = {
    ...{ compress: true, replace: false, companions: [], model: null, usualModel: null, pathKey: null },
    generator: 'vectorkeep test',
  };
  return exportCollection(
    { ...usual, ...task },
    { signal, report: ({ phase, points }) => onProgress?.(phase, points) },
  );
}

/** Imports in this thread, with the usual options where the test does not care. */
export function runImport(
  task: Partial<ImportTask> & Pick<ImportTask, 'target' | 'collection' | 'path'>,
  { signal = new AbortController().signal, onProgress }: RunOptions = {},
): Promise<ImportOutcome> {
  const usual = {
    ...{ onConflict: 'skip' as const, dryRun: false, allowModelMismatch: false, targetModel: null, usualModel: null },
    unfinished: false,
  };
  return importArchive({ ...usual, ...task }, { signal, report: ({ phase, points }) => onProgress?.(phase, points) });
}
