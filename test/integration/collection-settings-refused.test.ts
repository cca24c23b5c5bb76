import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openControl, type Control } from '../../main/qdrant/control.ts';
import { settingsFromFile } from '../../main/qdrant/settings-from-file.ts';
import { startProxy } from '../support/proxy.ts';
import { startQdrant, type Qdrant } from '../support/qdrant.ts';

let qdrant: Qdrant;
let control: Control;
beforeAll(async () => {
  qdrant = await startQdrant();
  control = openControl({ url: qdrant.url });
});
afterAll(() => qdrant.stop());

const put = async (path: string, body: string, method = 'PUT'): Promise<void> => {
  const response = await fetch(`${qdrant.url}${path}`, {
    method,
    body,
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status, await response.clone().text()).toBe(200);
};

describe('a target that does not take everything', () => {
  it('gets the collection without what it refuses, and each loss is named', async () => {
    const { notices } = await control.create(
      'older',
      settingsFromFile({
        vectors: {
          a: { size: 4, distance: 'Cosine', datatype: 'turbo4', on_disk: true, hnsw_config: { m: 8 } },
          b: { size: 4, distance: 'Cosine', quantization_config: { turbo: { bits: 'bits4' } }, datatype: 'float16' },
        },
        quantization: { binary: { encoding: 'ten_bits', always_ram: true } },
        hnsw: { m: 20, memory: 'cold' },
        metadata: { kept: true },
        other: { from_the_future: { x: 1 } },
      }),
    );
    expect(notices.map((notice) => notice.params['setting'])).toEqual([
      'vectors.a.datatype',
      'vectors.b.quantization_config.turbo.bits',
      'hnsw.memory',
      'quantization.binary.encoding',
      'other.from_the_future.x',
    ]);
    const got = await control.settings('older');
    expect(got.vectors['a']).toEqual({ size: 4, distance: 'Cosine', on_disk: true, hnsw_config: { m: 8 } });
    expect(got.vectors['b']).toEqual({ size: 4, distance: 'Cosine', datatype: 'float16' });
    expect(got.hnsw['m']).toBe(20);
    expect(got.quantization).toEqual({ binary: { always_ram: true } });
    expect(got.metadata).toEqual({ kept: true });
  });

  it('on its own makes automatic sharding out of custom sharding', async () => {
    const { notices } = await control.create(
      'alone',
      settingsFromFile({
        vectors: { size: 2, distance: 'Dot' },
        params: { sharding_method: 'custom', shard_number: 1 },
        shard_keys: [{ key: 'eu', shards_number: 1 }],
      }),
    );
    expect(notices.map((notice) => notice.params)).toEqual([
      { setting: 'params.sharding_method', wanted: '"custom"', got: undefined },
      { setting: 'shard_keys', wanted: '[{"key":"eu","shards_number":1}]', got: undefined },
    ]);
    await put('/collections/alone/points?wait=true', '{"points":[{"id":1,"vector":[1,2]}]}');
    expect(await control.count('alone')).toBe(1);
  });

  it('that refuses the vectors themselves keeps no half-made collection', async () => {
    const wanted = settingsFromFile({ vectors: { size: 4, distance: 'Hyperbolic' }, metadata: { a: 1 } });
    await expect(control.create('impossible', wanted)).rejects.toMatchObject({
      code: 'QDRANT_REFUSED',
      params: { status: 400 },
    });
    expect(await control.exists('impossible')).toBe(false);
  });

  it('with a collection of that name keeps it', async () => {
    await put('/collections/there', '{"vectors":{"size":4,"distance":"Cosine"}}');
    await put('/collections/there/points?wait=true', '{"points":[{"id":1,"vector":[1,2,3,4]}]}');
    const wanted = settingsFromFile({ vectors: { size: 9, distance: 'Dot' } });
    await expect(control.create('there', wanted)).rejects.toMatchObject({ params: { status: 409 } });
    expect(await control.count('there')).toBe(1);
  });

  it('that fails after the collection was made is left without it', async () => {
    const proxy = await startProxy(qdrant.url, [
      { method: 'GET', path: /\/collections\/halfway$/, fault: { kind: 'answer', status: 400, body: '{}' } },
    ]);
    try {
      const made = openControl({ url: proxy.url }).create('halfway', settingsFromFile({ vectors: { size: 4 } }));
      await expect(made).rejects.toMatchObject({ code: 'QDRANT_REFUSED' });
      expect(proxy.seen).toContain('PUT /collections/halfway');
      expect(await control.exists('halfway')).toBe(false);
    } finally {
      await proxy.stop();
    }
  });

  it('and is cancelled while it makes the collection is left without it', async () => {
    const proxy = await startProxy(qdrant.url, [{ method: 'PUT', fault: { kind: 'delay', ms: 200 } }]);
    try {
      const abort = new AbortController();
      const stopped = openControl({ url: proxy.url }, abort.signal);
      const making = stopped.create('stopped', settingsFromFile({ vectors: { size: 4, distance: 'Dot' } }));
      const outcome = expect(making).rejects.toMatchObject({ code: 'CANCELLED' });
      await vi.waitFor(() => expect(proxy.seen).toContain('PUT /collections/stopped'), { interval: 5 });
      abort.abort();
      await outcome;
      expect(proxy.seen.at(-1)).toBe('DELETE /collections/stopped');
      expect(await control.exists('stopped')).toBe(false);
    } finally {
      await proxy.stop();
    }
  });

  it('gets strict mode after the points when asked', async () => {
    const wanted = settingsFromFile({
      vectors: { size: 2, distance: 'Dot' },
      strict_mode: { enabled: true, upsert_max_batchsize: 1, search_allow_exact: false },
    });
    expect(await control.create('strict', wanted, { deferStrictMode: true })).toEqual({ notices: [] });
    await put('/collections/strict/points?wait=true', '{"points":[{"id":1,"vector":[1,2]},{"id":2,"vector":[1,2]}]}');
    expect(await control.applyStrictMode('strict', wanted)).toEqual([]);
    expect((await control.settings('strict')).strict_mode).toEqual(wanted.strict_mode);
    await expect(control.count('strict')).rejects.toMatchObject({ code: 'QDRANT_REFUSED' });
    expect(await control.measure('strict')).toEqual({ count: 2, exact: false });
  });
});
