import { GrowingBytes } from '../points/canonical-json.ts';
import type { PointId } from '../points/point-id.ts';
import { writePoint } from '../points/point-text.ts';
import type { Selection } from './compare.ts';
import { readSegment, type StoredPoint } from './segment-reader.ts';

/** Neighbouring points as text, `{…},{…}`; nobody changes the buffer any more. */
export interface PointRun {
  readonly text: Buffer;
  readonly points: number;
}

/** Points in a run at most, and its bytes about: requests are put together from runs. */
const RUN_POINTS = 250;
const RUN_BYTES = 1 << 20;

/**
 * The chosen points as text: exact ids, payloads as they came, vectors in as many digits as tell any two 32-bit floats
 * apart. Segment by segment, in id order within each. Throws BACKUP_DAMAGED.
 */
export async function* pointRuns(selection: Selection, signal: AbortSignal): AsyncGenerator<PointRun, void, undefined> {
  let out = new GrowingBytes(RUN_BYTES + (RUN_BYTES >> 3));
  let points = 0;
  const cut = (): PointRun => {
    const run = { text: out.bytes(), points };
    out = new GrowingBytes(RUN_BYTES + (RUN_BYTES >> 3));
    points = 0;
    return run;
  };
  for (const { path, rows } of selection.parts) {
    if (rows.count === 0) continue;
    const select = rows.count === rows.rows ? undefined : (row: number): boolean => rows.has(row);
    for await (const batch of readSegment(path, { signal, ...(select ? { select } : {}) })) {
      for (const point of batch) {
        if (points > 0) out.byte(COMMA);
        writePoint(point, point.buf, out);
        points++;
        if (points >= RUN_POINTS || out.length >= RUN_BYTES) yield cut();
      }
    }
  }
  if (points > 0) yield cut();
}

const COMMA = 0x2c;

/** Calls back for every chosen point with its path; null where its payload has none. Vectors are not read. */
export async function eachPath(
  selection: Selection,
  pathKey: string,
  signal: AbortSignal,
  each: (path: string | null, source: number, row: number, point: StoredPoint) => void,
): Promise<void> {
  for (const [source, { path, rows }] of selection.parts.entries()) {
    if (rows.count === 0) continue;
    const select = (row: number): boolean => rows.has(row);
    for await (const batch of readSegment(path, { signal, select, vectors: false }))
      for (const point of batch) each(pathOf(point, pathKey), source, point.row, point);
  }
}

/** The ids of chosen points as text, segment by segment. */
export async function* pointIds(
  selection: Selection,
  signal: AbortSignal,
  textOf: (id: PointId) => string,
): AsyncGenerator<string, void, undefined> {
  for (const { path, rows } of selection.parts) {
    if (rows.count === 0) continue;
    const select = (row: number): boolean => rows.has(row);
    for await (const batch of readSegment(path, { signal, select, vectors: false }))
      for (const { id } of batch) yield textOf(id);
  }
}

function pathOf({ payload, buf }: StoredPoint, pathKey: string): string | null {
  if (payload === null) return null;
  const text = Buffer.from(buf.buffer, buf.byteOffset + payload.start, payload.end - payload.start).toString('utf8');
  const value: unknown = (JSON.parse(text) as Record<string, unknown>)[pathKey];
  return typeof value === 'string' ? value : null;
}
