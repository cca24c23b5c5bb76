import { expect, test } from 'vitest';
import { hashingEmbedder } from '../../../main/sample/hashing-embedder.ts';
import { SAMPLE_COUNT, SAMPLE_DIMENSIONS, samplePoints } from '../../../main/sample/sample-points.ts';

interface Point {
  id: number;
  vector: number[];
  payload: Record<string, string | number> & { content: string; filePath: string; fileHash: string };
}
const texts = [...samplePoints()];
const points = texts.map((text) => JSON.parse(text) as Point);

test('there are at least 2,000, as many as announced, and the same every time', () => {
  expect(points.length).toBeGreaterThanOrEqual(2_000);
  expect(points).toHaveLength(SAMPLE_COUNT);
  expect([...samplePoints()]).toEqual(texts);
});

test('ids, contents and places are each there once', () => {
  const distinct = (of: (point: Point) => unknown): number => new Set(points.map(of)).size;
  expect(distinct((point) => point.id)).toBe(points.length);
  expect(distinct((point) => point.payload.content)).toBe(points.length);
  expect(distinct(({ payload }) => `${payload.filePath}:${payload['startLine'] ?? ''}`)).toBe(points.length);
});

test('each has the payload of a code index and a unit vector that fits the collection', () => {
  for (const { id, vector, payload } of points) {
    expect(Number.isSafeInteger(id) && id > 0).toBe(true);
    expect(vector).toHaveLength(SAMPLE_DIMENSIONS);
    expect(Math.abs(1 - Math.hypot(...vector))).toBeLessThan(1e-6);
    expect(payload).toEqual({
      filePath: expect.stringMatching(/^src\/[a-z]+\/[a-z]+[-_]store\.(ts|py|go|rs)$/) as string,
      content: expect.stringMatching(/\w/) as string,
      type: expect.stringMatching(/^(function|class|interface)$/) as string,
      name: expect.stringMatching(/^\w+$/) as string,
      startLine: expect.any(Number) as number,
      endLine: expect.any(Number) as number,
      language: expect.stringMatching(/^(typescript|python|go|rust)$/) as string,
      fileHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      complexity: expect.any(Number) as number,
    });
    expect(payload.content).toContain(payload['name']);
    // No blank of a template was left unfilled.
    expect(payload.content).not.toMatch(/\$[A-Za-z]/);
    expect(Number(payload['endLine']) - Number(payload['startLine']) + 1).toBe(payload.content.split('\n').length);
  }
});

test('pieces of one file carry one hash, and no two files the same', () => {
  const files = new Map(points.map(({ payload }) => [payload.filePath, payload.fileHash]));
  for (const { payload } of points) expect(files.get(payload.filePath)).toBe(payload.fileHash);
  expect(new Set(files.values()).size).toBe(files.size);
});

test('a search in words finds code about them', () => {
  const asked = hashingEmbedder('validate the certificate issuer');
  const score = (point: Point): number => point.vector.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0);
  const best = points.toSorted((a, b) => score(b) - score(a)).slice(0, 5);
  for (const { payload } of best) expect(payload.content).toMatch(/certificate/i);
});
