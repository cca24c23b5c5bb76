import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { WatchFile, type SeenIndex } from '../../../main/protection/watch-file.ts';
import { temporaryFolder } from '../../support/archives.ts';

const at = '2026-11-23T10:00:00.000Z';
const seen = (collection: string, points = 5): SeenIndex => ({
  ...{ connection: 'work', collection, source: 'http://work', points, shape: 'a', firstSeen: at, acceptedAt: null },
});
const code = { connection: 'work', collection: 'code' };
const change = { index: code, what: 'shrank' as const, at, from: 9, to: 5, backup: 'b-1', pinned: true, held: true };

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'watch.json');
});

test('what was seen is there at the next start, for nobody else to read', async () => {
  const file = await WatchFile.open(path);
  file.putSeen([seen('code'), seen('docs')]);
  file.putSeen([seen('code', 7)]);
  file.putChange(change);
  file.putTold(['failing work code']);
  file.addScratch({ connection: 'work', collection: 'vectorkeep-drill-0123456789ab' });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = await WatchFile.open(path);
  expect(again.seenOn('work')).toEqual([seen('docs'), seen('code', 7)]);
  expect(again.seenOn('other')).toEqual([]);
  expect(again.changeOf(code)).toEqual(change);
  expect([again.told, again.scratch.length]).toEqual([['failing work code'], 1]);
});

test('what is no more is forgotten', async () => {
  const file = await WatchFile.open(path);
  file.putSeen([seen('code'), seen('docs')]);
  file.putChange(change);
  file.putChange({ ...change, to: 3 });
  expect(file.changes).toEqual([{ ...change, to: 3 }]);
  file.dropChange(code);
  file.forget([code]);
  expect([(await WatchFile.open(path)).seenOn('work'), file.changes]).toEqual([[seen('docs')], []]);
});

test('what is the same is not written again', async () => {
  const file = await WatchFile.open(path);
  file.putSeen([seen('code')]);
  const before = statSync(path).ino;
  file.putSeen([seen('code')]);
  file.putTold([]);
  expect(statSync(path).ino).toBe(before);
});

test.each([
  ['nothing', ''],
  ['nonsense', '{"seen":'],
  ['another shape', '{"seen":[{"connection":1}],"changes":[]}'],
])('a file with %s counts as empty, and the next thing that is seen replaces it', async (_what, text) => {
  writeFileSync(path, text);
  const file = await WatchFile.open(path);
  expect([file.seenOn('work'), file.changes, file.told, file.scratch]).toEqual([[], [], [], []]);
  file.putSeen([seen('code')]);
  expect(readFileSync(path, 'utf8')).toContain('"code"');
});

test('where it cannot be written it is known until the end', async () => {
  mkdirSync(path);
  const file = await WatchFile.open(path);
  file.putSeen([seen('code')]);
  expect(file.seen(code)).toEqual(seen('code'));
});

test('two programs that write to one file lose nothing of each other', async () => {
  const [one, other] = [await WatchFile.open(path), await WatchFile.open(path)];
  one.putSeen([seen('code'), seen('docs')]);
  other.putChange(change);
  one.addScratch({ connection: 'work', collection: 'vectorkeep-drill-0123456789ab' });
  other.accept(code, at);
  other.dropChange(code);
  one.putSeen([seen('code', 3)]);
  one.refresh();
  expect(one.changes).toEqual([]);
  expect(one.seen(code)).toEqual({ ...seen('code', 3), acceptedAt: at });
  other.refresh();
  expect(other.seenOn('work')).toHaveLength(2);
  expect(other.scratch).toHaveLength(1);
});

test('a connection takes along what is known of its indexes', async () => {
  const file = await WatchFile.open(path);
  file.putSeen([seen('code')]);
  file.putChange(change);
  file.rename('work', 'office');
  expect([file.seenOn('work'), file.seenOn('office').length]).toEqual([[], 1]);
  expect(file.changeOf({ connection: 'office', collection: 'code' })?.to).toBe(5);
});
