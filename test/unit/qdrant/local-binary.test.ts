import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinary } from '../../../main/qdrant/local-binary.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'vectorkeep-binary-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

function program(path: string, mode = 0o755): string {
  const full = join(home, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, '', { mode });
  return full;
}
const find = (env: Record<string, string> = {}): string | undefined =>
  findBinary({ resourcesPath: join(home, 'resources'), runtimesDir: join(home, '.runtimes'), env });

test('nothing is nothing', () => {
  expect(find()).toBeUndefined();
  expect(findBinary({ env: {} })).toBeUndefined();
});

test('the packaged one comes before a fetched one, and of those the newest that can be run', () => {
  program('.runtimes/qdrant-1.9.0/qdrant');
  const newest = program('.runtimes/qdrant-1.16.3/qdrant');
  program('.runtimes/qdrant-1.17.0/qdrant', 0o644);
  program('.runtimes/electron-33.2.1/qdrant');
  expect(find()).toBe(newest);
  const packaged = program('resources/qdrant/qdrant');
  expect(find()).toBe(packaged);
});

test('a path that was asked for is taken at its word', () => {
  program('resources/qdrant/qdrant');
  expect(find({ VECTORKEEP_QDRANT: '/opt/qdrant' })).toBe('/opt/qdrant');
  expect(find({ VECTORKEEP_QDRANT: '' })).toBe(join(home, 'resources/qdrant/qdrant'));
});
