import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../main/faults/fault.ts';
import { NO_ID } from '../../../main/points/point-id.ts';
import { PointScanner } from '../../../main/points/point-scanner.ts';
import { Batch } from '../../../main/qdrant/batch.ts';
import type { Body } from '../../../main/qdrant/http.ts';
import { scanPage, type ScannedPage } from '../../../main/qdrant/page-scanner.ts';

/** An answer in a buffer that held a longer one before: what stands behind the zero is old. */
function bodyOf(text: string): Body {
  const bytes = Buffer.from(text);
  return { buf: Buffer.concat([bytes, Buffer.alloc(1), Buffer.from('"}]},{"id":9}')]), length: bytes.length };
}

function scan(text: string, each?: (scanner: PointScanner) => void): ScannedPage {
  const scanner = new PointScanner();
  return scanPage(scanner, bodyOf(text), { ...NO_ID }, () => each?.(scanner));
}

function refusal(text: string): Fault {
  try {
    scan(text);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

const points = '{"id":1,"vector":[1,2],"payload":{"next_page_offset":5}},{"id":18446744073709551615,"vector":{}}';
const answer = (next: string): string =>
  `{"result":{"points":[${points}],"next_page_offset":${next}},"status":"ok","time":0.1}`;

describe('an answer of scroll', () => {
  test.each([
    ['null', null],
    ['0', '0'],
    ['18446744073709551615', '18446744073709551615'],
    ['"550e8400-e29b-41d4-a716-446655440000"', '"550e8400-e29b-41d4-a716-446655440000"'],
  ])('with the next offset %s', (next, expected) => {
    const page = scan(answer(next));
    expect(page).toMatchObject({ count: 2, vectorBytes: '[1,2]{}'.length, next: expected });
    expect(Buffer.from(answer(next)).toString('utf8', page.start, page.end)).toBe(points);
  });

  test('with its keys in any order, and others among them', () => {
    const text = `{"usage":{"a":[1]},"time":1,"result":{"next_page_offset":3,"more":null,"points":[ ${points} ]},"status":"ok"}`;
    expect(scan(text)).toMatchObject({ count: 2, next: '3' });
  });

  test('without points', () => {
    expect(scan('{"result":{"points":[],"next_page_offset":null}}')).toEqual({
      start: 0,
      end: 0,
      count: 0,
      vectorBytes: 0,
      next: null,
    });
  });

  test('that is cut off anywhere is refused', () => {
    const text = answer('7');
    const end = text.lastIndexOf('}');
    for (let length = 0; length <= end; length++) {
      expect(refusal(text.slice(0, length)), `cut at ${length}`).toMatchObject({
        code: 'QDRANT_REFUSED',
        params: { reason: 'its answer was cut off' },
      });
    }
  });

  test.each([
    ['{"result":{"points":[{"id":2},{"id":1}]}}', 'QDRANT_REFUSED'],
    ['{"result":{"points":[{"id":1},{"id":1}]}}', 'QDRANT_REFUSED'],
    ['{"result":{"points":[{"id":"550e8400-e29b-41d4-a716-446655440000"},{"id":1}]}}', 'QDRANT_REFUSED'],
    ['{"result":{"points":[{"id":-1}]}}', 'QDRANT_REFUSED'],
    ['{"result":{"points":{}}}', 'QDRANT_REFUSED'],
    ['{"result":null}', 'QDRANT_REFUSED'],
    ['<html>', 'QDRANT_REFUSED'],
    ['{}', 'QDRANT_REFUSED'],
    ['{"status":"ok"}', 'NOT_QDRANT'],
  ])('%s is refused', (text, code) => expect(refusal(text).code).toBe(code));

  test('goes on where the last page ended', () => {
    const last = { ...NO_ID };
    const scanner = new PointScanner();
    scanPage(scanner, bodyOf('{"result":{"points":[{"id":5}]}}'), last);
    expect(() => scanPage(scanner, bodyOf('{"result":{"points":[{"id":5}]}}'), last)).toThrow('came twice');
    scanPage(scanner, bodyOf('{"result":{"points":[{"id":6}]}}'), last);
    expect(last).toMatchObject({ kind: 1, w3: 6 });
  });
});

describe('a batch', () => {
  const vector = fc.constantFrom(null, 'null', '{}', '{ }', '{\n}', '[1.0,-0.0]', '{"a":[1e-3]}');
  const payload = fc.constantFrom(null, 'null', '{}', '{"a":{"id":1},"b":9223372036854775807}');
  const more = fc.constantFrom('', ',"shard_key":"k"', ',"score":0.5');

  test('holds every point as it came, or put together from its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(vector, payload, more, fc.constantFrom('vector', 'vectors'))), (specs) => {
        const texts = specs.map(
          ([v, p, m, key], id) =>
            `{"id":${id}${v === null ? '' : `, "${key}":${v}`}${p === null ? '' : `,"payload": ${p}`}${m}}`,
        );
        // So small a buffer that it has to grow.
        const batch = new Batch(null, Buffer.alloc(8));
        scan(`{"result":{"points":[${texts.join(',')}]}}`, (scanner) => batch.add(scanner));
        const sent = JSON.parse(`[${batch.text().toString()}]`) as Record<string, unknown>[];
        expect(batch.points).toHaveLength(specs.length);
        batch.points.forEach((point, id) => {
          const [v, p, m, key] = specs[id] ?? [null, null, '', ''];
          const nothing = v === null || v === 'null' || /^\{\s*\}$/.test(v);
          const parts = batch.parts(point);
          expect(parts.id.toString()).toBe(String(id));
          expect(parts.vector?.toString() ?? null).toBe(nothing ? null : v);
          expect(parts.payload?.toString() ?? null).toBe(p === null || p === 'null' || p === '{}' ? null : p);
          if (!nothing && m === '' && key === 'vector') expect(batch.whole(point).toString()).toBe(texts[id]);
          else expect(Object.keys(sent[id] ?? {}).filter((k) => !['id', 'vector', 'payload'].includes(k))).toEqual([]);
          expect(sent[id]).toMatchObject({ id, vector: nothing ? {} : (JSON.parse(v) as unknown) });
        });
      }),
    );
  });
});
