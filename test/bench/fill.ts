import { benchPoints } from './points.ts';
import type { Done } from './ours.ts';
import { PlainHttp } from './plain-http.ts';

const BATCH_BYTES = 8 << 20;

/** Settings of every collection here: no graph is built, so that nothing works in the background while another is timed. */
export function benchCollection(dimensions: number): Readonly<Record<string, unknown>> {
  return { vectors: { size: dimensions, distance: 'Cosine' }, optimizers_config: { indexing_threshold: 0 } };
}

/** Fills an existing collection with `count` points. */
export async function fill(url: string, collection: string, count: number, dimensions: number): Promise<Done> {
  const http = new PlainHttp(url, 2);
  const path = `/collections/${collection}/points`;
  let texts: string[] = [];
  let bytes = 0;
  let points = 0;
  let underWay = Promise.resolve(0);
  const send = async (wait: boolean): Promise<void> => {
    const body = Buffer.from(`{"points":[${texts.join(',')}]}`);
    texts = [];
    bytes = 0;
    await underWay;
    underWay = http.send('PUT', `${path}?wait=${wait}`, body);
  };
  for (const { id, vector, payload } of benchPoints(count, dimensions)) {
    const text = `{"id":${id},"vector":${vector},"payload":${JSON.stringify(payload)}}`;
    texts.push(text);
    bytes += text.length;
    points++;
    if (bytes >= BATCH_BYTES) await send(false);
  }
  await send(true);
  await underWay;
  http.close();
  return { points, more: {} };
}
