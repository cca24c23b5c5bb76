import { describe, expect, it } from 'vitest';
import type { Body } from '../../../main/qdrant/http.ts';
import { OffsetsAhead } from '../../../main/qdrant/offsets.ts';

/** A server that knows these ids (source text, in scroll order) and gives `page` of them at a time. */
function server(ids: readonly string[], page: number) {
  const asked: (string | null)[] = [];
  const released: Body[] = [];
  const fetch = (offset: string | null): Promise<Body> => {
    asked.push(offset);
    const from = offset === null ? 0 : ids.indexOf(offset);
    const points = ids.slice(from, from + page).map((id) => `{"id":${id}}`);
    const next = ids[from + page] ?? 'null';
    const text = Buffer.from(`{"result":{"points":[${points.join(',')}],"next_page_offset":${next}},"status":"ok"}\0`);
    return Promise.resolve({ buf: text, length: text.length - 1 });
  };
  return { fetch, asked, released, release: (body: Body) => released.push(body) };
}

async function all(ahead: OffsetsAhead, count: number) {
  const pages = [];
  for (let page = await ahead.take(count); page !== null; page = await ahead.take(count)) pages.push(page);
  return pages;
}

describe('OffsetsAhead', () => {
  const ids = ['0', '7', '9007199254740993', '18446744073709551615', '"550e8400-e29b-41d4-a716-446655440000"'];

  it('forecasts pages across its own pages, ids as their source text', async () => {
    const { fetch, release, asked, released } = server(ids, 2);
    expect(await all(new OffsetsAhead(fetch, release, null), 3)).toEqual([
      { offset: '0', count: 3 },
      { offset: '18446744073709551615', count: 2 },
    ]);
    expect(asked).toEqual([null, '9007199254740993', ids[4]]);
    expect(released).toHaveLength(3);
  });

  it('begins where it is told', async () => {
    const { fetch, release } = server(ids, 10);
    expect(await all(new OffsetsAhead(fetch, release, '7'), 2)).toEqual([
      { offset: '7', count: 2 },
      { offset: '18446744073709551615', count: 2 },
    ]);
  });

  it('has nothing ahead in an empty collection', async () => {
    const { fetch, release } = server([], 10);
    expect(await new OffsetsAhead(fetch, release, null).take(100)).toBeNull();
  });

  it('tells a failure to whoever takes the next page', async () => {
    const broken = new OffsetsAhead(
      () => Promise.reject(new Error('gone')),
      () => undefined,
      null,
    );
    await Promise.resolve();
    await expect(broken.take(1)).rejects.toThrow('gone');
  });
});
