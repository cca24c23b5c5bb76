import { describe, expect, test } from 'vitest';
import { parseManifest, printManifest, type ManifestBody, type SegmentRef } from '../../../main/vault/manifest.ts';

const segment = (n: number): SegmentRef => ({
  sha256: n.toString(16).padStart(64, '0'),
  bytes: 1000,
  rows: 1,
  dead: '',
});
const body: ManifestBody = {
  ...{ vault_id: 'v', name: 'code-20260101T000000Z', collection: 'code', source: 'builtin', reason: 'manual' },
  ...{ created_at: '2026-01-01T00:00:00.000Z', qdrant_version: '1.16.3', generator: 'test', total_vectors: 1 },
  ...{ dimensions: 4, model: null, path_key: null, moved: null, parent: null, shrank_from: null, settings: {} },
  ...{ changes: { new: 1, changed: 0, removed: 0 }, fingerprint: '0'.repeat(64), companions: [] },
  segments: [segment(1)],
};
const read = (changed: Partial<ManifestBody>): ManifestBody =>
  parseManifest(Buffer.from(printManifest({ ...body, ...changed })), 'here');

describe('a manifest', () => {
  test('keeps what it says of vectors and settings, whatever they are called', () => {
    const odd = JSON.parse('{"__proto__":4,"constructor":2,"a":3}') as Record<string, number>;
    const { dimensions, settings } = read({ dimensions: odd, settings: odd });
    expect(JSON.stringify([dimensions, settings])).toBe(JSON.stringify([odd, odd]));
    expect(read({}).dimensions).toBe(4);
  });

  test.each([
    ['one segment twice', { segments: [segment(1), segment(2), segment(1)] }],
    ['more segments than any writer leaves', { segments: Array.from({ length: 257 }, (_, n) => segment(n)) }],
    ['dimensions that are none', { dimensions: { a: '4' } as unknown as Record<string, number> }],
    ['no dimensions', { dimensions: null as unknown as number }],
    ['more rows than its bytes can hold', { segments: [{ ...segment(1), rows: 1000 }] }],
  ])('with %s is none', (_, changed) => {
    expect(() => read(changed)).toThrow(expect.objectContaining({ code: 'BACKUP_DAMAGED' }) as Error);
  });

  test('with as many segments as one may have is one', () => {
    const segments = Array.from({ length: 256 }, (_, n) => segment(n));
    expect(read({ segments }).segments).toEqual(segments);
  });
});
