import { writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { ReadBack } from '../../../main/vault/read-back.ts';
import { checkGroup, checkSegment, type CheckGroup } from '../../../main/vault/segment-check.ts';
import { SegmentFile, type SegmentGroup, type SegmentShape } from '../../../main/vault/segment-file.ts';
import { segmentOnDisk, writeSegment } from '../../support/segments.ts';

const ids = Array.from({ length: 20 }, (_, id) => id);
const texts = ids.map((id) => `{"id":${id},"vector":{"a":[1,${id}]},"payload":{"n":${id}}}`);

let file: Buffer;
let hashes: string[];
let groups: SegmentGroup[];
let shape: SegmentShape;
let digest: string;

beforeEach(async () => {
  const schema = new Map([['a', { kind: 'dense', size: 2 } as const]]);
  groups = [];
  ({ file, hashes } = await writeSegment(schema, texts, { flushEvery: 4, wrote: (group) => groups.push(group) }));
  const path = segmentOnDisk(file);
  digest = (await checkSegment(path)).digest();
  const opened = SegmentFile.open(path);
  opened.close();
  shape = { vectors: opened.vectors, sharded: opened.sharded };
});

interface Course {
  readonly helper?: CheckGroup;
  /** Of what is told of the file. */
  readonly told?: Partial<SegmentShape>;
  readonly groups?: readonly SegmentGroup[];
}

async function finds(bytes: Buffer, { helper, told, groups: some = groups }: Course = {}): Promise<boolean> {
  const path = segmentOnDisk(bytes);
  const readBack = new ReadBack(path, { ...shape, ...told }, { helper });
  for (const group of some) readBack.add(group);
  return readBack.finds(digest);
}

test('the groups that were written are those of the footer', () => {
  expect(groups.map(({ first, rows }) => [first, rows])).toEqual([0, 4, 8, 12, 16].map((first) => [first, 4]));
});

test('what is as it was written is found so, with help and without', async () => {
  expect(await finds(file)).toBe(true);
  const asked: number[] = [];
  const helper: CheckGroup = (what) => {
    asked.push(what.group.first);
    return checkGroup(what);
  };
  expect(await finds(file, { helper })).toBe(true);
  expect(asked.length).toBeGreaterThan(0);
});

test('one that was changed behind the back of its writer is noticed, whoever looks', async () => {
  for (const row of [0, 9, 19]) {
    const changed = Buffer.from(file);
    const at = changed.indexOf(Buffer.from(hashes[row] ?? '', 'hex'));
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await finds(changed)).toBe(false);
    expect(await finds(changed, { helper: checkGroup })).toBe(false);
  }
});

test('a footer that leads elsewhere is noticed, and one that is not there', async () => {
  // As many rows, and all groups where they were: only their names differ.
  const renamed = Buffer.from(file);
  for (let at = renamed.indexOf('vector:a'); at >= 0; at = renamed.indexOf('vector:a', at))
    renamed.write('vector:b', at);
  expect(renamed.equals(file)).toBe(false);
  expect(await finds(renamed)).toBe(false);
  expect(await finds(file.subarray(0, -3))).toBe(false);
  expect(await finds(file, { told: { sharded: true } })).toBe(false);
});

test('other points, as they were written, are not those that were read', async () => {
  const readBack = new ReadBack(segmentOnDisk(file), shape, {});
  for (const group of groups) readBack.add(group);
  expect(await readBack.finds(digest.replace(/./, (first) => (first === '0' ? '1' : '0')))).toBe(false);
});

test('a group that was not read is noticed', async () => {
  expect(await finds(file, { groups: groups.slice(0, -1) })).toBe(false);
});

test('a first group alone is left for the end', async () => {
  const path = segmentOnDisk(file);
  let asked = 0;
  const helper: CheckGroup = (what) => {
    asked++;
    return checkGroup(what);
  };
  const readBack = new ReadBack(path, shape, { helper });
  for (const group of groups.slice(0, 1)) readBack.add(group);
  await readBack.idle();
  expect(asked).toBe(0);
});

test('nobody reads any more once it is idle', async () => {
  let reading = 0;
  const helper: CheckGroup = async (what) => {
    reading++;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const checked = await checkGroup(what);
    reading--;
    return checked;
  };
  const path = segmentOnDisk(file);
  const readBack = new ReadBack(path, shape, { helper });
  for (const group of groups) readBack.add(group);
  expect(reading).toBeGreaterThan(0);
  await readBack.idle();
  expect(reading).toBe(0);
  writeFileSync(path, '');
});
