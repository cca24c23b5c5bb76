import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainFault } from '../../main/faults/explain.ts';
import { QdrantHttp } from '../../main/qdrant/http.ts';
import { count, create, pointTexts, runExport, runImport, upsert } from '../support/server-text.ts';
import { behindProxy, type Proxy, type Rule } from '../support/proxy.ts';
import { failureOf } from '../support/faults.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

const POINTS = 3000;
let qdrant: Qdrant;
let folder: string;
let good: string;
beforeAll(async () => {
  qdrant = await startQdrant();
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-faults-'));
  await create(qdrant.url, 'source', '{"vectors":{"size":64,"distance":"Dot"}}');
  const vector = `[${Array.from({ length: 64 }, (_, n) => n / 7).join(',')}]`;
  const payload = JSON.stringify({ text: 'x'.repeat(4000) });
  const points = Array.from({ length: POINTS }, (_, id) => `{"id":${id},"vector":${vector},"payload":${payload}}`);
  await upsert(qdrant.url, 'source', points);
  good = join(folder, 'good.json.gz');
  await runExport({ target: { url: qdrant.url }, collection: 'source', path: good });
});
afterAll(async () => {
  await qdrant.stop();
  await rm(folder, { recursive: true, force: true });
});

const withProxy = <T>(rules: readonly Rule[], work: (proxy: Proxy) => Promise<T>): Promise<T> =>
  behindProxy(qdrant.url, rules, work);
const SCROLL = /\/points\/scroll/;
const UPSERT = /\/points\?wait/;
const pages = (proxy: Proxy): number => proxy.seen.filter((line) => SCROLL.test(line)).length;

describe('a fault that passes costs nothing', () => {
  const rules: [string, Rule['fault']][] = [
    ['a page cut in the middle', { kind: 'cut-answer', bytes: 100_000 }],
    ['no answer at all', { kind: 'cut-answer', bytes: 0 }],
    ['500', { kind: 'answer', status: 500, body: 'oops' }],
    ['429 without a word on when', { kind: 'answer', status: 429 }],
    ['429 with Retry-After', { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }],
    ['half an answer that calls itself whole', { kind: 'answer', status: 200, body: '{"result":{"points":[{"id":1' }],
    ['a web page with status 200', { kind: 'answer', status: 200, body: '<html>busy</html>' }],
  ];
  it.concurrent.each(rules)('%s', async (name, fault) => {
    await withProxy([{ path: SCROLL, after: 2, times: 2, fault }], async (proxy) => {
      const path = join(folder, `passes-${name.replaceAll(/\W/g, '-')}.json.gz`);
      const out = await runExport({ target: { url: proxy.url }, collection: 'source', path });
      expect(out).toMatchObject({ totalVectors: POINTS, moved: false });
      expect(pages(proxy)).toBeGreaterThan(4);
    });
    await withProxy([{ method: 'PUT', path: UPSERT, after: 1, times: 2, fault }], async (proxy) => {
      const collection = `passes-${name.replaceAll(/\W/g, '-')}`;
      const { counts } = await runImport({ target: { url: proxy.url }, collection, path: good });
      expect(counts).toEqual({ new: POINTS, updated: 0, skipped: 0 });
      expect(await count(qdrant.url, collection)).toBe(POINTS);
      expect(await pointTexts(qdrant.url, collection)).toEqual(await pointTexts(qdrant.url, 'source'));
    });
  });

  it('an answer in drips is waited for', async () => {
    const drip = { path: SCROLL, after: 1, times: 1, fault: { kind: 'drip' as const, bytes: 30_000, everyMs: 20 } };
    await withProxy([drip], async (proxy) => {
      const path = join(folder, 'drip.json');
      const out = await runExport({ target: { url: proxy.url }, collection: 'source', path, compress: false });
      expect(out.totalVectors).toBe(POINTS);
    });
  });

  it('a server that comes back on its port', async () => {
    await withProxy([], async (proxy) => {
      let gone: Promise<void> | undefined;
      const out = await runExport(
        { target: { url: proxy.url }, collection: 'source', path: join(folder, 'back.json.gz') },
        {
          onProgress: (phase, points) => {
            if (phase === 'reading' && points > 0) gone ??= proxy.refuse().then(() => proxy.accept());
          },
        },
      );
      expect(gone).toBeDefined();
      expect(out.totalVectors).toBe(POINTS);
    });
  });
});

describe('a fault that stays ends in a clear failure', () => {
  const lasting: [string, Rule['fault'], string][] = [
    ['pages cut', { kind: 'cut-answer', bytes: 100_000 }, 'QDRANT_UNREACHABLE'],
    ['503', { kind: 'answer', status: 503 }, 'QDRANT_REFUSED'],
    ['429', { kind: 'answer', status: 429 }, 'QDRANT_REFUSED'],
    ['half answers', { kind: 'answer', status: 200, body: '{"result":{"points":[{"id":1' }, 'QDRANT_REFUSED'],
    [
      'half answers that end well',
      { kind: 'answer', status: 200, body: '{"result":{"points":[{"id":1}' },
      'QDRANT_REFUSED',
    ],
    ['web pages', { kind: 'answer', status: 200, body: '<!doctype html>' }, 'NOT_QDRANT'],
    ['web pages that are not found', { kind: 'answer', status: 404, body: '<!doctype html>' }, 'NOT_QDRANT'],
    ['a redirect', { kind: 'answer', status: 302, headers: { location: 'http://elsewhere/' } }, 'NOT_QDRANT'],
    ['a key taken back', { kind: 'answer', status: 403 }, 'QDRANT_FORBIDDEN'],
  ];
  it.concurrent.each(lasting)('%s: no file, and nothing beside it', async (name, fault, code) => {
    const place = await mkdtemp(join(folder, 'lasting-'));
    await withProxy([{ path: SCROLL, after: 3, fault }], async (proxy) => {
      const target = { url: proxy.url };
      const error = await failureOf(runExport({ target, collection: 'source', path: join(place, 'never.json.gz') }));
      expect(error.code).toBe(code);
      expect(explainFault(error)).toMatchObject({
        exitCode: 4,
        message: expect.not.stringContaining('undefined') as string,
      });
      // Two pages and the ids ahead of them are under way at once, each tried six times.
      expect(pages(proxy)).toBeLessThan(25);
    });
    expect(await readdir(place)).toEqual([]);
  });

  it.concurrent.each([
    ['cut', { kind: 'cut-request', bytes: 1000 }, 'QDRANT_UNREACHABLE'],
    ['acknowledged but never heard of', { kind: 'cut-answer', bytes: 0 }, 'QDRANT_UNREACHABLE'],
    ['answered by a stranger', { kind: 'answer', status: 200, body: '<html>' }, 'NOT_QDRANT'],
  ] as [string, Rule['fault'], string][])(
    'an import %s says how far it came, and a rerun finishes it',
    async (name, fault, code) => {
      const collection = `far-${name.replaceAll(' ', '-')}`;
      const target = { url: qdrant.url };
      const error = await withProxy([{ method: 'PUT', path: UPSERT, after: 2, fault }], (proxy) =>
        failureOf(runImport({ target: { url: proxy.url }, collection, path: good })),
      );
      expect(error.code).toBe(code);
      const { written, new: added, updated, skipped, total } = error.params;
      expect({ updated, skipped, total }).toEqual({ updated: 0, skipped: 0, total: POINTS });
      expect(written).toBe(added);
      expect(Number(written)).toBeGreaterThan(0);
      expect(Number(written)).toBeLessThan(POINTS);
      expect(explainFault(error).message).toContain(
        `after at least ${Number(written).toLocaleString('en')} of 3,000 points`,
      );
      // What it says it wrote is there; what was acknowledged into the void may be there as well.
      const there = await count(qdrant.url, collection);
      expect(there).toBeGreaterThanOrEqual(Number(written));
      if (name === 'cut') expect(there).toBe(written);
      const again = await runImport({ target, collection, path: good, unfinished: true });
      expect(again.counts).toEqual({ new: POINTS - there, updated: 0, skipped: there });
      expect(await count(qdrant.url, collection)).toBe(POINTS);
    },
  );

  it('a server that is silent is given up, in a connection and in an answer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { signal } = new AbortController();
    const mute = new QdrantHttp({ url }, 1, { silenceMs: 300 });
    await expect(mute.send('GET', 'x', [], signal)).rejects.toMatchObject({ name: 'TimeoutError' });
    await withProxy([{ path: SCROLL, fault: { kind: 'drip', bytes: 1, everyMs: 50 } }], async (proxy) => {
      const slow = new QdrantHttp({ url: proxy.url }, 1, { totalMs: 500 });
      const body = [Buffer.from('{"limit":100}')];
      await expect(slow.send('POST', 'collections/source/points/scroll', body, signal)).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      slow.close();
    });
    mute.close();
    silent.closeAllConnections();
    silent.close();
  });

  it('nobody there, and somebody else there', async () => {
    const path = join(folder, 'nobody.json');
    const closed = await failureOf(runExport({ target: { url: 'http://127.0.0.1:1' }, collection: 'source', path }));
    expect(closed.code).toBe('QDRANT_UNREACHABLE');
    const other = createServer((_, response) => response.end('<html>hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    for (const work of [
      runExport({ target: { url }, collection: 'source', path }),
      runImport({ target: { url }, collection: 'source', path: good }),
    ]) {
      const fault = await failureOf(work);
      expect(fault.code).toBe('NOT_QDRANT');
      expect(explainFault(fault).exitCode).toBe(4);
    }
    other.closeAllConnections();
    other.close();
  });
});
