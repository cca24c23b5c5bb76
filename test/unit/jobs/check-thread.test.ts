import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../../main/faults/fault.ts';
import { CheckThread } from '../../../main/jobs/check-thread.ts';
import { checkSegment, type CheckGroup } from '../../../main/vault/segment-check.ts';
import { temporaryFolder } from '../../support/archives.ts';
import { segmentOnDisk, writeSegment } from '../../support/segments.ts';

const WORKER = new URL('../../../main/jobs/worker.ts', import.meta.url);
const schema = new Map([['', { kind: 'dense', size: 4 } as const]]);

let file: Buffer;
let hashes: string[];
let thread: CheckThread;
/** Groups that the thread was asked for, by their first row. */
let asked: number[];

beforeAll(async () => {
  const texts = Array.from({ length: 60 }, (_, id) => `{"id":${id},"vector":[1,2,3,${id}],"payload":{"n":${id}}}`);
  ({ file, hashes } = await writeSegment(schema, texts, { flushEvery: 5 }));
});

afterEach(async () => {
  await thread.close();
});

function helper(script: URL): CheckGroup {
  thread = new CheckThread(script);
  asked = [];
  return (what) => {
    asked.push(what.group.first);
    return thread.check(what);
  };
}

test('two threads find what one finds', async () => {
  const path = segmentOnDisk(file);
  const alone = await checkSegment(path);
  expect(alone.count).toBe(60);
  const both = await checkSegment(path, { helper: helper(WORKER) });
  expect([both.count, both.digest()]).toEqual([60, alone.digest()]);
  expect(asked).toHaveLength(2);
  // By now it has started, and takes part.
  expect((await checkSegment(path, { helper: thread.check })).digest()).toBe(alone.digest());
});

test('the first damage is named, whichever thread comes upon it', async () => {
  const bytes = Buffer.from(file);
  // Of the third group and of the eighth.
  for (const row of [12, 37]) {
    const at = bytes.indexOf(Buffer.from(hashes[row] ?? '', 'hex'));
    bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 16;
  }
  const path = segmentOnDisk(bytes);
  const alone = await checkSegment(path).catch((error: unknown) => error);
  expect(alone).toMatchObject({ code: 'BACKUP_DAMAGED', params: { path, reason: 'point', row: 12, point: '12' } });
  const both = await checkSegment(path, { helper: helper(WORKER) }).catch((error: unknown) => error);
  expect((both as Fault).toData()).toEqual((alone as Fault).toData());
  const there = await Promise.allSettled(
    [30, 35].map((first) => {
      const rows = { path, shape: { vectors: [], sharded: false }, group: { first, rows: 5, chunks: [] } };
      return thread.check(rows);
    }),
  );
  // What the other thread throws comes over as it is.
  for (const one of there) expect(one).toMatchObject({ reason: { code: 'BACKUP_DAMAGED', params: { path } } });
});

test('what a thread that ends does not answer is checked without it', async () => {
  const script = join(temporaryFolder(), 'ends.mjs');
  writeFileSync(
    script,
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`,
  );
  const path = segmentOnDisk(file);
  const found = await checkSegment(path, { helper: helper(pathToFileURL(script)) });
  expect(found.digest()).toBe((await checkSegment(path)).digest());
  expect(asked.length).toBeGreaterThan(0);
  // Nor later.
  expect((await checkSegment(path, { helper: thread.check })).count).toBe(60);
});

test('a thread that cannot be started is done without', async () => {
  const path = segmentOnDisk(file);
  const nowhere = pathToFileURL(join(temporaryFolder(), 'nowhere.mjs'));
  expect((await checkSegment(path, { helper: helper(nowhere) })).count).toBe(60);
});

test('few row groups do not start one', async () => {
  const texts = [1, 2, 3].map((id) => `{"id":${id},"vector":[1,2,3,4]}`);
  const { file: small } = await writeSegment(schema, texts, { flushEvery: 1 });
  expect((await checkSegment(segmentOnDisk(small), { helper: helper(WORKER) })).count).toBe(3);
  expect(asked).toEqual([]);
});
