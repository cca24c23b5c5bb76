/** What ours is compared with. Each prepares what it needs and gives the work that is then timed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { QdrantClient, type Schemas } from '@qdrant/js-client-rest';
import { FileSource } from '../../main/archive/file-source.ts';
import { replayArchive } from '../../main/archive/validate-archive.ts';
import { QdrantHttp } from '../../main/qdrant/http.ts';
import { PointWriter, WRITE_CONNECTIONS } from '../../main/qdrant/writer.ts';
import type { Done } from './ours.ts';
import { PlainHttp } from './plain-http.ts';

export type Work = () => Promise<Done>;

const SCROLL_LIMIT = 500;
const UPSERT_POINTS = 500;
const ANSWER = '{"result":{"status":"acknowledged"},"status":"ok","time":0}';

const clientOf = (url: string): QdrantClient => new QdrantClient({ url, checkCompatibility: false });
const pointsPath = (collection: string): string => `/collections/${encodeURIComponent(collection)}/points`;

/** (a) The official client's scroll loop, points through JSON.stringify, gzip at its default level, to a file. */
export function clientExport(url: string, collection: string, path: string): Work {
  const client = clientOf(url);
  return async () => {
    const gzip = createGzip();
    const file = gzip.pipe(createWriteStream(path));
    gzip.write('{"version":"1.0","vectors":[');
    let points = 0;
    let offset: Schemas['ExtendedPointId'] | undefined;
    for (;;) {
      const page = await client.scroll(collection, {
        ...{ limit: SCROLL_LIMIT, with_payload: true, with_vector: true },
        ...(offset === undefined ? {} : { offset }),
      });
      for (const point of page.points) {
        if (!gzip.write(`${points === 0 ? '' : ','}${JSON.stringify(point)}`)) await once(gzip, 'drain');
        points++;
      }
      const next = page.next_page_offset;
      if (next === null || next === undefined) break;
      offset = next as Schemas['ExtendedPointId'];
    }
    gzip.end(']}');
    await finished(file);
    return { points, more: { bytes: file.bytesWritten } };
  };
}

/** (b) The scroll requests that ours makes, one after another on one connection, bodies thrown away. */
export async function scrollOnly(url: string, collection: string, requests: string, points: number): Promise<Work> {
  const bodies = (JSON.parse(await readFile(requests, 'utf8')) as string[]).map((body) => Buffer.from(body));
  const http = new PlainHttp(url, 1);
  return async () => {
    let received = 0;
    for (const body of bodies) received += await http.send('POST', `${pointsPath(collection)}/scroll`, body);
    http.close();
    return { points, more: { received } };
  };
}

/** (c) The official client's upsert loop, 500 points a batch, wait=true; points lie in memory as objects. */
export async function clientUpsert(url: string, collection: string, path: string): Promise<Work> {
  const client = clientOf(url);
  const points: Schemas['PointStruct'][] = [];
  for (const body of await upsertBodies(path)) {
    const parsed = JSON.parse(body.toString()) as { points: Schemas['PointStruct'][] };
    points.push(...parsed.points);
  }
  return async () => {
    for (let i = 0; i < points.length; i += UPSERT_POINTS)
      await client.upsert(collection, { wait: true, points: points.slice(i, i + UPSERT_POINTS) });
    return { points: points.length, more: {} };
  };
}

/** (d) The upserts that ours makes, ready in memory, on as many connections, wait=false and at the end wait=true. */
export async function readyBodies(url: string, collection: string, path: string, points: number): Promise<Work> {
  const bodies = await upsertBodies(path);
  const http = new PlainHttp(url, WRITE_CONNECTIONS);
  const last = bodies.pop();
  return async () => {
    const queue = bodies.values();
    const send = async (): Promise<void> => {
      for (const body of queue) await http.send('PUT', `${pointsPath(collection)}?wait=false`, body);
    };
    await Promise.all(Array.from({ length: WRITE_CONNECTIONS }, send));
    if (last !== undefined) await http.send('PUT', `${pointsPath(collection)}?wait=true`, last);
    http.close();
    return { points, more: { requests: bodies.length + 1 } };
  };
}

/** (e) `gzip -dc` of the file, output thrown away. */
export function gunzip(path: string, points: number): Work {
  return async () => {
    const child = spawn('gzip', ['-dc', path], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`gzip ended with ${String(code)}`);
    return { points, more: {} };
  };
}

/** The bodies of all upserts that our writer makes of a file, in order. */
async function upsertBodies(path: string): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  class Collector extends QdrantHttp {
    override send(...[method, , pieces]: Parameters<QdrantHttp['send']>): ReturnType<QdrantHttp['send']> {
      // The writer's last word is an empty write; what counts here are the points.
      if (method === 'PUT') bodies.push(Buffer.concat(pieces));
      return Promise.resolve({
        status: 200,
        headers: {},
        body: { buf: Buffer.from(`${ANSWER}\0`), length: ANSWER.length },
      });
    }
  }
  const signal = new AbortController().signal;
  const writer = new PointWriter(new Collector({ url: 'http://127.0.0.1' }, WRITE_CONNECTIONS), {
    ...{ collection: 'none', strategy: 'insert', dryRun: false, canInsertOnly: true, signal },
  });
  const source = await FileSource.open(path);
  await replayArchive(source, { signal, point: (scanner) => writer.add(scanner), breathe: () => writer.drain() });
  await writer.finish();
  await source.close();
  return bodies;
}
