import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, create, runExport, runImport, upsert } from '../support/server-text.ts';
import { behindProxy, startProxy, type Proxy, type Rule } from '../support/proxy.ts';
import { failureOf } from '../support/faults.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let qdrant: Qdrant;
let folder: string;
beforeAll(async () => {
  qdrant = await startQdrant();
  folder = await mkdtemp(join(tmpdir(), 'vectorkeep-moving-'));
});
afterAll(async () => {
  await qdrant.stop();
  await rm(folder, { recursive: true, force: true });
});

const withProxy = <T>(rules: readonly Rule[], work: (proxy: Proxy) => Promise<T>): Promise<T> =>
  behindProxy(qdrant.url, rules, work);
const SCROLL = /\/points\/scroll/;

describe('an index that does not stand still', () => {
  const small = '{"vectors":{"size":1,"distance":"Dot"}}';
  const points = (from: number, to: number): string[] =>
    Array.from(
      { length: to - from },
      (_, n) => `{"id":${from + n},"vector":[1],"payload":{"t":"${'y'.repeat(2000)}"}}`,
    );

  /** Exports while something happens to the index behind the first page. */
  async function exportWhile(name: string, happens: () => Promise<unknown>): ReturnType<typeof runExport> {
    await create(qdrant.url, name, small);
    await upsert(qdrant.url, name, points(0, 4000));
    const held = await startProxy(qdrant.url, [
      { path: SCROLL, after: 3, times: 1, fault: { kind: 'delay', ms: 1500 } },
    ]);
    let happened: Promise<unknown> | undefined;
    try {
      return await runExport(
        { target: { url: held.url }, collection: name, path: join(folder, `${name}.json.gz`) },
        {
          onProgress: (phase, seen) => {
            if (phase === 'reading' && seen > 0) happened ??= happens();
          },
        },
      );
    } finally {
      await happened;
      await held.stop();
    }
  }

  it('written to: finished, marked as moved, with the counts', async () => {
    const out = await exportWhile('written', () => upsert(qdrant.url, 'written', points(4000, 4500)));
    expect(out.moved).toBe(true);
    expect(out.notices).toEqual([{ code: 'INDEX_MOVED', params: { before: 4000, after: 4500 } }]);
    const made = await runImport({
      target: { url: qdrant.url },
      collection: 'written-2',
      path: join(folder, 'written.json.gz'),
    });
    expect(made.counts.new).toBe(out.totalVectors);
  });

  it.each([
    ['dropped', (name: string) => call(qdrant.url, 'DELETE', `/collections/${name}`)],
    [
      'recreated with other vectors',
      async (name: string) => {
        await call(qdrant.url, 'DELETE', `/collections/${name}`);
        await create(qdrant.url, name, '{"vectors":{"size":2,"distance":"Dot"}}');
      },
    ],
    [
      'recreated as it was',
      async (name: string) => {
        await call(qdrant.url, 'DELETE', `/collections/${name}`);
        await create(qdrant.url, name, small);
        await upsert(qdrant.url, name, points(0, 100));
      },
    ],
  ])('%s: told, and no file', async (what, happens) => {
    const name = what.replaceAll(' ', '-');
    const fault = await failureOf(exportWhile(name, () => happens(name)));
    expect(['COLLECTION_CHANGED', 'COLLECTION_NOT_FOUND']).toContain(fault.code);
    expect((await readdir(folder)).filter((entry) => entry.includes(name))).toEqual([]);
  });

  it('dropped and filled again between the last page and the last look: fewer points give it away', async () => {
    await create(qdrant.url, 'refilled', small);
    await upsert(qdrant.url, 'refilled', points(0, 1000));
    const looks = {
      method: 'GET',
      path: /\/collections\/refilled$/,
      after: 2,
      fault: { kind: 'delay' as const, ms: 4000 },
    };
    let refilled: Promise<unknown> | undefined;
    const refill = async (): Promise<void> => {
      await call(qdrant.url, 'DELETE', '/collections/refilled');
      await create(qdrant.url, 'refilled', small);
      await upsert(qdrant.url, 'refilled', points(0, 100));
    };
    await withProxy([looks], async (proxy) => {
      const exporting = runExport(
        { target: { url: proxy.url }, collection: 'refilled', path: join(folder, 'refilled.json.gz') },
        {
          onProgress: (phase) => {
            if (phase === 'finishing') refilled ??= refill();
          },
        },
      );
      expect(await failureOf(exporting)).toMatchObject({
        code: 'COLLECTION_CHANGED',
        params: { collection: 'refilled' },
      });
    });
    await refilled;
    expect((await readdir(folder)).filter((entry) => entry.includes('refilled'))).toEqual([]);
  });

  it('an alias that is moved meanwhile', async () => {
    await create(qdrant.url, 'blue', small);
    await upsert(qdrant.url, 'blue', points(0, 4000));
    await create(qdrant.url, 'green', '{"vectors":{"size":2,"distance":"Dot"}}');
    const alias = (to: string): string => `{"create_alias":{"alias_name":"current","collection_name":"${to}"}}`;
    await call(qdrant.url, 'POST', '/collections/aliases', `{"actions":[${alias('blue')}]}`);
    let moved: Promise<string> | undefined;
    const move = `{"actions":[{"delete_alias":{"alias_name":"current"}},${alias('green')}]}`;
    const out = await runExport(
      { target: { url: qdrant.url }, collection: 'current', path: join(folder, 'alias.json.gz') },
      {
        onProgress: (phase) => {
          if (phase === 'reading') moved ??= call(qdrant.url, 'POST', '/collections/aliases', move);
        },
      },
    );
    await moved;
    expect(out).toMatchObject({ totalVectors: 4000, moved: false });
  });
});
